//! See `targets/settings.rs`.

#![no_main]

#[path = "../targets/settings.rs"]
mod target;

libfuzzer_sys::fuzz_target!(|data: &[u8]| target::settings(data));
