//! What a reader says when the bytes are not what the format asks for.

use core::fmt;

/// A mismatch between a format and the bytes at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error {
    /// What the format asks for at that place, as a noun phrase ("IPv4 header").
    pub expected: &'static str,
    /// Offset in bytes from the start of the input.
    pub at: usize,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {} at byte {}", self.expected, self.at)
    }
}

impl core::error::Error for Error {}
