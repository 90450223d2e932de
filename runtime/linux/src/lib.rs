//! Typed system calls, one public function per call; this crate never keeps state and never decides policy.
//!
//! A topic is a module and a sub-topic a file; a call has the name that the kernel gives it wherever that name is
//! a word. Descriptors are owned or borrowed ([`fd`]), paths are any kind of string ([`path`]), flags are typed
//! sets, and every failure is an [`Errno`]. Nothing is allocated.
//!
//! # Interruption
//! A call that a signal interrupts gives [`Errno::INTR`]; no function retries by itself, since process 1 wants to
//! hear of it. [`retry`] repeats a call until it ends otherwise, and [`fs::read_full`] and [`fs::write_all`] move
//! whole buffers over interruptions and short counts.
//!
//! # In place of the kernel
//! With the feature `door` somebody may stand between each thread and the kernel, and answer calls: the crate `simulation` does.

#![cfg_attr(not(test), no_std)]
#![allow(unsafe_code, reason = "this crate is the door to the kernel")]

#[macro_use]
mod abi;
#[macro_use]
mod call;
#[macro_use]
pub mod named;
#[cfg(feature = "door")]
pub mod door;
mod errno;
#[cfg(any(test, target_pointer_width = "32"))]
mod registers;

pub mod block;
pub mod bpf;
pub mod console;
pub mod fd;
pub mod fs;
pub mod futex;
pub mod input;
pub mod ioctl;
pub mod ipc;
pub mod key;
pub mod mem;
pub mod mount;
pub mod net;
pub mod not_implemented;
pub mod path;
pub mod perf;
pub mod poll;
pub mod process;
pub mod random;
#[cfg(feature = "recorder")]
pub mod recorder;
pub mod security;
pub mod signal;
pub mod system;
pub mod terminal;
pub mod thread;
pub mod time;
pub mod trace;
pub mod uring;

pub use call::retry;
pub use errno::Errno;
pub use security::landlock;

/// What a system call gives: a value, or the kernel's error number.
pub type Result<T> = core::result::Result<T, Errno>;
