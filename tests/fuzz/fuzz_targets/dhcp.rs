//! See `targets/dhcp.rs`.

#![no_main]

#[path = "../targets/dhcp.rs"]
mod target;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    target::dhcp(data);
});
