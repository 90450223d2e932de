//! The table of mounts.

use linux::fs::{Mode, mkdir};
use linux::mount::{MountFlags, UnmountFlags, mount, unmount};
use system::mounts::Table;

use crate::scratch::Scratch;
use crate::support::root;

fn mounts_root() {
    root();
    let scratch = Scratch::new();
    // A space in a name is written in another way.
    let target = scratch.at("the target");
    mkdir(target.as_str(), Mode::octal(0o700)).unwrap();
    mount("source", target.as_str(), "tmpfs", MountFlags::READ_ONLY, "").unwrap();
    let table = Table::read().unwrap();
    let last = table.mounts().last().unwrap().unwrap();
    assert_eq!((last.kind.plain(), last.source.plain()), (b"tmpfs".to_vec(), b"source".to_vec()));
    assert_eq!(last.target.plain(), target.as_bytes());
    assert!(table.at(target.as_bytes()).is_some());
    unmount(target.as_str(), UnmountFlags::empty()).unwrap();
    assert!(Table::read().unwrap().at(target.as_bytes()).is_none());
}

tests![mounts_root];
