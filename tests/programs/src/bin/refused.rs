//! Has the request for memory refused that the argument numbers; says which of five requests were granted, by a program that
//! can act on that, and then asks as one that cannot.

#![no_std]
#![no_main]

extern crate alloc;

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::hint::black_box;

use linux::fd::STDOUT;
use linux::fs;
use rt::heap::Refusing;
use rt::{Arguments, Environment};

rt::program!(main, Refusing);

fn main(mut arguments: Arguments, _environment: Environment) -> i32 {
    Refusing::refuse(programs::number(arguments.nth(1)) as u32);
    let mut list = Vec::<u64>::new();
    for room in [3, 9, 27, 81, 243] {
        let is_granted = black_box(&mut list).try_reserve_exact(room).is_ok();
        let _ = fs::write(STDOUT, if is_granted { b"+" } else { b"-" });
    }
    let _ = fs::write(STDOUT, b"\n");
    drop(black_box(Box::new([0_u8; 40])));
    0
}
