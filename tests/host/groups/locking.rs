//! Locks of files and of parts of them.

use linux::Errno;
use linux::fd::OwnedFd;
use linux::fs::{self, Lock, lock_in_the_way, lock_range};

use crate::scratch::Scratch;
use crate::support::file;

/// Opens a file twice: these locks belong to what is open.
fn twice(scratch: &Scratch) -> [OwnedFd; 2] {
    let path = scratch.at("file");
    [file(&path), file(&path)]
}

fn fcntl_setlk() {
    let scratch = Scratch::new();
    let [one, other] = twice(&scratch);
    fs::ftruncate(&one, 4096).unwrap();
    lock_range(&one, 0..4096, Lock::Shared, false).unwrap();
    lock_range(&other, 0..4096, Lock::Shared, false).unwrap();
    assert_eq!(lock_range(&other, 0..1, Lock::Exclusive, false), Err(Errno::AGAIN));
}

fn lockf_lock() {
    let scratch = Scratch::new();
    let [one, other] = twice(&scratch);
    lock_range(&one, 0..100, Lock::Exclusive, true).unwrap();
    lock_range(&other, 100..200, Lock::Exclusive, true).unwrap();
}

fn lockf_tlock() {
    let scratch = Scratch::new();
    let [one, other] = twice(&scratch);
    lock_range(&one, 0..u64::MAX, Lock::Exclusive, false).unwrap();
    assert_eq!(lock_range(&other, 5..6, Lock::Exclusive, false), Err(Errno::AGAIN));
}

fn lockf_ulock() {
    let scratch = Scratch::new();
    let [one, other] = twice(&scratch);
    lock_range(&one, 0..u64::MAX, Lock::Exclusive, false).unwrap();
    lock_range(&one, 0..10, Lock::Unlock, false).unwrap();
    assert_eq!(lock_range(&other, 0..10, Lock::Exclusive, false), Ok(()));
    assert_eq!(lock_range(&other, 10..11, Lock::Exclusive, false), Err(Errno::AGAIN));
}

fn lockf_test() {
    let scratch = Scratch::new();
    let [one, other] = twice(&scratch);
    assert_eq!(lock_in_the_way(&other, 0..1, Lock::Exclusive), Ok(None));
    lock_range(&one, 0..1, Lock::Exclusive, false).unwrap();
    assert_eq!(lock_in_the_way(&other, 0..1, Lock::Exclusive), Ok(Some(Lock::Exclusive)));
}

fn flock() {
    let scratch = Scratch::new();
    let [one, other] = twice(&scratch);
    fs::flock(&one, Lock::Shared, false).unwrap();
    assert_eq!(fs::flock(&other, Lock::Exclusive, false), Err(Errno::AGAIN));
    fs::flock(&one, Lock::Exclusive, true).unwrap();
    fs::flock(&one, Lock::Unlock, true).unwrap();
    assert_eq!(fs::flock(&other, Lock::Exclusive, false), Ok(()));
}

tests![fcntl_setlk, lockf_lock, lockf_tlock, lockf_ulock, lockf_test, flock];
