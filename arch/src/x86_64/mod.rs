//! x86_64, 64-bit mode.

pub mod syscall;
