//! Namespaces: networks, processes, mounts of a process's own.

use linux::Errno;
use linux::fs::{Mode, mkdir, stat};
use linux::mount::{self, MountFlags, UnmountFlags, unmount};
use linux::process::{self, CloneFlags, Ended, Fork, Namespaces, Pid, clone, exit_group, getpid, unshare};
use system::links::{self, Extent, LinkFlags};
use system::netlink::Socket;

use crate::scratch::Scratch;
use crate::support::{have, only_root, reading, root, skip, wait};

const MISSING: [Errno; 2] = [Errno::INVAL, Errno::PERM];

/// Says whether the loopback, down, is all that this network has; the kernel may add others that carry tunnels.
fn is_new() -> bool {
    let mut socket = Socket::open().unwrap();
    let found = links::dump_with(&mut socket, Extent::SKIP_STATISTICS).unwrap();
    let lo = found.iter().find(|link| link.name == "lo");
    lo.is_some_and(|lo| !lo.flags.contains(LinkFlags::UP))
        && found.iter().all(|link| !link.flags.contains(LinkFlags::UP))
}

/// Runs this in a child in new namespaces.
fn within(flags: CloneFlags, work: impl FnOnce() -> bool) {
    only_root();
    // SAFETY: there is one thread.
    match have(unsafe { clone(flags) }, &MISSING, "namespaces") {
        Fork::Child => exit_group(i32::from(!work())),
        Fork::Parent(pid) => assert_eq!(wait(pid).ended, Ended::Exited(0)),
    }
}

fn netns() {
    within(CloneFlags::NEW_NETWORK, is_new);
}

fn netns_unshare() {
    only_root();
    have(unshare(Namespaces::NETWORK), &MISSING, "namespaces");
    assert!(is_new());
}

fn pidns() {
    within(CloneFlags::NEW_PID, || getpid() == Pid::INIT);
}

fn setns() {
    only_root();
    let own = reading("/proc/self/ns/net");
    have(process::setns(&own, Namespaces::NETWORK), &MISSING, "namespaces of networks");
}

fn setns_fail() {
    only_root();
    let network = reading("/proc/self/ns/net");
    assert_eq!(process::setns(&network, Namespaces::UTS), Err(Errno::INVAL));
    assert_eq!(process::setns(reading("/dev/null"), Namespaces::NETWORK), Err(Errno::INVAL));
}

fn pivot_root() {
    root();
    let scratch = Scratch::new();
    if mount::mount("none", scratch.at("").as_str(), "tmpfs", MountFlags::empty(), "").is_err() {
        skip("no file system in memory");
    }
    mkdir(scratch.at("old").as_str(), Mode::octal(0o700)).unwrap();
    mkdir(scratch.at("mark").as_str(), Mode::octal(0o700)).unwrap();
    // The first root of all cannot be put away.
    have(
        mount::pivot_root(scratch.at("").as_str(), scratch.at("old").as_str()),
        &[Errno::INVAL],
        "the first root",
    );
    assert!(stat("/mark").unwrap().is_directory() && stat("/old/proc").is_ok());
    // The runner looks at its descriptors again.
    mkdir("/proc", Mode::octal(0o755)).unwrap();
    mount::move_to("/old/proc", "/proc").unwrap();
    unmount("/old", UnmountFlags::DETACH).unwrap();
    // The folder is the old root's, and empty; there is nothing to remove it from.
    std::mem::forget(scratch);
}

tests![netns, netns_unshare, pidns, setns, setns_fail, pivot_root];
