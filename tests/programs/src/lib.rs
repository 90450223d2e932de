//! What the test programs share: ways to say what they saw, and what went wrong.

#![no_std]

use core::ffi::CStr;
use core::fmt::{self, Display, Write};

use linux::fd::{BorrowedFd, STDERR, STDOUT};

/// Standard output as a place to format to, unbuffered.
#[derive(Debug)]
pub struct Out;

impl Write for Out {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        To(STDOUT).write_str(text)
    }
}

/// A descriptor as such a place.
struct To(BorrowedFd<'static>);

impl Write for To {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        linux::fs::write_all(self.0, text.as_bytes()).map_err(|_| fmt::Error)
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
            let _ = writeln!(To(STDERR), "{of}: check {check} failed");
            check
        }
        Err(errno) => {
            let _ = writeln!(To(STDERR), "{of}: {errno}");
            FAILED
        }
    }
}

/// A check of a program that has several; it is told how often, or with how many threads.
pub type Way = fn(usize) -> linux::Result<i32>;

/// Makes the check that the first argument names, which is told the number that the second one is; gives the status to end with: that
/// of [`verdict`], 125 if there is no such check.
pub fn check(ways: &[(&[u8], Way)], arguments: impl IntoIterator<Item = &'static CStr>) -> i32 {
    let mut arguments = arguments.into_iter().skip(1);
    let way = arguments.next().map_or(&b""[..], CStr::to_bytes);
    let count = number(arguments.next());
    let Some((_, run)) = ways.iter().find(|(name, _)| *name == way) else { return 125 };
    verdict(way.escape_ascii(), run(count))
}

/// Gives the number of the first check that is false, 0 if all are true.
#[macro_export]
macro_rules! checks {
    ($($check:expr),+ $(,)?) => {
        [$($check),+].iter().position(|good| !good).map_or(0, |at| at as i32 + 1)
    };
}

/// Reads a decimal number out of an argument; 0 for anything else.
pub fn number(argument: Option<&CStr>) -> usize {
    argument.and_then(|text| text.to_str().ok()).and_then(|text| text.parse().ok()).unwrap_or(0)
}
