//! Measures our heap, of which it is one of the programs; prints a line for each case.

#![no_std]
#![no_main]

extern crate alloc;

use alloc::string::String;
use core::str;

use bench::heap::{Runtime, measure};
use rt::heap::Heap;
use spelunk::linux::fd::STDOUT;
use spelunk::linux::fs::{self, Mode, OpenFlags};
use spelunk::{Arguments, Environment};

spelunk::program!(main);

bench::own_machine!(Ours);

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
