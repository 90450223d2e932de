//! Filters of system calls.

use linux::Errno;
use linux::fs::{Mode, OpenFlags, open};
use linux::process::{Ended, has_no_new_privileges, set_no_new_privileges};
use linux::security::{AllowList, Refusal, set_filter};
use linux::signal::Signal;
use linux_raw_sys::general as numbers;

use crate::sandbox::refusing;
use crate::support::{child, have, wait};

const MISSING: [Errno; 2] = [Errno::NOSYS, Errno::INVAL];

fn no_new_privs() {
    set_no_new_privileges().unwrap();
    assert_eq!(has_no_new_privileges(), Ok(true));
}

/// Says in a child what opening gives under a filter, as the child's status.
fn opened(filter: &[linux::net::FilterInstruction]) -> Ended {
    let pid = child(|| {
        if let Err(errno) = set_no_new_privileges().and_then(|()| set_filter(filter)) {
            return if MISSING.contains(&errno) { 99 } else { 98 };
        }
        match open("/dev/null", OpenFlags::empty(), Mode::empty()) {
            Ok(_) => 0,
            Err(errno) => errno.number().into(),
        }
    });
    let ended = wait(pid).ended;
    if ended == Ended::Exited(99) {
        have(Err(Errno::NOSYS), &MISSING, "filters of calls")
    }
    ended
}

fn seccomp() {
    set_no_new_privileges().unwrap();
    // A number that no call has: all that are made pass.
    have(set_filter(&refusing(0x3000, Refusal::Kill)), &MISSING, "filters of calls");
    assert!(open("/dev/null", OpenFlags::empty(), Mode::empty()).is_ok());
}

fn seccomp_allow() {
    let mut list = AllowList::new(Refusal::Error(Errno::DOM));
    for number in [numbers::__NR_exit_group, numbers::__NR_getpid, numbers::__NR_munmap, numbers::__NR_brk] {
        list.allow(number).unwrap();
    }
    assert_eq!(opened(list.program()), Ended::Exited(Errno::DOM.number().into()));
}

fn seccomp_fail() {
    let ended = opened(&refusing(numbers::__NR_openat, Refusal::Kill));
    assert!(matches!(ended, Ended::Killed(Signal::SYS) | Ended::Dumped(Signal::SYS)), "{ended:?}");
}

fn seccomp_fail_errno() {
    let refusal = Refusal::Error(Errno::new(77).unwrap());
    assert_eq!(opened(&refusing(numbers::__NR_openat, refusal)), Ended::Exited(77));
}

tests![no_new_privs, seccomp, seccomp_allow, seccomp_fail, seccomp_fail_errno];
