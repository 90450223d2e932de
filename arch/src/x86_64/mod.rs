//! x86_64, 64-bit mode.

pub mod abi;
pub mod digest;
pub mod memory;
pub mod process;
pub mod processor;
pub mod relocation;
pub mod signal;
pub mod start;
pub mod syscall;
pub mod thread;
pub mod vdso;
