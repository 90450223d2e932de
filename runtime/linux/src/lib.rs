//! Typed system calls, one public function per call; this crate never keeps state and never decides policy.

#![cfg_attr(not(test), no_std)]
#![allow(unsafe_code, reason = "this crate is the door to the kernel")]
