//! The smallest honest program: a line on standard output, and a status that says whether it got there.

#![no_std]
#![no_main]

use linux::fd::STDOUT;
use rt::{Arguments, Environment};

rt::program!(main);

fn main(_arguments: Arguments, _environment: Environment) -> i32 {
    i32::from(linux::fs::write_all(STDOUT, b"hello\n").is_err())
}
