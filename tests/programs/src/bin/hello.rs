//! The smallest honest program: a line on standard output.

#![no_std]
#![no_main]

use rt::{Arguments, Environment};

rt::program!(main);

fn main(_arguments: Arguments, _environment: Environment) -> i32 {
    let line = b"hello\n";
    // SAFETY: the buffer is readable for its length.
    #[allow(unsafe_code, reason = "a raw call")]
    let written = unsafe { arch::syscall::syscall3(1, 1, line.as_ptr().addr(), line.len()) };
    i32::from(written != 6)
}
