//! Control groups: only root may make some, and only where a tree of version 2 is mounted.

use crate::child::{child, wait};
use crate::skip::skipped;
use linux::Errno;
use linux::fs::{Mode, OpenFlags, mkdir, open, read, rmdir, write};
use linux::poll::{PollFd, PollFlags, poll};
use linux::process::{Ended, Fork, Pid, exit_group, fork, setgid, setuid};
use linux::signal::Signal;
use std::time::{Duration, Instant};
use system::cgroup::{Group, Limit};

/// A group of a test, gone at its end.
struct Own(Group);

impl Own {
    fn new(name: &str) -> Option<Self> {
        let made = Group::root().and_then(|root| {
            let group = root.child(&format!("spelunk-host-{}-{name}", std::process::id()));
            group.create().map(|()| group)
        });
        made.map_err(|error| skipped(&error.to_string())).ok().map(Self)
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let start = Instant::now();
        while self.0.remove().is_err() && start.elapsed() < Duration::from_secs(5) {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

fn sleeping() -> Pid {
    child(|| {
        loop {
            linux::time::sleep(Duration::from_secs(1000));
        }
    })
}

#[test]
fn processes_are_stopped_and_killed_together() {
    let Some(Own(group)) = &Own::new("together") else { return };
    let all = [sleeping(), sleeping()];
    for pid in all {
        group.attach(Some(pid)).unwrap();
    }
    let mut found = group.processes().unwrap();
    found.sort_by_key(|pid| pid.get());
    let mut expected = all;
    expected.sort_by_key(|pid| pid.get());
    assert_eq!(found, expected);
    assert_eq!(Group::of(Some(all[0])).unwrap(), *group);
    assert!(group.usage().processor.is_some());
    let state = group.state().unwrap();
    assert!(state.is_populated && !state.is_frozen);
    assert_eq!(group.remove().unwrap_err().errno(), Some(Errno::BUSY));
    // Each change is told, once what was before it has been read.
    let watched = group.watch().unwrap();
    let changed = || {
        read(&watched, &mut [0; 256]).unwrap();
        assert_eq!(
            poll(&mut [PollFd::new(&watched, PollFlags::PRIORITY)], Some(Duration::from_secs(10))),
            Ok(1)
        );
        linux::fs::lseek(&watched, linux::fs::From::Start(0)).unwrap();
        group.state().unwrap()
    };
    group.freeze(true).unwrap();
    assert!(group.state().unwrap().is_frozen || changed().is_frozen);
    group.freeze(false).unwrap();
    group.kill().unwrap();
    for pid in all {
        assert_eq!(wait(pid).ended, Ended::Killed(Signal::KILL));
    }
    let start = Instant::now();
    while group.state().unwrap().is_populated {
        assert!(start.elapsed() < Duration::from_secs(10), "it has no process any more");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn limits_hold_for_all_of_a_group() {
    let Some(Own(group)) = &Own::new("limits") else { return };
    let root = Group::root().unwrap();
    let handed = [root.path(), b"/cgroup.subtree_control"].concat();
    let handed = std::fs::read_to_string(String::from_utf8_lossy(&handed).as_ref()).unwrap_or_default();
    // It is the machine's to hand it down, not a test's.
    if !handed.split_whitespace().any(|name| name == "pids") {
        return skipped("the machine hands no controller pids down");
    }
    assert!(group.controllers().unwrap().contains(&b"pids".to_vec()));
    group.limit(Limit::Processes(Some(1))).unwrap();
    let path = [group.path(), b"/cgroup.procs"].concat();
    let pid = child(|| {
        let file = open(path.as_slice(), OpenFlags::WRITE, Mode::empty());
        let Ok(1) = file.and_then(|file| write(&file, b"0")) else { return 2 };
        // SAFETY: the child ends at once.
        match unsafe { fork() } {
            Err(errno) => i32::from(errno != Errno::AGAIN),
            Ok(Fork::Child) => exit_group(0),
            Ok(Fork::Parent(_)) => 3,
        }
    });
    assert_eq!(wait(pid).ended, Ended::Exited(0));
    assert_eq!(group.fact("pids.events", "max"), Some(1));
    assert_eq!(group.usage().processes, Some(0));
    group.limit(Limit::Processes(None)).unwrap();
}

#[test]
fn a_group_is_given_to_a_user() {
    let Some(Own(group)) = &Own::new("given") else { return };
    let inner = group.child("own");
    let make = |user: u32| {
        wait(child(|| {
            let is_user = setgid(user).and_then(|()| setuid(user)).is_ok();
            let made = mkdir(inner.path(), Mode::octal(0o755));
            let left = rmdir(inner.path());
            i32::from(!(is_user && made.is_ok() && left.is_ok()))
        }))
    };
    assert_eq!(make(65534).ended, Ended::Exited(1), "it is root's");
    group.delegate(65534, 65534).unwrap();
    assert_eq!(make(65534).ended, Ended::Exited(0));
}
