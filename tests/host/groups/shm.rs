//! Named shared memory: files of /dev/shm.

use linux::Errno;
use linux::fs::{Mode, OpenFlags, fstat, ftruncate, open, stat, unlink};

use crate::support::{NEW, have};

fn shm() {
    let path = format!("/dev/shm/spelunk-{}", std::process::id());
    let flags = NEW | OpenFlags::EXCLUSIVE | OpenFlags::NO_FOLLOW | OpenFlags::NONBLOCK;
    let made = open(path.as_str(), flags, Mode::octal(0o600));
    let memory = have(made, &[Errno::NOENT, Errno::NOTDIR], "/dev/shm");
    ftruncate(&memory, 10_000).unwrap();
    assert_eq!(fstat(&memory).unwrap().size(), 10_000);
    unlink(path.as_str()).unwrap();
    assert_eq!(stat(path.as_str()).map(drop), Err(Errno::NOENT));
    assert_eq!(fstat(&memory).unwrap().links(), 0);
}

tests![shm];
