//! Mounting.

use linux::Errno;
use linux::fs::{Mode, mkdir, open, rmdir, statfs};
use linux::mount::{self, MountFlags, UnmountFlags, unmount};

use crate::scratch::Scratch;
use crate::support::{NEW, root};

const FLAGS: MountFlags = MountFlags::READ_ONLY.union(MountFlags::NO_ACCESS_TIME);

fn mount() {
    root();
    let scratch = Scratch::new();
    let target = scratch.at("target");
    mkdir(target.as_str(), Mode::octal(0o700)).unwrap();
    mount::mount("none", target.as_str(), "tmpfs", FLAGS, "").unwrap();
    assert_eq!(statfs(target.as_str()).unwrap().kind, 0x0102_1994, "TMPFS_MAGIC");
    let made = open(scratch.at("target/file").as_str(), NEW, Mode::octal(0o600));
    assert_eq!(made.map(drop), Err(Errno::ROFS));
    unmount(target.as_str(), UnmountFlags::empty()).unwrap();
    assert_eq!(rmdir(target.as_str()), Ok(()));
}

fn util_mount() {
    root();
    let scratch = Scratch::new();
    let target = scratch.at("target");
    mkdir(target.as_str(), Mode::octal(0o700)).unwrap();
    let mut options = system::mount_options::MountOptions::default();
    options.add(b"ro,noatime,size=64k");
    let request =
        system::mounting::Request { source: b"none", target: target.as_bytes(), kind: Some(b"tmpfs") };
    system::mounting::mount(&request, &mut options).unwrap();
    let found = statfs(target.as_str()).unwrap();
    assert!(found.blocks * found.block_size <= 64 << 10 && found.flags & 1 == 1, "{found:?}");
    unmount(target.as_str(), UnmountFlags::DETACH).unwrap();
}

tests![mount, util_mount];
