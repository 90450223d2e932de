//! Measures our heap, of which it is one of the programs; prints a line for each case.

#![no_std]
#![no_main]

extern crate alloc;

use alloc::string::String;
use core::str;

use bench::Machine;
use bench::heap::{Runtime, measure};
use rt::heap::Heap;
use spelunk::linux::fd::STDOUT;
use spelunk::linux::fs::{self, Mode, OpenFlags};
use spelunk::linux::time::monotonic;
use spelunk::{Arguments, Environment, thread};

spelunk::program!(main);

struct Ours;

impl Machine for Ours {
    fn now() -> u64 {
        monotonic().as_nanos() as u64
    }

    fn twice(body: impl Fn() + Sync) {
        thread::scope(|scope| {
            scope.spawn(&body).expect("a thread starts");
            body();
        });
    }
}

impl Runtime for Ours {
    fn resident() -> u64 {
        let file = fs::open(c"/proc/self/statm", OpenFlags::READ, Mode::empty()).expect("it opens");
        let mut bytes = [0; 128];
        let count = fs::read(&file, &mut bytes).expect("it is read");
        let text = bytes.get(..count).and_then(|bytes| str::from_utf8(bytes).ok());
        let pages = text.and_then(|text| text.split(' ').nth(1)?.parse::<u64>().ok());
        4096 * pages.expect("its second number is the pages in memory")
    }
}

fn main(_arguments: Arguments, _environment: Environment) -> i32 {
    let mut text = String::with_capacity(1 << 12);
    let measured = measure::<Ours, Heap>(&Heap, &mut text).is_ok();
    i32::from(!measured || fs::write_all(STDOUT, text.as_bytes()).is_err())
}
