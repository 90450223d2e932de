//! See `targets/tzif.rs`.

#![no_main]

#[path = "../targets/tzif.rs"]
mod target;

libfuzzer_sys::fuzz_target!(|data: &[u8]| target::tzif(data));
