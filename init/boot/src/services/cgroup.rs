//! A control group a service (cgroup v2): limits of all its processes together, and an end for all of them.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use ::services::{DiskBounds, Service};
use formats::proc::pid::stat;
use linux::fs;
use linux::process::Pid;
use system::cgroup::{Disk, Group, Limit};
use system::file;

use super::handover::lives;
use crate::log::Log;

/// Where the groups of the kernel begin.
const ROOT: &[u8] = b"/sys/fs/cgroup";

/// The controllers whose limits a service may have.
const CONTROLLERS: [&str; 4] = ["memory", "cpu", "pids", "io"];

/// Of what a service gets hundredths of processors.
const PERIOD: Duration = Duration::from_millis(100);

/// The share of processors of who asks for none.
const USUAL_WEIGHT: u16 = 100;

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
    let wanted = &service.resources;
    let weight = wanted.cpu_weight.and_then(|weight| weight.try_into().ok());
    let limits = [
        (wanted.memory.is_some(), Limit::Memory(wanted.memory)),
        (wanted.memory_high.is_some(), Limit::MemoryHigh(wanted.memory_high)),
        (wanted.swap.is_some(), Limit::Swap(wanted.swap)),
        (wanted.processes.is_some(), Limit::Processes(wanted.processes)),
        (wanted.cpu.is_some(), Limit::Processor(wanted.cpu.map(time), PERIOD)),
        (weight.is_some(), Limit::Weight(weight.unwrap_or(USUAL_WEIGHT))),
    ];
    // Of disks that are not named any more, it may have all.
    let former = if was_there { group.limited_disks().unwrap_or_default() } else { Vec::new() };
    let former = former.into_iter().map(|device| (false, Limit::Disk(Disk { device, ..Disk::default() })));
    let disks = wanted.disks.iter().filter_map(|bounds| disk(bounds, &service.name, log));
    let limits = limits.into_iter().chain(former).chain(disks.map(|disk| (true, Limit::Disk(disk))));
    for (is_wanted, limit) in limits.filter(|(is_wanted, _)| *is_wanted || was_there) {
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

/// Finds a disk that has limits; none if there is none, which is told.
fn disk(bounds: &DiskBounds, name: &str, log: Log) -> Option<Disk> {
    let DiskBounds { path, read, write, reads, writes } = bounds;
    match fs::stat(path.as_str()).map(|found| found.special_device()) {
        Ok(device) if device != (0, 0) => {
            Some(Disk { device, read: *read, write: *write, reads: *reads, writes: *writes })
        }
        Ok(_) => {
            log.error(format_args!("{name}: limit {path}: it is no device"));
            None
        }
        Err(cause) => {
            log.error(format_args!("{name}: limit {path}: {cause}"));
            None
        }
    }
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
