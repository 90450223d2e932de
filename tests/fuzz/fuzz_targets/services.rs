//! See `targets/services.rs`.

#![no_main]

#[path = "../targets/services.rs"]
mod target;

libfuzzer_sys::fuzz_target!(|data: &[u8]| target::services(data));
