//! Follows pointers that lie in constants, each of which the start-up code has had to relocate; with an argument it
//! then writes to one of those constants, which must kill it.

#![no_std]
#![no_main]
#![allow(unsafe_code, reason = "the write that must not succeed")]

use rt::{Arguments, Environment};

rt::program!(main);

/// A row with pointers of three kinds: a slice, a function, another row.
struct Row {
    name: &'static str,
    double: fn(usize) -> usize,
    next: Option<&'static Row>,
}

fn twice(value: usize) -> usize {
    2 * value
}

fn thrice(value: usize) -> usize {
    3 * value
}

static FIRST: Row = Row { name: "first", double: twice, next: Some(&SECOND) };
static SECOND: Row = Row { name: "second", double: thrice, next: None };

/// More words than one bitmap of the compressed table covers, with gaps.
static MANY: [(usize, &Row); 150] = {
    let mut many = [(0, &FIRST); 150];
    let mut at = 0;
    while at < many.len() {
        many[at] = (at, if at % 3 == 0 { &FIRST } else { &SECOND });
        at += 1;
    }
    many
};

fn main(arguments: Arguments, _environment: Environment) -> i32 {
    let count = arguments.len();
    let many = core::hint::black_box(&MANY);
    let mut sum = 0;
    for &(at, row) in many {
        let right = if at % 3 == 0 { "first" } else { "second" };
        let followed = row.next.map_or(row.name, |next| next.name);
        if row.name != right || followed != "second" {
            return 1;
        }
        sum += (row.double)(at);
    }
    // 2 x of every third number below 150, 3 x of the others.
    if sum != 2 * 3675 + 3 * (11_175 - 3675) {
        return 2;
    }
    if count > 1 {
        let place = (&raw const many[0].1).cast_mut();
        // SAFETY: the page is read-only since start-up, so this does not return.
        unsafe { place.write_volatile(&SECOND) };
        return 3;
    }
    0
}
