//! The three users and groups that a process has: real, effective, saved.

use linux::process::{self, getegid, geteuid, getgid, getuid};

use crate::support::only_root;

fn getresuid() {
    assert_eq!(process::getresuid()[..2], [getuid(), geteuid()]);
}

fn getresgid() {
    assert_eq!(process::getresgid()[..2], [getgid(), getegid()]);
}

fn setresuid() {
    let [real, effective, saved] = process::getresuid();
    assert_eq!(process::setresuid(real, effective, saved), Ok(()));
    assert_eq!(process::getresuid(), [real, effective, saved]);
}

fn setresgid() {
    let [real, effective, saved] = process::getresgid();
    assert_eq!(process::setresgid(real, effective, saved), Ok(()));
    assert_eq!(process::getresgid(), [real, effective, saved]);
}

fn setreuid() {
    // The kernel lets the real user be changed to what it is.
    assert_eq!(process::setresuid(getuid(), geteuid(), geteuid()), Ok(()));
}

fn setregid() {
    assert_eq!(process::setregid(None, None), Ok(()));
    assert_eq!(process::setregid(Some(getgid()), Some(getegid())), Ok(()));
}

fn resuid_root() {
    only_root();
    process::setresuid(0, 33, 44).unwrap();
    assert_eq!(process::getresuid(), [0, 33, 44]);
    process::setresuid(0, 0, 0).unwrap();
}

fn resgid_root() {
    only_root();
    process::setresgid(0, 33, 44).unwrap();
    assert_eq!(process::getresgid(), [0, 33, 44]);
}

tests![getresuid, getresgid, setresuid, setresgid, setreuid, setregid, resuid_root, resgid_root];
