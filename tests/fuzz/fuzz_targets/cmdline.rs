//! See `targets/cmdline.rs`.

#![no_main]

#[path = "../targets/cmdline.rs"]
mod target;

libfuzzer_sys::fuzz_target!(|data: &[u8]| target::cmdline(data));
