//! What the measuring programs share: the same work for each runtime, so that only the runtime differs.

#![no_std]

pub mod threads;
