//! Work on many bytes at once: counting, translating, encoding, digesting, sorting. Built for speed where the rest is built for size, in loops that
//! the compiler turns into vector instructions; this crate makes no system call.

#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

mod automaton;
mod count;
mod crc;
pub mod crypt;
mod digest;
mod lines;
mod radix;
mod translate;
mod yescrypt;

pub use automaton::{SPECIAL, follow};
pub use count::{Words, lines, starts};
pub use crc::{cksum, crc32};
pub use digest::{Algorithm, Digest};
pub use lines::{Line, sort};
pub use radix::{Decoder, Malformed, Radix};
pub use translate::{Set, translate};
