//! Work on many bytes at once: counting, translating. Built for speed where the rest is built for size, in loops that
//! the compiler turns into vector instructions; this crate makes no system call.

#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

mod count;
mod translate;

pub use count::{Words, lines, starts};
pub use translate::{Set, translate};
