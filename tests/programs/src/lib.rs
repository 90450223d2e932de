//! What the test programs share: a way to say what they saw.

#![no_std]

use core::fmt::{self, Write};

use linux::fd::STDOUT;

/// Standard output as a place to format to, unbuffered.
#[derive(Debug)]
pub struct Out;

impl Write for Out {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        linux::fs::write_all(STDOUT, text.as_bytes()).map_err(|_| fmt::Error)
    }
}

/// Reads a decimal number out of an argument; 0 for anything else.
pub fn number(argument: Option<&core::ffi::CStr>) -> usize {
    argument.and_then(|text| text.to_str().ok()).and_then(|text| text.parse().ok()).unwrap_or(0)
}
