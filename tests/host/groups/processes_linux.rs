//! Processes as Linux alone makes them.

use linux::process::{self, CloneFlags, Ended, Fork, Namespaces, WaitFlags, exit_group, getpid, wait4};
use linux::thread::gettid;

use crate::support::{child, wait};

fn clone() {
    // SAFETY: there is one thread.
    match unsafe { process::clone(CloneFlags::empty()) }.unwrap() {
        Fork::Child => exit_group(23),
        Fork::Parent(pid) => assert_eq!(wait(pid).ended, Ended::Exited(23)),
    }
    assert_eq!(process::unshare(Namespaces::empty()), Ok(()));
}

fn fork_waitid_linux() {
    let pid = child(|| 23);
    let found = linux::retry(|| wait4(Some(pid), WaitFlags::empty())).unwrap().unwrap();
    assert_eq!((found.0, found.1), (pid, Ended::Exited(23)));
    assert!(found.2.resident_kib > 0);
}

fn tid() {
    assert_eq!(gettid(), getpid());
}

tests![clone, fork_waitid_linux, tid];
