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
    /// that a script cannot take it for an answer of the command. The smallest images have no room for the table: 2 for all,
    /// which is no command's answer.
    pub(crate) fn misuse(command: &str) -> Self {
        if !HAS_MORE {
            return Self(2);
        }
        let row = MISUSES.iter().find(|(_, names)| names.split(' ').any(|name| name == command));
        row.map_or(Self::FAILURE, |(status, _)| Self(*status))
    }

    /// Gives the first status that is not success.
    pub fn and(self, other: Self) -> Self {
        if self == Self::SUCCESS { other } else { self }
    }
}

/// What a misuse gives where [`Status::FAILURE`] is an answer, such as "no line matches" or "no reply", or has another meaning; what a
/// command gives that another runs is the other's, too.
const MISUSES: [(u8, &str); 5] = [
    (
        2,
        "[ arping cmp egrep expr fgrep findfs getopt grep ls mesg pgrep ping ping6 pkill printenv service sort test tty \
         wget",
    ),
    (3, "start-stop-daemon"),
    (16, "fsck swapoff"),
    (64, "flock"),
    (125, "chroot env nice nohup strace time timeout"),
];

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_is_a_commands() {
        for name in MISUSES.iter().flat_map(|(_, names)| names.split(' ')) {
            assert!(crate::find(name.as_bytes()).is_some(), "{name}");
        }
        assert_eq!((Status::misuse("grep"), Status::misuse("cat")), (Status(2), Status::FAILURE));
    }
}
