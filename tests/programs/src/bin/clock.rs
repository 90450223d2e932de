//! Reads a clock.

#![no_std]
#![no_main]

use rt::{Arguments, Environment};

rt::program!(main);

fn main(_arguments: Arguments, _environment: Environment) -> i32 {
    let a = linux::time::monotonic();
    let b = linux::time::monotonic();
    i32::from(b <= a)
}
