//! See `targets/lease.rs`.

#![no_main]

#[path = "../targets/lease.rs"]
mod target;

libfuzzer_sys::fuzz_target!(|data: &[u8]| target::lease(data));
