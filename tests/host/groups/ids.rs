//! Users and groups of processes. Who gives up being root does so in a child: the runner makes one for each test.

use linux::process::{self, getegid, geteuid, getgid, getuid, setgroups, setregid, setresgid, setresuid};

use crate::support::only_root;

fn setuid() {
    assert_eq!(process::setuid(getuid()), Ok(()));
}

fn setgid() {
    assert_eq!(process::setgid(getgid()), Ok(()));
}

fn seteuid() {
    assert_eq!(setresuid(getuid(), getuid(), geteuid()), Ok(()));
    assert_eq!(getuid(), geteuid());
}

fn setegid() {
    assert_eq!(setregid(None, Some(getegid())), Ok(()));
}

fn setgid_root() {
    only_root();
    process::setgid(66).unwrap();
    assert_eq!((getgid(), getegid()), (66, 66));
    process::setgid(0).unwrap();
}

fn seteuid_root() {
    only_root();
    setresuid(0, 66, 0).unwrap();
    assert_eq!((getuid(), geteuid()), (0, 66));
    setresuid(0, 0, 0).unwrap();
    assert_eq!(geteuid(), 0);
}

fn setegid_root() {
    only_root();
    setresgid(0, 66, 0).unwrap();
    assert_eq!((getgid(), getegid()), (0, 66));
    setresgid(0, 0, 0).unwrap();
}

fn getgroups() {
    let mut buffer = [0; 1024];
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("Groups:")).unwrap();
    let told: Vec<u32> = line.split_whitespace().map(|word| word.parse().unwrap()).collect();
    assert_eq!(process::getgroups(&mut buffer), Ok(told.as_slice()));
}

fn setgroups_root() {
    only_root();
    let new = [0, 1, 66, 77, 33];
    setgroups(&new).unwrap();
    let mut buffer = [0; 16];
    let mut found = process::getgroups(&mut buffer).unwrap().to_vec();
    found.sort_unstable();
    assert_eq!(found, [0, 1, 33, 66, 77], "the kernel sorts them");
    setgroups(&[]).unwrap();
    assert_eq!(process::getgroups(&mut buffer), Ok([].as_slice()));
}

tests![setuid, setgid, seteuid, setegid, setgid_root, seteuid_root, setegid_root, getgroups, setgroups_root,];
