//! What can be found out about the children of process 1 when nobody has told it.

use alloc::format;
use alloc::vec::Vec;

use formats::proc::pid::stat::{self, Stat};
use linux::fd::OwnedFd;
use linux::fs::{self, Mode, OpenFlags};
use linux::process::{Pid, WaitFlags, WaitFor, getpid, waitid};
use system::{file, folder};

use crate::workers::role::Role;

/// Says whether a process is a child of this one, ended or not.
pub(super) fn is_child(pid: Pid) -> bool {
    waitid(WaitFor::Process(pid), WaitFlags::EXITED | WaitFlags::NO_HANG | WaitFlags::KEEP).is_ok()
}

/// Says whether a process is a child of this one that has not ended.
pub(in crate::services) fn lives(stat: &Stat<'_>) -> bool {
    stat.state != b'Z' && stat.parent == getpid().get().unsigned_abs()
}

/// Gives the numbers and names of the children of process 1 that are copies of it: the same program, or the one that was in its place.
pub(super) fn copies() -> Vec<(Pid, Vec<u8>)> {
    let numbers = folder::numbers(b"/proc").unwrap_or_default();
    let own = super::program_of("self");
    let child = |number: u32| {
        let pid = Pid::new(i32::try_from(number).ok()?)?;
        let text = file::read(format!("/proc/{number}/stat").as_bytes()).ok()?;
        let stat = stat::parse(&text).ok()?;
        // The prompt has become a shell, which has the console for its session.
        let is_prompt = stat.name == b"sh" && stat.session == number && stat.terminal.0 != 0;
        let name = if is_prompt { Role::Prompt.name().as_bytes() } else { stat.name };
        let is_copy = || super::program_of(&format!("{number}")) == own;
        (lives(&stat) && is_copy()).then(|| (pid, name.to_vec()))
    };
    numbers.into_iter().filter_map(child).collect()
}

/// Opens the memory that a worker has under the number that process 1 had it by: a copy of process 1 has all its numbers.
pub(super) fn memory(link: &str, worker: Pid) -> Option<OwnedFd> {
    let mut room = [0; 64];
    let number = fs::readlink(link, &mut room).ok()?.strip_prefix(b"/proc/1/fd/")?;
    let number = core::str::from_utf8(number).ok()?;
    let flags = OpenFlags::READ_WRITE | OpenFlags::CLOSE_ON_EXEC;
    fs::open(format!("/proc/{worker}/fd/{number}").as_str(), flags, Mode::empty()).ok()
}
