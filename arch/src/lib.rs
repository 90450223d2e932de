//! All that differs between processors, and the only assembly of the project; this crate never decides anything.
//!
//! Each architecture is a folder with the same file names and the same public names in them: that list is what a
//! port has to write, and `contract` has the compiler say what is missing. What several share lies in `portable`.

#![cfg_attr(not(test), no_std)]
#![allow(unsafe_code, reason = "system call instructions, entry code and registers have no safe form")]

mod contract;
#[doc(hidden)]
pub mod portable;

#[cfg(target_arch = "aarch64")]
mod aarch64;
#[cfg(target_arch = "aarch64")]
use aarch64 as this;

#[cfg(target_arch = "arm")]
mod arm;
#[cfg(target_arch = "arm")]
use arm as this;

#[cfg(target_arch = "riscv64")]
mod riscv64;
#[cfg(target_arch = "riscv64")]
use riscv64 as this;

#[cfg(target_arch = "x86")]
mod x86;
#[cfg(target_arch = "x86")]
use x86 as this;

#[cfg(target_arch = "x86_64")]
mod x86_64;
#[cfg(target_arch = "x86_64")]
use x86_64 as this;

#[cfg(test)]
mod memory_tests;

#[doc(hidden)]
pub use linux_raw_sys;
pub use portable::record;
pub use this::{abi, digest, memory, process, processor, relocation, signal, start, syscall, thread, vdso};
