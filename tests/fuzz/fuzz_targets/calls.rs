//! See `targets/calls.rs`.

#![no_main]

#[path = "../targets/calls.rs"]
mod target;

libfuzzer_sys::fuzz_target!(|data: &[u8]| target::calls(data));
