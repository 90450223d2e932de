//! See `targets/expander.rs`.

#![no_main]

#[path = "../targets/expander.rs"]
mod target;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    target::expander(data);
});
