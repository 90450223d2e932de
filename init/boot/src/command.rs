//! One command in a process of its own, as the prompt and the agent run it.

use alloc::vec::Vec;
use core::ffi::CStr;

use linux::Errno;
use linux::fd::{BorrowedFd, STDERR};
use linux::fs::{self, Standard};
use linux::process::{self, Pid};

use crate::signals;
use crate::words::{self, Unclosed};

/// What `init` supplies: the commands that can be run, so that this crate knows none, and what takes unsafe code.
pub trait Commands {
    /// Has process 1 survive its own faults from now on, as it survives a panic.
    ///
    /// # Errors
    /// Those of the system calls it takes.
    fn survive_faults(&self) -> linux::Result<()>;

    /// Runs a command in the calling process, on its standard streams; gives its status. A name that does not exist is
    /// said on standard error.
    fn call(&self, words: &[&[u8]]) -> i32;

    /// Runs a line in the calling process, which is there for it alone; gives its status. Without a shell its words are a
    /// command; a line that cannot be read is said on standard error.
    fn line(&self, line: &[u8]) -> i32 {
        match words::split(line) {
            Ok(words) => {
                let words: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
                name(words.first().copied().unwrap_or_default());
                self.call(&words)
            }
            Err(Unclosed(quote)) => {
                let _ = fs::write_all(STDERR, &[b"a quote is not closed: ", &[quote][..], b"\n"].concat());
                2
            }
        }
    }

    /// Serves the console until its end as a shell whose prompt begins with this name; gives its status. None, and nothing
    /// done, without a shell.
    fn session(&self, _name: &str) -> Option<i32> {
        None
    }
}

/// Where a command's streams lead; those that are not given stay as they are.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Streams<'fd> {
    pub(crate) input: Option<BorrowedFd<'fd>>,
    pub(crate) output: Option<BorrowedFd<'fd>>,
    pub(crate) error: Option<BorrowedFd<'fd>>,
}

/// Starts a process that runs a line.
///
/// # Errors
/// Those of `fork(2)`.
pub(crate) fn start(commands: &dyn Commands, line: &[u8], streams: Streams<'_>) -> linux::Result<Pid> {
    process::spawn(|| {
        signals::release();
        if streams.connect().is_err() {
            return 126;
        }
        commands.line(line)
    })
}

/// Gives this process the name of its command, as far as it is kept, for people to see.
fn name(command: &[u8]) {
    let mut room = [0; 16];
    let name = command.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    for (to, from) in room.iter_mut().take(15).zip(name) {
        *to = *from;
    }
    if let Ok(name) = CStr::from_bytes_until_nul(&room) {
        let _ = process::set_name(name);
    }
}

impl Streams<'_> {
    fn connect(&self) -> Result<(), Errno> {
        let pairs =
            [(Standard::Input, self.input), (Standard::Output, self.output), (Standard::Error, self.error)];
        for (standard, file) in pairs {
            if let Some(file) = file {
                fs::set_standard(standard, file)?;
            }
        }
        Ok(())
    }
}
