//! What file systems say of themselves, and times of files to the nanosecond.

use linux::fs::{self, SetTime, Timestamp, stat};

use crate::scratch::Scratch;
use crate::support::{file, reading};

fn holds(found: &fs::Statfs) {
    assert!(found.free <= found.blocks && found.available <= found.blocks, "{found:?}");
}

fn statfs() {
    holds(&fs::statfs("/").unwrap());
}

fn fstatfs() {
    let found = fs::fstatfs(reading("/")).unwrap();
    holds(&found);
    assert_eq!(found.kind, fs::statfs("/").unwrap().kind);
}

fn utimensat() {
    let scratch = Scratch::new();
    let path = scratch.at("file");
    let file = file(&path);
    fs::set_open_times(&file, SetTime::Now, SetTime::Now).unwrap();
    let before = stat(path.as_str()).unwrap().accessed();
    let time = Timestamp { seconds: 1_000_000_000, nanoseconds: 999_999_999 };
    fs::set_times(path.as_str(), SetTime::Keep, SetTime::At(time)).unwrap();
    let found = stat(path.as_str()).unwrap();
    assert_eq!((found.accessed(), found.modified()), (before, time));
}

tests![statfs, fstatfs, utimensat];
