//! AArch64: 64-bit ARM, little-endian.

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
