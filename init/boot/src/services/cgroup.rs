//! A control group a service (cgroup v2): limits of all its processes together, and an end for all of them.

use alloc::format;
use alloc::string::String;
use core::time::Duration;

use ::services::Service;
use formats::proc::pid::stat;
use linux::fs;
use linux::process::Pid;
use system::cgroup::{Group, Limit};
use system::file;

use super::handover::lives;
use crate::log::Log;

/// Where the groups of the kernel begin.
const ROOT: &[u8] = b"/sys/fs/cgroup";

/// The controllers whose limits a service may have.
const CONTROLLERS: [&str; 3] = ["memory", "cpu", "pids"];

/// Of what a service gets hundredths of processors.
const PERIOD: Duration = Duration::from_millis(100);

/// Says whether the kernel has groups, and this tree of them.
pub(super) fn are_there() -> bool {
    Group::at(ROOT).controllers().is_ok()
}

/// Makes the group of a service with its limits; gives the file to which a process that is to be in it writes 0, none where the
/// kernel has no groups, or not this tree of them.
///
/// A process could begin in it (CLONE_INTO_CGROUP), but some kernels (6.1.172) kill one that begins so in a group whose
/// processes were once killed together.
pub(super) fn make(service: &Service, log: Log) -> Option<String> {
    if !are_there() {
        return None;
    }
    let root = Group::at(ROOT);
    let group = group(&service.name);
    // It may have limits that its file does not ask for any more.
    let was_there = fs::stat(group.path()).is_ok();
    if !was_there && group.create().is_err() {
        let all = root.child("services");
        let _ = all.create();
        for controller in CONTROLLERS {
            // A kernel need not have them all; who asks for one that is missing is told below.
            let _ = root.enable(controller);
            let _ = all.enable(controller);
        }
        let _ = group.create();
    }
    let time = |percent: u64| PERIOD * u32::try_from(percent).unwrap_or(u32::MAX) / 100;
    let limits = [
        (service.memory.is_some(), Limit::Memory(service.memory)),
        (service.processes.is_some(), Limit::Processes(service.processes)),
        (service.cpu.is_some(), Limit::Processor(service.cpu.map(time), PERIOD)),
    ];
    for (is_wanted, limit) in limits.into_iter().filter(|(is_wanted, _)| *is_wanted || was_there) {
        // A controller that is missing limits nothing.
        if let Err(cause) = group.limit(limit)
            && is_wanted
        {
            log.error(format_args!("{}: {cause}", service.name));
        }
    }
    let door = format!("{}/cgroup.procs", String::from_utf8_lossy(group.path()));
    fs::stat(door.as_str()).is_ok().then_some(door)
}

/// Kills all that is in the group of a service (Linux 5.14); nothing where there is none.
pub(super) fn kill(name: &str) {
    let _ = group(name).kill();
}

/// Gives how many processes of a service's group the kernel has killed for want of memory.
pub(super) fn out_of_memory(name: &str) -> u32 {
    let count = group(name).fact("memory.events", "oom_kill");
    count.and_then(|count| count.try_into().ok()).unwrap_or(0)
}

/// Gives a process of a service's group whose parent has ended, as a daemon's has that has put itself into the background.
pub(super) fn orphan(name: &str) -> Option<Pid> {
    group(name).processes().ok()?.into_iter().find(|pid| {
        let text = file::read(format!("/proc/{pid}/stat").as_bytes()).unwrap_or_default();
        stat::parse(&text).is_ok_and(|stat| lives(&stat))
    })
}

fn group(name: &str) -> Group {
    Group::at(ROOT).child("services").child(name)
}
