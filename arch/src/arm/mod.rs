//! 32-bit ARM (ARMv7, EABI), ARM instruction set.

pub mod abi;
pub mod memory;
pub mod process;
pub mod processor;
pub mod relocation;
pub mod signal;
pub mod start;
pub mod syscall;
pub mod thread;
pub mod vdso;

pub use crate::portable::digest;
