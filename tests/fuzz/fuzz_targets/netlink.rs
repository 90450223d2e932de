//! See `targets/netlink.rs`.

#![no_main]

#[path = "../targets/netlink.rs"]
mod target;

libfuzzer_sys::fuzz_target!(|data: &[u8]| target::netlink(data));
