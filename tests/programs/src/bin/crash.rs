//! Crashes some calls deep, and shows who called whom; the argument says how: `fault`, `panic`, or `jump` to where no code is.

#![no_std]
#![no_main]
#![allow(unsafe_code, reason = "a fault is what is tried")]

use core::ffi::CStr;
use core::hint::black_box;
use core::ptr::without_provenance;

use rt::{Arguments, Environment};

rt::program!(main);

fn main(mut arguments: Arguments, _environment: Environment) -> i32 {
    if rt::backtrace::on_crash().is_err() {
        return 2;
    }
    outer(arguments.nth(1).unwrap_or_default()) + 1
}

#[inline(never)]
fn outer(way: &CStr) -> i32 {
    black_box(inner(black_box(way)) + 1)
}

#[inline(never)]
fn inner(way: &CStr) -> i32 {
    let sum = match way.to_bytes() {
        b"fault" => read(black_box(16)),
        b"panic" => pick(black_box(7)),
        _ => jump(black_box(24)),
    };
    black_box(sum) + 1
}

#[inline(never)]
fn read(address: usize) -> i32 {
    // SAFETY: not at all; the process ends by it.
    unsafe { without_provenance::<i32>(address).read_volatile() }
}

#[inline(never)]
#[allow(clippy::panic, reason = "it is what is tried")]
fn pick(number: i32) -> i32 {
    if number == 7 { panic!("seven") } else { number }
}

#[inline(never)]
fn jump(address: usize) -> i32 {
    // SAFETY: not at all; the process ends by it.
    let nowhere = unsafe { core::mem::transmute::<usize, extern "C" fn() -> i32>(address) };
    nowhere() + 1
}
