//! Process 1 and its workers; process 1 never panics, never exits and parses no byte that came from outside.

#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

extern crate alloc;
