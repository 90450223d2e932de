//! x86 in 32-bit mode (i686 with SSE2).

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
