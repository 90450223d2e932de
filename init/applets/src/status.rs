//! What a command says to its caller when it ends.

use crate::HAS_MORE;

/// An exit status: 0 is success, the rest is the command's to define.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status(pub u8);

impl Status {
    /// All went well.
    pub const SUCCESS: Self = Self(0);
    /// Something failed, and a message said what.
    pub const FAILURE: Self = Self(1);
    /// A command was found but could not be run (POSIX `env`, `sh`).
    pub const NOT_EXECUTABLE: Self = Self(126);
    /// There is no such command (POSIX `env`, `sh`).
    pub const NOT_FOUND: Self = Self(127);

    /// Gives the status of a command whose arguments make no sense: that of its peers (GNU's, util-linux's, procps's), so
    /// that a script cannot take it for an answer of the command. The smallest images have no room for the table.
    pub(crate) fn misuse(command: &str) -> Self {
        if !HAS_MORE {
            return Self::FAILURE;
        }
        let among = |names: &str| names.split(' ').any(|name| name == command);
        if among(ANSWERING) {
            Self(2)
        } else if among("chroot env nice nohup strace time timeout") {
            // What the command that they run gives is theirs too.
            Self(125)
        } else if among("fsck swapoff") {
            Self(16)
        } else if among("flock") {
            Self(64)
        } else if among("start-stop-daemon") {
            Self(3)
        } else {
            Self::FAILURE
        }
    }

    /// Gives the first status that is not success.
    pub fn and(self, other: Self) -> Self {
        if self == Self::SUCCESS { other } else { self }
    }
}

/// Commands for which [`Status::FAILURE`] is an answer, such as "no line matches" or "no reply".
const ANSWERING: &str = "[ arping cmp egrep expr fgrep getopt grep ls mesg pgrep ping ping6 pkill printenv service sort \
                         test tty wget";

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
