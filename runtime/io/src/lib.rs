//! Streams, files, folders and child processes, as programs want them, over the system calls of `linux`; this crate keeps
//! no state between calls, has no lock, and never prints unasked but when output would be lost in silence.
//!
//! The traits ([`Read`], [`Write`], [`Seek`], [`BufRead`]) have the shape of those of Rust's `std`; their error is the
//! kernel's number, and with the feature `embedded-io` an adapter gives them the shape of that crate. Buffers are part of
//! the values that hold them, so that only what says so (a `Vec` in its signature) allocates.
//!
//! # Interruption
//! `read` and `write` give [`Errno::INTR`](linux::Errno::INTR) when a signal comes; whatever moves more than one call's
//! bytes (`read_exact`, `write_all`, `copy` and so on) goes on.

#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

mod buffer;
pub mod copy;
#[cfg(feature = "embedded-io")]
mod embedded;
#[cfg(test)]
mod failures;
mod file;
mod folder;
pub mod process;
pub mod replace;
mod standard;
pub mod temporary;
mod traits;
mod walk;

pub use buffer::{BufReader, BufWriter};
#[cfg(feature = "embedded-io")]
pub use embedded::{Embedded, EmbeddedError};
pub use file::{File, OpenOptions};
pub use folder::Folder;
pub use linux::fs::{From, IoSlice, IoSliceMut};
pub use linux::{Errno, Result};
pub use standard::{Standard, StandardOutput, stderr, stdin, stdout};
pub use traits::{BufRead, Read, Seek, Take, Write};
pub use walk::{Failure, Follow, Step, Visit, Walk};
