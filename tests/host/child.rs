//! Running a part of a test in a child, where it may change namespaces, signals and directories.
//!
//! The test program has threads, so the child must not allocate or print: it makes system calls and says by its exit
//! status at which line it failed, and how.

use crate::emulator::lacks;
use linux::Errno;
use linux::process::{
    Child, Ended, Fork, IdRange, Namespaces, Pid, WaitFlags, WaitFor, exit_group, fork, map_self, unshare,
    waitid,
};

/// Where and how a child failed; `errno` is none where a check was false.
pub(crate) struct Failure {
    pub(crate) line: u32,
    pub(crate) errno: Option<Errno>,
}

/// The line of a child that cannot have users of its own.
const NO_USERS: u32 = 0;

/// The result of a child's work.
pub(crate) type Work = Result<(), Failure>;

/// Goes on with the value of a call, or fails at this line.
macro_rules! ok {
    ($call:expr) => {
        $call.map_err(|errno| $crate::child::Failure { line: line!(), errno: Some(errno) })?
    };
}

/// Fails at this line unless the check is true.
macro_rules! check {
    ($check:expr) => {
        if !$check {
            return Err($crate::child::Failure { line: line!(), errno: None });
        }
    };
}

pub(crate) use {check, ok};

/// Starts a child that makes these system calls alone.
pub(crate) fn child(work: impl FnOnce() -> i32) -> Pid {
    // SAFETY: the child makes system calls only.
    match unsafe { fork() }.unwrap() {
        Fork::Child => exit_group(work()),
        Fork::Parent(pid) => pid,
    }
}

/// Waits for a child's end.
pub(crate) fn wait(pid: Pid) -> Child {
    linux::retry(|| waitid(WaitFor::Process(pid), WaitFlags::EXITED)).unwrap().unwrap()
}

/// Runs this in a child, and panics with what it failed at.
pub(crate) fn in_child(work: fn() -> Work) {
    let (reader, writer) = linux::fs::pipe(linux::fs::PipeFlags::CLOSE_ON_EXEC).unwrap();
    // SAFETY: the child makes system calls only.
    let Fork::Parent(pid) = (unsafe { fork() }).unwrap() else {
        let status = match work() {
            Ok(()) => 0,
            Err(failure) => {
                let number = failure.errno.map_or(0, Errno::number);
                let _ = linux::fs::write(&writer, &failure.line.to_ne_bytes());
                let _ = linux::fs::write(&writer, &u32::from(number).to_ne_bytes());
                1
            }
        };
        exit_group(status);
    };
    drop(writer);
    let mut report = [0; 8];
    let count = linux::fs::read_full(&reader, &mut report).unwrap();
    let end = wait(pid);
    if count == report.len() {
        let line = u32::from_ne_bytes(report[..4].try_into().unwrap());
        let number = u32::from_ne_bytes(report[4..].try_into().unwrap());
        if line == NO_USERS && lacks("unshare(CLONE_NEWUSER) beside threads of its own") {
            return;
        }
        panic!("the child failed at line {line}: {:?}", Errno::new(number as u16));
    }
    assert_eq!(end.ended, Ended::Exited(0));
}

/// Moves the child into a user namespace in which it is root, and into these others.
pub(crate) fn become_root(kinds: Namespaces) -> Work {
    let (user, group) = (linux::process::geteuid(), linux::process::getegid());
    // A child has one thread, unless an emulator has some of its own.
    unshare(Namespaces::USER | kinds).map_err(|errno| {
        let line = if errno == Errno::INVAL { NO_USERS } else { line!() };
        Failure { line, errno: Some(errno) }
    })?;
    ok!(map_self(IdRange::one(0, user), IdRange::one(0, group)));
    Ok(())
}

#[test]
fn a_child_tells_where_it_failed() {
    let failed = std::panic::catch_unwind(|| in_child(|| Err(Failure { line: 7, errno: Some(Errno::XDEV) })));
    let message = *failed.unwrap_err().downcast::<String>().unwrap();
    assert_eq!(message, "the child failed at line 7: Some(EXDEV)");
}
