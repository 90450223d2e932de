//! What the shell asks of the system, as a trait, so that all else runs in memory too; and the kernel's answer to it.

mod kernel;

use alloc::ffi::CString;
use alloc::vec::Vec;
use core::time::Duration;

use linux::fs::{From as Seek, Metadata, Mode, OpenFlags};
use linux::process::{Ended, Limit, Pid, Resource};
use linux::signal::{Signal, SignalSet};
use linux::terminal::{Size, Termios};
use linux::{Errno, Result};

pub use kernel::Kernel;

/// A program that is to be started, or to take this process's place.
#[derive(Debug)]
pub struct Start<'a> {
    /// Where it is.
    pub path: &'a [u8],
    /// Its arguments, its name first.
    pub arguments: &'a [CString],
    /// Its environment.
    pub environment: &'a [CString],
    /// The group of processes that it joins, if it does; its own, if that is none.
    pub group: Option<Option<Pid>>,
    /// The terminal in front of which its group goes.
    pub foreground: Option<i32>,
    /// Signals that are left to the kernel in it, though this process ignores them.
    pub defaults: &'a [Signal],
    /// Signals that it ignores.
    pub ignored: &'a [Signal],
}

/// Which children are waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// Whether to wait until there is one.
    pub blocks: bool,
    /// Whether those that stop or go on count too.
    pub stopped: bool,
}

/// What is done on a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// What the kernel does by itself.
    Default,
    /// Nothing.
    Ignore,
    /// It is noted, for [`System::take_signals`].
    Note,
}

/// Times on a processor: of this process in its own code and in the kernel, and of its children.
#[derive(Clone, Copy, Debug, Default)]
pub struct Times {
    /// In this process's own code.
    pub user: Duration,
    /// In the kernel for this process.
    pub system: Duration,
    /// In the code of its children that have ended.
    pub children_user: Duration,
    /// In the kernel for them.
    pub children_system: Duration,
}

/// The system under the shell. Descriptors are numbers, as in scripts; those that calls make are closed by execve.
pub trait System {
    /// Opens a file.
    fn open(&self, path: &[u8], flags: OpenFlags, mode: Mode) -> Result<i32>;
    /// Makes a second descriptor, from a number on.
    fn duplicate(&self, number: i32, lowest: i32) -> Result<i32>;
    /// Puts an open file under another number too, which programs inherit.
    fn put(&self, from: i32, to: i32) -> Result<()>;
    /// Closes a number.
    fn close(&self, number: i32) -> Result<()>;
    /// Makes a pipe: where to read, where to write.
    fn pipe(&self) -> Result<(i32, i32)>;
    /// Makes a file that has this text and is read from its beginning.
    fn document(&self, text: &[u8]) -> Result<i32>;
    /// Reads.
    fn read(&self, number: i32, buffer: &mut [u8]) -> Result<usize>;
    /// Writes.
    fn write(&self, number: i32, bytes: &[u8]) -> Result<usize>;
    /// Moves the position of a file.
    fn seek(&self, number: i32, to: Seek) -> Result<u64>;
    /// Waits until there is something to read; false when the time is over.
    fn wait_readable(&self, number: i32, limit: Duration) -> Result<bool>;
    /// Says whether a number is a terminal.
    fn is_terminal(&self, number: i32) -> bool;
    /// Has a terminal show what is typed, or not; says whether it did before.
    fn echo(&self, number: i32, shows: bool) -> Result<bool>;
    /// Gives a terminal's settings.
    fn settings(&self, number: i32) -> Result<Termios>;
    /// Sets a terminal's settings.
    fn set_settings(&self, number: i32, settings: &Termios) -> Result<()>;
    /// Gives a terminal's size.
    fn size(&self, number: i32) -> Result<Size>;
    /// Sets the group in front of a terminal.
    fn set_foreground(&self, terminal: i32, group: Pid) -> Result<()>;
    /// Gives the group in front of a terminal.
    fn foreground(&self, terminal: i32) -> Result<Option<Pid>>;

    /// Gives the names in a folder, one after the other, without `.` and `..`.
    fn list(&self, path: &[u8], each: &mut dyn FnMut(&[u8])) -> Result<()>;
    /// Puts a file that only its owner may read in place of another, in one step: at no time it holds less.
    fn replace(&self, path: &[u8], bytes: &[u8]) -> Result<()>;
    /// Removes a file.
    fn remove(&self, path: &[u8]) -> Result<()>;
    /// Looks at a file; at a link itself, if it does not follow.
    fn stat(&self, path: &[u8], follows: bool) -> Result<Metadata>;
    /// Looks at what is behind a number.
    fn fstat(&self, number: i32) -> Result<Metadata>;
    /// Says whether this process may read, write or execute a file: a sum of 4, 2 and 1.
    fn may(&self, path: &[u8], how: u32) -> bool;
    /// Changes the current folder.
    fn change_folder(&self, path: &[u8]) -> Result<()>;
    /// Gives the path of the current folder.
    fn folder(&self) -> Result<Vec<u8>>;
    /// Sets the mask of permissions; gives the former one.
    fn set_mask(&self, mask: Mode) -> Mode;
    /// Gives a limit.
    fn limit(&self, resource: Resource) -> Result<Limit>;
    /// Sets a limit.
    fn set_limit(&self, resource: Resource, limit: Limit) -> Result<()>;

    /// Gives this process's number.
    fn pid(&self) -> Pid;
    /// Gives the parent's number, 0 if it is outside this namespace.
    fn parent(&self) -> i32;
    /// Gives the user by whose rights this process acts.
    fn user(&self) -> u32;
    /// Gives the group by whose rights it acts.
    fn group(&self) -> u32;
    /// Sets the group of processes of a child or of this process.
    fn set_group(&self, process: Option<Pid>, group: Option<Pid>) -> Result<()>;
    /// Gives this process's group of processes.
    fn process_group(&self) -> Option<Pid>;
    /// Runs a function in a child, whose status it gives.
    fn fork(&self, body: &mut dyn FnMut() -> i32) -> Result<Pid>;
    /// Starts a program in a child.
    fn start(&self, start: &Start<'_>) -> Result<Pid>;
    /// Puts a program in this process's place; returns only if that fails.
    fn execute(&self, start: &Start<'_>) -> Errno;
    /// Waits for a change of a child; `CHILD` if there is none.
    fn wait(&self, wait: Wait) -> Result<Option<(Pid, Ended)>>;
    /// Sends a signal to a process, or to a group if the number is negative, or to all if it is -1; none asks whether it is
    /// there.
    fn kill(&self, target: i32, signal: Option<Signal>) -> Result<()>;
    /// Sets what is done on a signal.
    fn on_signal(&self, signal: Signal, disposition: Disposition) -> Result<()>;
    /// Says whether a signal is ignored.
    fn ignores(&self, signal: Signal) -> bool;
    /// Says whether a signal has been noted.
    fn has_signals(&self) -> bool;
    /// Gives the signals that were noted.
    fn take_signals(&self) -> SignalSet;
    /// Gives the time since the boot.
    fn now(&self) -> Duration;
    /// Gives the times on a processor.
    fn times(&self) -> Times;
    /// Gives the home of a user.
    fn home(&self, user: &[u8]) -> Option<Vec<u8>>;
}
