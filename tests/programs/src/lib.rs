//! What the test programs share: ways to say what they saw, and what went wrong.

#![no_std]

use core::fmt::{self, Display, Write};

use linux::fd::{STDERR, STDOUT};

/// Standard output as a place to format to, unbuffered.
#[derive(Debug)]
pub struct Out;

impl Write for Out {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        linux::fs::write_all(STDOUT, text.as_bytes()).map_err(|_| fmt::Error)
    }
}

/// The same of standard error.
struct Complaint;

impl Write for Complaint {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        linux::fs::write_all(STDERR, text.as_bytes()).map_err(|_| fmt::Error)
    }
}

/// The status of a program that could not look: an emulator lacks something.
pub const SKIPPED: i32 = 77;

/// The status of a program that a call failed.
const FAILED: i32 = 126;

/// Gives the status to end with: the number of the check that failed, 0 if none did, another one if a call failed that should not; and
/// says on standard error which it was.
pub fn verdict(of: impl Display, ended: linux::Result<i32>) -> i32 {
    // Who cannot say it says it by the status alone.
    match ended {
        Ok(status @ (0 | SKIPPED)) => status,
        Ok(check) => {
            let _ = writeln!(Complaint, "{of}: check {check} failed");
            check
        }
        Err(errno) => {
            let _ = writeln!(Complaint, "{of}: {errno}");
            FAILED
        }
    }
}

/// Reads a decimal number out of an argument; 0 for anything else.
pub fn number(argument: Option<&core::ffi::CStr>) -> usize {
    argument.and_then(|text| text.to_str().ok()).and_then(|text| text.parse().ok()).unwrap_or(0)
}
