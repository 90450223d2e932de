//! See `targets/disk.rs`.

#![no_main]

#[path = "../targets/disk.rs"]
mod target;

libfuzzer_sys::fuzz_target!(|data: &[u8]| target::disk(data));
