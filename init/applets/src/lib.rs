//! The commands, one a file: each takes its streams and arguments and gives a status; this crate never exits the process.

#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

extern crate alloc;
