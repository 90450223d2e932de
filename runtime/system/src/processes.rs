//! The processes of the machine, from /proc.
//!
//! A process may end between two reads: it is left out then, never an error.

use alloc::vec::Vec;
use formats::time::Duration;

use formats::proc::pid::stat::{self, TICKS_PER_SECOND, Terminal};
use formats::proc::pid::{cmdline, status};
use linux::Errno;

use crate::{Error, Result, file, folder};

/// One process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    /// Its number.
    pub pid: u32,
    /// The number of the process that it is a thread of; its own number otherwise.
    pub leader: u32,
    /// The name of its program, at most 15 bytes.
    pub name: Vec<u8>,
    /// Its arguments, parted by spaces; empty for threads of the kernel and for the dead.
    pub arguments: Vec<u8>,
    /// The state's letter, as in [`stat::Stat`].
    pub state: u8,
    /// Its parent.
    pub parent: u32,
    /// Its group.
    pub group: u32,
    /// Its session.
    pub session: u32,
    /// Its terminal; number 0 for none.
    pub terminal: Terminal,
    /// Whether its group is the one that the terminal listens to.
    pub is_foreground: bool,
    /// The user on whose behalf it acts.
    pub user: u32,
    /// The user who started it.
    pub real_user: u32,
    /// The group on whose behalf it acts.
    pub user_group: u32,
    /// The scheduler's priority.
    pub priority: i64,
    /// The nice value, -20 to 19.
    pub nice: i64,
    /// How many threads it has.
    pub threads: u32,
    /// When it started, since boot.
    pub started: Duration,
    /// The processor time it has used.
    pub used: Duration,
    /// Its address space, in bytes.
    pub virtual_bytes: u64,
    /// Its memory, in bytes; 0 for threads of the kernel.
    pub resident_bytes: u64,
    /// The part of it that is its own, in bytes.
    pub anonymous_bytes: u64,
}

/// Gives all processes, in the order of their numbers.
///
/// # Errors
/// What the kernel says of /proc itself, and files of it that make no sense.
pub fn all() -> Result<Vec<Process>> {
    let mut reader = Reader::default();
    let mut processes = Vec::new();
    for pid in folder::numbers(b"/proc")? {
        processes.extend(reader.process(pid, None)?);
    }
    Ok(processes)
}

/// Gives one process; nothing if there is none of this number.
///
/// # Errors
/// As [`all`].
pub fn one(pid: u32) -> Result<Option<Process>> {
    Reader::default().process(pid, None)
}

/// Gives the threads of a process as processes, each with its own name, state and time; none if it is gone.
///
/// # Errors
/// As [`all`].
pub fn threads_of(pid: u32) -> Result<Vec<Process>> {
    let mut reader = Reader::default();
    let mut found = Vec::new();
    for thread in threads(pid)? {
        found.extend(reader.process(pid, Some(thread))?);
    }
    Ok(found)
}

/// Gives the threads of a process, sorted; none if it is gone.
///
/// # Errors
/// As [`all`].
pub fn threads(pid: u32) -> Result<Vec<u32>> {
    match folder::numbers(&path(pid, b"task")) {
        Err(error) if matches!(error.errno(), Some(Errno::NOENT | Errno::SRCH)) => Ok(Vec::new()),
        threads => threads,
    }
}

/// Gives the arguments of a process as the kernel has them ([`cmdline::parse`]); nothing if it is gone.
pub fn arguments(pid: u32) -> Vec<u8> {
    file::read(&path(pid, b"cmdline")).unwrap_or_default()
}

/// Gives where a link of a process leads: `exe`, `cwd`, `root`; nothing if it is gone or may not be looked at.
pub fn link(pid: u32, name: &[u8]) -> Option<Vec<u8>> {
    let mut room = [0; linux::path::PATH_BYTES];
    linux::fs::readlink(path(pid, name).as_slice(), &mut room).ok().map(<[u8]>::to_vec)
}

/// Gives the path of a file of a process.
pub fn path(pid: u32, name: &[u8]) -> Vec<u8> {
    let mut path = b"/proc/".to_vec();
    query::text::decimal(pid.into(), &mut path);
    path.push(b'/');
    path.extend_from_slice(name);
    path
}

/// Buffers that go from one process to the next.
#[derive(Default)]
struct Reader {
    path: Vec<u8>,
    bytes: Vec<u8>,
}

impl Reader {
    fn process(&mut self, pid: u32, thread: Option<u32>) -> Result<Option<Process>> {
        if !self.read(pid, thread, b"stat")? {
            return Ok(None);
        }
        let stat = stat::parse(&self.bytes).map_err(|error| Error::new("read", &self.path, error))?;
        let ticks = |ticks: u64| Duration::from_millis(ticks.saturating_mul(1000 / TICKS_PER_SECOND));
        let mut process = Process {
            pid: stat.pid,
            leader: pid,
            name: stat.name.to_vec(),
            arguments: Vec::new(),
            state: stat.state,
            parent: stat.parent,
            group: stat.group,
            session: stat.session,
            terminal: stat.terminal,
            is_foreground: stat.foreground == i64::from(stat.group),
            user: 0,
            real_user: 0,
            user_group: 0,
            priority: stat.priority,
            nice: stat.nice,
            threads: stat.threads,
            started: ticks(stat.start_ticks),
            used: ticks(stat.user_ticks.saturating_add(stat.system_ticks)),
            virtual_bytes: stat.virtual_bytes,
            resident_bytes: 0,
            anonymous_bytes: 0,
        };
        if !self.read(pid, thread, b"status")? {
            return Ok(None);
        }
        let status = status::parse(&self.bytes).map_err(|error| Error::new("read", &self.path, error))?;
        [process.real_user, process.user, ..] = status.users;
        process.user_group = status.groups[1];
        process.resident_bytes = status.resident_bytes.unwrap_or(0);
        process.anonymous_bytes = status.anonymous_bytes.unwrap_or(0);
        if self.read(pid, thread, b"cmdline")? {
            process.arguments = cmdline::line(&self.bytes);
        }
        Ok(Some(process))
    }

    /// Reads a file of a process; false if the process is gone.
    fn read(&mut self, pid: u32, thread: Option<u32>, name: &[u8]) -> Result<bool> {
        self.path.clear();
        self.path.extend_from_slice(b"/proc/");
        query::text::decimal(pid.into(), &mut self.path);
        if let Some(thread) = thread {
            self.path.extend_from_slice(b"/task/");
            query::text::decimal(thread.into(), &mut self.path);
        }
        self.path.push(b'/');
        self.path.extend_from_slice(name);
        match file::read_into(self.path.as_slice(), &mut self.bytes) {
            Ok(()) => Ok(!self.bytes.is_empty() || name == b"cmdline"),
            Err(Errno::NOENT | Errno::SRCH) => Ok(false),
            Err(errno) => Err(Error::new("read", &self.path, errno)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_itself_and_its_parent() {
        let processes = all().unwrap();
        let own = processes.iter().find(|process| process.pid == std::process::id()).unwrap();
        assert!(processes.iter().any(|process| process.pid == own.parent));
        assert!(processes.is_sorted_by_key(|process| process.pid));
        let name = std::env::args_os().next().unwrap();
        assert!(own.arguments.starts_with(name.as_encoded_bytes()));
        assert!(own.resident_bytes >= own.anonymous_bytes && own.anonymous_bytes > 0);
        assert!(own.virtual_bytes >= own.resident_bytes);
        assert!(own.threads >= 1 && matches!(own.state, b'R' | b'S'));
        assert!(own.started < crate::machine::uptime() && own.started > Duration::ZERO);
    }

    #[test]
    fn a_process_that_ends_is_left_out() {
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let pid = child.id();
        assert!(one(pid).unwrap().is_some(), "not waited for, so still there");
        child.wait().unwrap();
        assert_eq!(one(pid), Ok(None));
        assert_eq!(one(0), Ok(None));
        assert_eq!(threads(pid), Ok(Vec::new()));
        let own = std::process::id();
        assert!(threads(own).unwrap().contains(&own));
        assert!(threads_of(own).unwrap().iter().any(|thread| (thread.pid, thread.leader) == (own, own)));
        assert_eq!((arguments(pid), link(pid, b"exe")), (Vec::new(), None));
        assert!(link(own, b"exe").is_some() && !arguments(own).is_empty());
    }
}
