//! Control groups of version 2: processes that are limited, counted, stopped and killed together (cgroups(7),
//! `Documentation/admin-guide/cgroup-v2.rst`).
//!
//! A group is a folder, and what can be said of it are files in it. Limits are those of controllers, which a group has only where the
//! one above it hands them down ([`Group::enable`]); a group that does so has no processes of its own, but for the root. To begin a
//! process in a group, give its folder ([`Group::open`]) to `linux::process::Program::control_group`.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use formats::proc::pid::cgroup::unified;
use formats::sys::cgroup::{amount, devices, fact};
use linux::Errno;
use linux::fd::OwnedFd;
use linux::fs::{Mode, OpenFlags};
use linux::process::Pid;

use crate::mounts::Table;
use crate::{Error, Result, file};

/// A limit of all processes of a group together; what has none is without limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// `memory.max`: bytes of memory; who needs more is killed.
    Memory(Option<u64>),
    /// `memory.high`: bytes of memory from which on they are held up.
    MemoryHigh(Option<u64>),
    /// `memory.swap.max`: bytes of memory on disks.
    Swap(Option<u64>),
    /// `pids.max`: processes and threads; fork gives `AGAIN`.
    Processes(Option<u64>),
    /// `cpu.max`: how much time of processors they get of each period: 50 ms of 100 ms is half a processor.
    Processor(Option<Duration>, Duration),
    /// `cpu.weight`: their share where there is too little, 1 to 10000; 100 is usual.
    Weight(u16),
    /// `io.max`: what they get of one disk in a second; of a whole one, not a part.
    Disk(Disk),
}

/// What the processes of a group get of a disk in a second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Disk {
    /// Its major and minor number.
    pub device: (u32, u32),
    /// Bytes read.
    pub read: Option<u64>,
    /// Bytes written.
    pub write: Option<u64>,
    /// Reads.
    pub reads: Option<u64>,
    /// Writes.
    pub writes: Option<u64>,
}

impl Limit {
    /// Gives the file, and what is written into it.
    fn text(self) -> (&'static str, String) {
        let plain = |limit: Option<u64>| limit.map_or_else(|| "max".into(), |most| format!("{most}"));
        match self {
            Self::Memory(most) => ("memory.max", plain(most)),
            Self::MemoryHigh(most) => ("memory.high", plain(most)),
            Self::Swap(most) => ("memory.swap.max", plain(most)),
            Self::Processes(most) => ("pids.max", plain(most)),
            Self::Processor(time, period) => {
                let time = plain(time.map(|time| time.as_micros() as u64));
                ("cpu.max", format!("{time} {}", period.as_micros()))
            }
            Self::Weight(share) => ("cpu.weight", format!("{share}")),
            Self::Disk(Disk { device: (major, minor), read, write, reads, writes }) => {
                let [read, write, reads, writes] = [read, write, reads, writes].map(plain);
                ("io.max", format!("{major}:{minor} rbps={read} wbps={write} riops={reads} wiops={writes}"))
            }
        }
    }
}

/// What a group uses; none where it has no such controller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Bytes of memory.
    pub memory: Option<u64>,
    /// Processes and threads.
    pub processes: Option<u64>,
    /// Time on processors until now, of which every group tells.
    pub processor: Option<Duration>,
    /// How long they were held up for want of it.
    pub throttled: Option<Duration>,
}

/// What a group is like now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// Whether it, or a group below it, has processes.
    pub is_populated: bool,
    /// Whether they are all stopped, as asked for.
    pub is_frozen: bool,
}

/// A control group, by its folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    path: Vec<u8>,
}

impl Group {
    /// Takes a folder for a group; nothing is made.
    pub fn at(path: &[u8]) -> Self {
        Self { path: path.to_vec() }
    }

    /// Finds where the groups of the kernel begin.
    ///
    /// # Errors
    /// `NODEV`: no tree of version 2 is mounted; and those of reading the table of mounts.
    pub fn root() -> Result<Self> {
        let table = Table::read()?;
        let mut mounts = table.mounts().filter_map(Result::ok);
        let found = mounts.find(|mount| mount.kind.is(b"cgroup2"));
        found
            .map(|mount| Self { path: mount.target.plain() })
            .ok_or_else(|| Error::new("find", b"control groups of version 2", Errno::NODEV))
    }

    /// Finds the group of a process; none: of this one.
    ///
    /// # Errors
    /// Those of [`Self::root`], and of reading `/proc/PID/cgroup`.
    pub fn of(process: Option<Pid>) -> Result<Self> {
        let path = match process {
            Some(process) => format!("/proc/{process}/cgroup"),
            None => "/proc/self/cgroup".into(),
        };
        let text = file::read(path.as_bytes())?;
        let Some(below) = unified(&text) else {
            return Err(Error::new("find the group in", path.as_bytes(), Errno::NODEV));
        };
        let mut group = Self::root()?;
        group.path.extend_from_slice(below.strip_suffix(b"/").unwrap_or(below));
        Ok(group)
    }

    /// Gives the folder.
    pub fn path(&self) -> &[u8] {
        &self.path
    }

    /// Gives the group of a name below this one; nothing is made.
    #[must_use]
    pub fn child(&self, name: &str) -> Self {
        Self { path: [&self.path, b"/".as_slice(), name.as_bytes()].concat() }
    }

    /// Makes it; one that is there is taken as it is.
    ///
    /// # Errors
    /// `ACCES`, `NOENT` (the one above is missing), `AGAIN` (too many), `ROFS`.
    pub fn create(&self) -> Result<()> {
        match linux::fs::mkdir(self.path.as_slice(), Mode::octal(0o755)) {
            Ok(()) | Err(Errno::EXIST) => Ok(()),
            Err(errno) => Err(Error::new("make", &self.path, errno)),
        }
    }

    /// Removes it.
    ///
    /// # Errors
    /// `BUSY` (it has processes, or groups below it), `NOENT`, `ACCES`.
    pub fn remove(&self) -> Result<()> {
        linux::fs::rmdir(self.path.as_slice()).map_err(|errno| Error::new("remove", &self.path, errno))
    }

    /// Opens its folder, for a process that is to begin in it.
    ///
    /// # Errors
    /// Those of `open(2)`.
    pub fn open(&self) -> Result<OwnedFd> {
        let flags = OpenFlags::READ | OpenFlags::DIRECTORY | OpenFlags::CLOSE_ON_EXEC;
        let opened = linux::fs::open(self.path.as_slice(), flags, Mode::empty());
        opened.map_err(|errno| Error::new("open", &self.path, errno))
    }

    /// Gives the controllers that it has, by their names: `memory`, `cpu`, `pids`, `io`.
    ///
    /// # Errors
    /// Those of reading: `NOENT` where there is no group.
    pub fn controllers(&self) -> Result<Vec<Vec<u8>>> {
        let text = self.read("cgroup.controllers")?;
        let names = text.trim_ascii().split(|byte| *byte == b' ').filter(|name| !name.is_empty());
        Ok(names.map(<[u8]>::to_vec).collect())
    }

    /// Hands a controller down: the groups below may limit and count then.
    ///
    /// # Errors
    /// `NOENT` (it has none such itself), `BUSY` (it has processes of its own), `ACCES`.
    pub fn enable(&self, controller: &str) -> Result<()> {
        self.write("cgroup.subtree_control", &format!("+{controller}"))
    }

    /// Sets a limit.
    ///
    /// # Errors
    /// `NOENT` (it has no such controller), `INVAL`, `ACCES`.
    pub fn limit(&self, limit: Limit) -> Result<()> {
        let (name, text) = limit.text();
        self.write(name, &text)
    }

    /// Gives the disks, by their numbers, of which it may not have all.
    ///
    /// # Errors
    /// `NOENT`: it has no such controller.
    pub fn limited_disks(&self) -> Result<Vec<(u32, u32)>> {
        Ok(devices(&self.read("io.max")?).collect())
    }

    /// Moves a process into it with all its threads; none: this one. Children come to be in the group of their parents.
    ///
    /// # Errors
    /// `BUSY` (it hands controllers down), `AGAIN` (a limit), `ACCES` (also: no rights in the group above both), `SRCH`, `NOENT`.
    pub fn attach(&self, process: Option<Pid>) -> Result<()> {
        self.write("cgroup.procs", &process.map_or_else(|| "0".into(), |process| format!("{process}")))
    }

    /// Gives its processes, without those of groups below it.
    ///
    /// # Errors
    /// Those of reading.
    pub fn processes(&self) -> Result<Vec<Pid>> {
        let text = self.read("cgroup.procs")?;
        let numbers = text.split(|byte| *byte == b'\n').filter_map(query::text::parse_decimal);
        Ok(numbers.filter_map(|number| i32::try_from(number).ok().and_then(Pid::new)).collect())
    }

    /// Kills all its processes and those of groups below it, also ones that fork meanwhile (Linux 5.14).
    ///
    /// # Errors
    /// `NOENT` (there is no group, or an older kernel), `ACCES`.
    pub fn kill(&self) -> Result<()> {
        self.write("cgroup.kill", "1")
    }

    /// Stops all its processes and those of groups below it, or lets them go on; [`State::is_frozen`] tells when it is done.
    ///
    /// # Errors
    /// `NOENT`, `ACCES`.
    pub fn freeze(&self, stops: bool) -> Result<()> {
        self.write("cgroup.freeze", if stops { "1" } else { "0" })
    }

    /// Says what it is like.
    ///
    /// # Errors
    /// Those of reading.
    pub fn state(&self) -> Result<State> {
        let text = self.read("cgroup.events")?;
        let has = |name: &[u8]| fact(&text, name) == Some(1);
        Ok(State { is_populated: has(b"populated"), is_frozen: has(b"frozen") })
    }

    /// Opens what [`Self::state`] reads: poll(2) tells a change of it as PRI, once the file was read.
    ///
    /// # Errors
    /// Those of `open(2)`.
    pub fn watch(&self) -> Result<OwnedFd> {
        let path = self.file("cgroup.events");
        let opened =
            linux::fs::open(path.as_slice(), OpenFlags::READ | OpenFlags::CLOSE_ON_EXEC, Mode::empty());
        opened.map_err(|errno| Error::new("open", &path, errno))
    }

    /// Says what it uses.
    pub fn usage(&self) -> Usage {
        let amount = |name| self.read(name).ok().and_then(|text| amount(&text)).flatten();
        let processor = self.read("cpu.stat").unwrap_or_default();
        let time = |name: &[u8]| fact(&processor, name).map(Duration::from_micros);
        Usage {
            memory: amount("memory.current"),
            processes: amount("pids.current"),
            processor: time(b"usage_usec"),
            throttled: time(b"throttled_usec"),
        }
    }

    /// Gives a number of a file of lines `NAME NUMBER`: `oom_kill` of `memory.events`, `nr_throttled` of `cpu.stat`.
    pub fn fact(&self, name: &str, of: &str) -> Option<u64> {
        fact(&self.read(name).ok()?, of.as_bytes())
    }

    /// Lets a user make groups below it and move his processes among them; its own limits stay this user's.
    ///
    /// # Errors
    /// `PERM`, `NOENT`. See "Delegation" of the kernel's document.
    pub fn delegate(&self, user: u32, group: u32) -> Result<()> {
        let threads = "cgroup.threads";
        for name in ["", "cgroup.procs", "cgroup.subtree_control", threads] {
            let path = if name.is_empty() { self.path.clone() } else { self.file(name) };
            match linux::fs::chown(path.as_slice(), Some(user), Some(group)) {
                // The root has none.
                Err(Errno::NOENT) if name == threads => {}
                changed => changed.map_err(|errno| Error::new("give away", &path, errno))?,
            }
        }
        Ok(())
    }

    fn file(&self, name: &str) -> Vec<u8> {
        [&self.path, b"/".as_slice(), name.as_bytes()].concat()
    }

    fn read(&self, name: &str) -> Result<Vec<u8>> {
        file::read(&self.file(name))
    }

    /// Writes a file of the kernel's in one call.
    fn write(&self, name: &str, text: &str) -> Result<()> {
        let path = self.file(name);
        let written =
            linux::fs::open(path.as_slice(), OpenFlags::WRITE | OpenFlags::CLOSE_ON_EXEC, Mode::empty())
                .and_then(|file| linux::fs::write(&file, text.as_bytes()));
        written.map(drop).map_err(|errno| Error::new("write", &path, errno))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_texts() {
        let half = Limit::Processor(Some(Duration::from_millis(50)), Duration::from_millis(100));
        assert_eq!(half.text(), ("cpu.max", "50000 100000".into()));
        let whole = Limit::Processor(None, Duration::from_millis(100));
        assert_eq!(whole.text(), ("cpu.max", "max 100000".into()));
        assert_eq!(Limit::Memory(None).text(), ("memory.max", "max".into()));
        assert_eq!(Limit::Processes(Some(7)).text(), ("pids.max", "7".into()));
        let disk = Disk { device: (253, 16), write: Some(4096), ..Disk::default() };
        let text = "253:16 rbps=max wbps=4096 riops=max wiops=max";
        assert_eq!(Limit::Disk(disk).text(), ("io.max", text.into()));
    }

    #[test]
    fn groups_are_folders() {
        let group = Group::at(b"/sys/fs/cgroup").child("services").child("web");
        assert_eq!(group.path(), b"/sys/fs/cgroup/services/web");
        assert_eq!(Group::at(b"/none").controllers().unwrap_err().errno(), Some(Errno::NOENT));
        assert_eq!(Group::at(b"/none").usage(), Usage::default());
    }
}
