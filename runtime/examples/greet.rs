//! Greets each argument, or the world: the smallest program that does something.
//!
//! ```text
//! $ greet
//! hello, world
//! $ greet you "and me"
//! hello, you
//! hello, and me
//! ```

#![no_std]
#![no_main]

use core::ffi::CStr;

use spelunk::linux::fd::STDOUT;
use spelunk::linux::{Result, fs};
use spelunk::{Arguments, Environment};

spelunk::program!(main);

fn main(arguments: Arguments, _environment: Environment) -> i32 {
    let mut names = arguments.skip(1).map(CStr::to_bytes).peekable();
    let done = match names.peek() {
        None => greet(b"world"),
        Some(_) => names.try_for_each(greet),
    };
    i32::from(done.is_err())
}

fn greet(name: &[u8]) -> Result<()> {
    [b"hello, ", name, b"\n"].into_iter().try_for_each(|part| fs::write_all(STDOUT, part))
}
