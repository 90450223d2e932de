//! See `targets/cpio.rs`.

#![no_main]

#[path = "../targets/cpio.rs"]
mod target;

libfuzzer_sys::fuzz_target!(|data: &[u8]| target::cpio(data));
