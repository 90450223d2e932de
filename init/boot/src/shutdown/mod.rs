//! The end of the machine: its machine ([`machine`]), and what carries its actions out.

pub(crate) mod machine;

use alloc::vec::Vec;

use ::system::file;
use formats::proc::pid::mountinfo;
use formats::proc::swaps;
use linux::Errno;
use linux::fs;
use linux::mem;
use linux::mount::{self, MountFlags, UnmountFlags};
use linux::process;
use linux::signal::Signal;
use linux::system::{self, PowerCommand};

use crate::log::Log;
use machine::Goal;

/// Asks every process to end.
pub(crate) fn terminate() {
    signal_all(Signal::TERM);
    // A stopped process hears nothing else.
    signal_all(Signal::CONT);
}

/// Ends every process.
pub(crate) fn kill() {
    signal_all(Signal::KILL);
}

/// That nobody is there to be told is no failure.
fn signal_all(signal: Signal) {
    let _ = process::kill_all(Some(signal));
}

/// Ends the machine; gives the reason if the kernel does not let us, as in a container.
pub(crate) fn end(goal: Goal) -> Errno {
    if goal == Goal::Reboot && has_kernel() {
        // Refused, it starts by way of the firmware after all.
        let _ = system::reboot(PowerCommand::Kexec);
    }
    let command = match goal {
        Goal::PowerOff => PowerCommand::PowerOff,
        Goal::Reboot => PowerCommand::Restart,
        Goal::Halt => PowerCommand::Halt,
    };
    system::reboot(command).err().unwrap_or(Errno::INVAL)
}

/// Says whether another kernel is loaded, to be started in place of this one (`kexec_load(2)`).
#[cfg(feature = "housekeeping")]
fn has_kernel() -> bool {
    file::read(b"/sys/kernel/kexec_loaded").is_ok_and(|text| text.starts_with(b"1"))
}

#[cfg(not(feature = "housekeeping"))]
const fn has_kernel() -> bool {
    false
}

/// Writes all data out and takes the file systems down, last mounted first; what is busy becomes read-only.
///
/// It runs in a child of process 1: a disk that does not answer holds the child, and process 1 goes on at its deadline.
pub(crate) fn leave(log: Log) -> i32 {
    fs::sync();
    if !has_machine() {
        return 0;
    }
    swap_off(log);
    let mut text = Vec::new();
    if let Err(cause) = file::read_into(c"/proc/self/mountinfo", &mut text) {
        log.error(format_args!("read /proc/self/mountinfo: {cause}"));
        return 1;
    }
    let list: Vec<_> = mountinfo::parse(&text).flatten().collect();
    for mounted in list.iter().rev().filter(|mounted| !is_kernels(&mounted.kind.plain())) {
        take_down(&mounted.target.plain(), log);
    }
    fs::sync();
    0
}

/// Says whether this is process 1 of the machine, and not of a container: there swap and file systems are the machine's, and
/// what was mounted for the container alone goes with it.
pub(crate) fn has_machine() -> bool {
    // The kernel's first namespace of processes (PROC_PID_INIT_INO of its include/linux/proc_ns.h); a kernel without them has
    // no such file, and no containers.
    const FIRST: u64 = 0xEFFF_FFFC;
    fs::stat(c"/proc/self/ns/pid").map_or(true, |namespace| namespace.inode() == FIRST)
}

/// Takes all swap back, since a file of it keeps its file system busy.
fn swap_off(log: Log) {
    // No such file: a kernel without swap.
    let mut text = Vec::new();
    let _ = file::read_into(c"/proc/swaps", &mut text);
    for place in swaps::places(&text) {
        let path = place.plain();
        if let Err(cause) = mem::swapoff(&*path) {
            log.error(format_args!("swapoff {}: {cause}", shown(&path)));
        }
    }
}

/// Says whether a file system has nothing to lose and may be needed until the end.
fn is_kernels(kind: &[u8]) -> bool {
    matches!(
        kind,
        b"rootfs" | b"proc" | b"sysfs" | b"devtmpfs" | b"devpts" | b"cgroup2" | b"tmpfs" | b"ramfs"
    )
}

/// Gives a path for a message.
fn shown(path: &[u8]) -> &str {
    core::str::from_utf8(path).unwrap_or("(not text)")
}

fn take_down(target: &[u8], log: Log) {
    let name = shown(target);
    let cause = match target {
        // The root cannot be unmounted by those who stand on it.
        b"/" => Errno::BUSY,
        _ => match mount::unmount(target, UnmountFlags::NO_FOLLOW) {
            Ok(()) => return log.debug(format_args!("unmounted {name}")),
            // Another mount hides it.
            Err(Errno::NOENT) => return,
            Err(cause) => cause,
        },
    };
    match mount::remount(target, MountFlags::READ_ONLY, c"") {
        Ok(()) => log.debug(format_args!("{name} is read-only now: {cause}")),
        Err(again) => log.error(format_args!("unmount {name}: {cause}; make it read-only: {again}")),
    }
}
