//! getdents64(2), and what reads a directory of any size with it.

use std::collections::BTreeMap;

use linux::Errno;
use linux::fs::{Directory, EntryKind, FileKind, Mode, OpenFlags, getdents64, lstat, open};

use crate::scratch::Scratch;
use crate::support::reading;

/// Reads a whole directory through a buffer of so many bytes.
fn entries(path: &str, room: usize) -> BTreeMap<String, EntryKind> {
    let folder = open(path, OpenFlags::READ | OpenFlags::DIRECTORY, Mode::empty()).unwrap();
    let mut buffer = vec![0; room];
    let mut directory = Directory::new(&folder, &mut buffer);
    let mut found = BTreeMap::new();
    while let Some(entry) = directory.next() {
        let entry = entry.unwrap();
        found.insert(String::from_utf8(entry.name.to_bytes().to_vec()).unwrap(), entry.kind);
    }
    found
}

fn getdents_dev() {
    let found = entries("/dev", 4096);
    assert_eq!(found["zero"], Some(FileKind::CharacterDevice));
    assert_eq!(found["."], Some(FileKind::Directory));
}

fn getdents_error() {
    assert_eq!(getdents64(reading("/dev/zero"), &mut [0; 512]).map(drop), Err(Errno::NOTDIR));
}

/// A folder with two files.
fn two() -> Scratch {
    let scratch = Scratch::new();
    for name in ["one", "two"] {
        std::fs::write(scratch.at(name), b"").unwrap();
    }
    scratch
}

fn getdents() {
    let scratch = two();
    let folder = open(scratch.at("").as_str(), OpenFlags::READ, Mode::empty()).unwrap();
    let mut buffer = [0; 1024];
    assert_eq!(getdents64(&folder, &mut buffer).unwrap().count(), 4);
    assert_eq!(getdents64(&folder, &mut buffer).unwrap().count(), 0, "the end");
}

fn dents_stat_conversion() {
    let found = entries("/dev", 4096);
    let mut compared = 0;
    for (name, kind) in found {
        if let (Some(kind), Ok(stat)) = (kind, lstat(format!("/dev/{name}").as_str())) {
            assert_eq!(kind, stat.kind(), "{name}");
            compared += 1;
        }
    }
    assert!(compared > 2);
}

fn ls() {
    let names: Vec<_> = entries(two().at("").as_str(), 4096).into_keys().collect();
    assert_eq!(names, [".", "..", "one", "two"]);
}

fn ls_long() {
    let scratch = Scratch::new();
    for number in 0..300 {
        std::fs::write(scratch.at(&format!("file{number:03}")), b"").unwrap();
    }
    let found = entries(scratch.at("").as_str(), 512);
    assert_eq!(found.len(), 302);
    assert!(found.contains_key("file000") && found.contains_key("file299"));
}

fn dirtable() {
    let scratch = two();
    let mut names = system::folder::names(scratch.path().as_os_str().as_encoded_bytes()).unwrap();
    names.sort();
    assert_eq!(names, [b"one", b"two"], "without the folder itself and what is above");
}

tests![getdents_dev, getdents_error, getdents, dents_stat_conversion, ls, ls_long, dirtable];
