//! A control group a service (cgroup v2): limits of all its processes together, and an end for all of them.

use alloc::format;
use alloc::string::String;

use ::services::Service;
use linux::fs::{self, Mode, OpenFlags};
use linux::process::{Pid, getpid};
use linux::{Errno, Result};

use crate::log::Log;

/// Where the groups of the kernel begin.
const ROOT: &str = "/sys/fs/cgroup";

/// The controllers whose limits a service may have.
const CONTROLLERS: [&str; 3] = ["+memory", "+cpu", "+pids"];

/// Says whether the kernel has groups, and this tree of them.
pub(super) fn are_there() -> bool {
    fs::stat(format!("{ROOT}/cgroup.controllers").as_str()).is_ok()
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
    let folder = folder(&service.name);
    let made = fs::mkdir(folder.as_str(), Mode::octal(0o755));
    if made == Err(Errno::NOENT) {
        let services = format!("{ROOT}/services");
        let _ = fs::mkdir(services.as_str(), Mode::octal(0o755));
        for controller in CONTROLLERS {
            for place in [ROOT, &services] {
                // A kernel need not have them all; who asks for one that is missing is told below.
                let _ = write(&format!("{place}/cgroup.subtree_control"), controller);
            }
        }
        let _ = fs::mkdir(folder.as_str(), Mode::octal(0o755));
    }
    let amount = |limit: Option<u64>| limit.map(|most| format!("{most}"));
    // Hundredths of a processor, as microseconds of each tenth of a second.
    let cpu = service.cpu.map(|percent| format!("{} 100000", percent.saturating_mul(1000)));
    let limits =
        [("memory.max", amount(service.memory)), ("pids.max", amount(service.processes)), ("cpu.max", cpu)];
    for (file, limit) in limits {
        if let Some(limit) = limit
            && let Err(cause) = write(&format!("{folder}/{file}"), &limit)
        {
            log.error(format_args!("{}: set {file}: {cause}", service.name));
        }
    }
    let door = format!("{folder}/cgroup.procs");
    fs::stat(door.as_str()).is_ok().then_some(door)
}

/// Kills all that is in the group of a service (Linux 5.14); nothing where there is none.
pub(super) fn kill(name: &str) {
    let _ = write(&format!("{}/cgroup.kill", folder(name)), "1");
}

/// Gives how many processes of a service's group the kernel has killed for want of memory.
pub(super) fn out_of_memory(name: &str) -> u32 {
    let text = read(&format!("{}/memory.events", folder(name))).unwrap_or_default();
    let count = text.lines().find_map(|line| line.strip_prefix("oom_kill "));
    count.and_then(|count| count.parse().ok()).unwrap_or(0)
}

/// Gives a process of a service's group whose parent has ended, as a daemon's has that has put itself into the background.
pub(super) fn orphan(name: &str) -> Option<Pid> {
    let text = read(&format!("{}/cgroup.procs", folder(name)))?;
    text.lines().filter_map(|line| line.parse().ok().and_then(Pid::new)).find(|pid| {
        let status = read(&format!("/proc/{pid}/status")).unwrap_or_default();
        let parent = status.lines().find_map(|line| line.strip_prefix("PPid:\t"));
        let is_dead = status.lines().any(|line| line.starts_with("State:\tZ"));
        !is_dead && parent.and_then(|parent| parent.parse().ok()) == Some(getpid().get())
    })
}

/// Reads what the kernel says in a short file.
fn read(path: &str) -> Option<String> {
    let file = fs::open(path, OpenFlags::READ | OpenFlags::CLOSE_ON_EXEC, Mode::empty()).ok()?;
    let mut bytes = alloc::vec![0; 4096];
    let count = fs::read_full(&file, &mut bytes).ok()?;
    bytes.truncate(count);
    String::from_utf8(bytes).ok()
}

fn folder(name: &str) -> String {
    format!("{ROOT}/services/{name}")
}

fn write(path: &str, text: &str) -> Result<()> {
    let file = fs::open(path, OpenFlags::WRITE | OpenFlags::CLOSE_ON_EXEC, Mode::empty())?;
    fs::write_all(&file, text.as_bytes())
}
