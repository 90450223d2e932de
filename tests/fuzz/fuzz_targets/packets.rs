//! See `targets/packets.rs`.

#![no_main]

#[path = "../targets/packets.rs"]
mod target;

libfuzzer_sys::fuzz_target!(|data: &[u8]| target::packets(data));
