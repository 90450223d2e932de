//! From `_start` to `main`: what a libc does before a program runs; this crate never opens a file unasked, and
//! never executes CPUID.
//!
//! [`program!`] makes a program out of a `main` function. Start-up reads nothing but the initial stack that the
//! kernel laid out: no /proc, no /dev, no environment variable; each auxiliary value may be absent.

#![cfg_attr(not(test), no_std)]
#![allow(unsafe_code, reason = "start-up works on raw memory that the kernel laid out")]

extern crate alloc;

pub mod args;
pub mod auxv;
#[cfg(feature = "backtrace")]
pub mod backtrace;
pub mod contract;
pub mod env;
pub mod fault;
mod former;
pub mod heap;
mod kinds;
#[cfg(not(test))]
mod memory;
pub mod panic;
#[cfg(feature = "processor")]
pub mod processor;
mod random;
#[cfg(feature = "recorder")]
pub mod recorder;
mod relocate;
mod secure;
pub mod start;
pub mod sync;
pub mod thread;
mod tls;
mod turn;
#[cfg(not(feature = "recorder"))]
mod unrecorded;
#[cfg(not(test))]
mod unwind;
pub mod vdso;

#[cfg(not(feature = "recorder"))]
use unrecorded as recorder;

pub use args::Arguments;
pub use env::Environment;

#[doc(hidden)]
pub use arch;
pub use arch::carry_calls as carry_contract;
