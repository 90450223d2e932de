//! See `targets/dns.rs`.

#![no_main]

#[path = "../targets/dns.rs"]
mod target;

libfuzzer_sys::fuzz_target!(|data: &[u8]| target::dns(data));
