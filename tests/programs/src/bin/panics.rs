//! Panics in the way that its argument names.

#![no_std]
#![no_main]
#![allow(clippy::panic, reason = "to panic is what the program is for")]

extern crate alloc;

use alloc::vec::Vec;
use core::fmt;

use rt::{Arguments, Environment};

rt::program!(main);

/// Panics when it is shown, and so inside the report of a panic.
struct Trap;

impl fmt::Display for Trap {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("never shown")
    }
}

fn main(mut arguments: Arguments, environment: Environment) -> i32 {
    let way = arguments.nth(1).map_or(&b""[..], core::ffi::CStr::to_bytes);
    match way {
        b"message" => panic!("{} and {}", 1, "two"),
        b"index" => [1, 2, 3][environment.count() + 3],
        b"nested" => panic!("{Trap}"),
        b"memory" => memory(),
        b"long" => panic!("{:2000}", 1),
        _ => 2,
    }
}

/// Asks for all addresses, in two halves, each the most that may be asked for.
fn memory() -> i32 {
    let halves = [(), ()].map(|()| Vec::<u8>::with_capacity(isize::MAX.unsigned_abs()));
    core::hint::black_box(&halves).len() as i32
}
