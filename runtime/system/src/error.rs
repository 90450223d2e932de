//! What stopped a collector: what it did, to what, and the cause; only the edge turns it into a message.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Deref;

/// A failure while the running system was looked at or changed; one word wide, for all that works gives it by value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(Box<Failure>);

/// The parts of an [`Error`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What was being done, as a verb ("read").
    pub doing: &'static str,
    /// To what: a path, an interface, a process.
    pub object: Vec<u8>,
    /// Why it failed.
    pub cause: Cause,
}

/// Why something failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The kernel refused.
    Kernel(linux::Errno),
    /// The kernel refused, and said more than a number.
    Explained(Box<Explanation>),
    /// What was read changed under every attempt.
    Unsteady,
    /// The bytes were not as the format asks.
    Format(formats::Error),
}

/// What the kernel says of a refusal (netlink's extended acknowledgement).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The number.
    pub errno: linux::Errno,
    /// The reason, in the kernel's words.
    pub reason: Option<String>,
    /// The attribute of the request that is wrong or missing.
    pub attribute: Option<&'static str>,
}

/// What collectors give.
pub type Result<T> = core::result::Result<T, Error>;

impl Error {
    /// Joins the three parts.
    pub fn new(doing: &'static str, object: &[u8], cause: impl Into<Cause>) -> Self {
        Self::join(doing, object, cause.into())
    }

    #[cold]
    #[inline(never)]
    fn join(doing: &'static str, object: &[u8], cause: Cause) -> Self {
        Self(Box::new(Failure { doing, object: object.to_vec(), cause }))
    }

    /// Says it in another word for what was to be done.
    #[must_use]
    pub fn renamed(mut self, doing: &'static str) -> Self {
        self.0.doing = doing;
        self
    }

    /// Gives the kernel's error, if that is the cause.
    pub fn errno(&self) -> Option<linux::Errno> {
        match &self.cause {
            Cause::Kernel(errno) => Some(*errno),
            Cause::Explained(explanation) => Some(explanation.errno),
            Cause::Unsteady | Cause::Format(_) => None,
        }
    }

    /// Says it in the words of a caller who knows better what was to be done, and to what.
    #[must_use]
    pub fn during(self, doing: &'static str, object: &[u8]) -> Self {
        Self::join(doing, object, self.0.cause)
    }
}

impl Deref for Error {
    type Target = Failure;

    fn deref(&self) -> &Failure {
        &self.0
    }
}

impl From<linux::Errno> for Cause {
    fn from(errno: linux::Errno) -> Self {
        Self::Kernel(errno)
    }
}

impl From<formats::Error> for Cause {
    fn from(error: formats::Error) -> Self {
        Self::Format(error)
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kernel(errno) => fmt::Display::fmt(errno, f),
            Self::Explained(explanation) => fmt::Display::fmt(explanation, f),
            Self::Unsteady => f.write_str("changed while it was read, each time"),
            Self::Format(error) => fmt::Display::fmt(error, f),
        }
    }
}

/// Shows "network is unreachable: Nexthop has invalid gateway (attribute RTA_GATEWAY)".
impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.errno, f)?;
        if let Some(reason) = &self.reason {
            write!(f, ": {reason}")?;
        }
        match self.attribute {
            Some(attribute) => write!(f, " (attribute {attribute})"),
            None => Ok(()),
        }
    }
}

/// Shows the whole: "read /proc/1/stat: permission denied".
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.doing)?;
        f.write_str(" ")?;
        for chunk in self.object.utf8_chunks() {
            f.write_str(chunk.valid())?;
            if !chunk.invalid().is_empty() {
                f.write_str("\u{fffd}")?;
            }
        }
        f.write_str(": ")?;
        fmt::Display::fmt(&self.cause, f)
    }
}

impl core::error::Error for Error {}
