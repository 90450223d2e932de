//! See `targets/regex.rs`.

#![no_main]

#[path = "../targets/regex.rs"]
mod target;

libfuzzer_sys::fuzz_target!(|data: &[u8]| target::regex(data));
