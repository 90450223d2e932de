//! What a command says to its caller when it ends.

/// An exit status: 0 is success, the rest is the command's to define.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status(pub u8);

impl Status {
    /// All went well.
    pub const SUCCESS: Self = Self(0);
    /// Something failed, and a message said what.
    pub const FAILURE: Self = Self(1);
    /// The arguments made no sense.
    pub const USAGE: Self = Self(2);
    /// A command was found but could not be run (POSIX `env`, `sh`).
    pub const NOT_EXECUTABLE: Self = Self(126);
    /// There is no such command (POSIX `env`, `sh`).
    pub const NOT_FOUND: Self = Self(127);

    /// Gives the first status that is not success.
    pub fn and(self, other: Self) -> Self {
        if self == Self::SUCCESS { other } else { self }
    }
}

impl From<bool> for Status {
    fn from(success: bool) -> Self {
        if success { Self::SUCCESS } else { Self::FAILURE }
    }
}

/// Why a command ends before its work is done.
pub enum Failure {
    /// A message has said why; the caller gets this.
    Said(Status),
    /// The system could not be looked at or changed; the frame says so.
    System(system::Error),
}

impl From<Status> for Failure {
    fn from(status: Status) -> Self {
        Self::Said(status)
    }
}

impl From<system::Error> for Failure {
    fn from(error: system::Error) -> Self {
        Self::System(error)
    }
}

/// What a command gives to the frame.
pub type Outcome = Result<Status, Failure>;
