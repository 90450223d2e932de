//! The same as `tls`, with more variables than start-up keeps room for on its stack.

#![no_std]
#![no_main]
#![allow(unsafe_code, reason = "thread-local memory is found by hand")]

use rt::{Arguments, Environment};

rt::program!(main);

core::arch::global_asm!(
    ".section .tdata.kept, \"awTR\", %progbits", // initial values, kept though nothing refers to them
    ".balign 16",                                //
    ".fill 700, 8, 0x12345678",                  // 700 words of 8 bytes
    ".section .tbss.kept, \"awTR\", %nobits",    // zeros behind them
    ".balign 16",                                // without a gap
    ".zero 8000",                                // 1000 words
);

fn main(_arguments: Arguments, _environment: Environment) -> i32 {
    // SAFETY: start-up has set it.
    let pointer = unsafe { arch::thread::pointer() };
    let layout = arch::thread::layout(8 * 1700, 16);
    let start = pointer + layout.block - layout.pointer;
    let first = core::ptr::with_exposed_provenance::<u64>(start);
    // SAFETY: the block holds them.
    let words = unsafe { core::slice::from_raw_parts(first, 1700) };
    let (values, zeros) = words.split_at(700);
    i32::from(values.iter().any(|&word| word != 0x1234_5678) || zeros.iter().any(|&word| word != 0))
}
