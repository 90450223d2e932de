//! Looks at its thread-local variables: those with initial values, those that are zero, and their alignment.
//!
//! Stable Rust has no thread-local variables, so the linker is given the sections directly, and the variables are
//! found from the thread pointer.

#![no_std]
#![no_main]
#![allow(unsafe_code, reason = "thread-local memory is found by hand")]

use rt::{Arguments, Environment};

rt::program!(main);

core::arch::global_asm!(
    ".section .tdata.kept, \"awTR\", %progbits", // initial values, kept though nothing refers to them
    ".balign 64",                                // more than the stack is aligned to
    ".long 3, 1, 4, 1, 5, 9, 2, 6",              // eight words
    ".section .tbss.kept, \"awTR\", %nobits",    // zeros behind them
    ".balign 4",                                 // without a gap
    ".zero 32",                                  // eight words
);

const VALUES: [u32; 8] = [3, 1, 4, 1, 5, 9, 2, 6];

fn main(_arguments: Arguments, _environment: Environment) -> i32 {
    // SAFETY: start-up has set it.
    let pointer = unsafe { arch::thread::pointer() };
    let layout = arch::thread::layout(64, 64);
    let start = pointer + layout.block - layout.pointer;
    if !start.is_multiple_of(64) {
        return 1;
    }
    let first = core::ptr::with_exposed_provenance_mut::<u32>(start);
    // SAFETY: the block holds sixteen words, which this thread alone uses.
    let words = unsafe { core::slice::from_raw_parts_mut(first, 16) };
    if words[..8] != VALUES || words[8..] != [0; 8] {
        return 2;
    }
    words.fill(7);
    0
}
