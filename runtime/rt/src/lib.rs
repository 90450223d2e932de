//! From `_start` to `main`: what a libc does before a program runs; this crate never opens a file.

#![cfg_attr(not(test), no_std)]
#![allow(unsafe_code, reason = "start-up works on raw memory that the kernel laid out")]
