//! Other programs as children: what they are to be, waiting for them, and rows of them.

mod child;
mod command;
mod pipeline;

pub use child::{Child, Output};
pub use command::{Command, Stdio};
pub use linux::process::{CloneFlags, Ended, Namespaces, Pid};
pub use pipeline::{Pipeline, pipeline};

use alloc::vec::Vec;
use core::fmt;

use linux::Errno;
use linux::process::{NotStarted, Stage};

/// Why a program did not start: what was being done to it, and what the kernel said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartError {
    /// The program, as it was named.
    pub program: Vec<u8>,
    /// What failed, in words: "change the folder".
    pub doing: &'static str,
    /// What the kernel said.
    pub errno: Errno,
}

impl StartError {
    fn new(program: &[u8], doing: &'static str, errno: Errno) -> Self {
        Self { program: program.to_vec(), doing, errno }
    }

    fn from_stage(program: &[u8], failure: NotStarted, step: impl FnOnce(usize) -> &'static str) -> Self {
        let doing = match failure.stage {
            Stage::Clone => "make a process",
            Stage::Step(at) => step(at),
            Stage::Execute => "execute",
        };
        Self::new(program, doing, failure.errno)
    }
}

/// Shows "start /bin/date: change the folder: no such file or directory".
impl fmt::Display for StartError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "start {}: {}: {}", self.program.escape_ascii(), self.doing, self.errno)
    }
}

impl core::error::Error for StartError {}

/// The kernel's part alone, for those who mix it with other calls.
impl From<StartError> for Errno {
    fn from(error: StartError) -> Self {
        error.errno
    }
}
