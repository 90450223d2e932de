//! Bytes to values and back, one format a file; this crate never makes a system call, never holds state.
//!
//! Every reader takes its input through a [`cursor::Cursor`], which checks each read, so that no input of any
//! length can panic or read out of bounds. Readers give what they understood and keep what they did not.

#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod cursor;
pub mod dev;
pub mod disk;
mod error;
pub mod etc;
pub mod file;
pub mod internet;
pub mod netlink;
pub mod proc;
pub mod sys;
pub mod time;
pub mod url;
pub mod wire;

pub use error::{Error, Expected};
