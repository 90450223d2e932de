//! See `targets/shell.rs`.

#![no_main]

#[path = "../targets/shell.rs"]
mod target;

libfuzzer_sys::fuzz_target!(|data: &[u8]| target::shell(data));
