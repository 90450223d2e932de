//! What several commands and the shell do with text in the same way; this crate makes no system call.

#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

mod big;
pub mod character;
pub mod echo;
pub mod escape;
pub mod fraction;
#[cfg(feature = "pattern")]
pub mod pattern;
pub mod printf;
pub mod quote;
pub mod version;
