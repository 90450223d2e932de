//! What is known of files, against the standard library; permissions, owners and times.

use crate::child::{become_root, check, in_child, ok};
use crate::scratch::Scratch;
use linux::Errno;
use linux::fd::CWD;
use linux::fs::{
    Access, FileKind, Mode, OpenFlags, SetTime, StatxFlags, StatxMask, Timestamp, access, chmod, chmod_at,
    chown, chown_at, fchmod, fchown, fstat, fstatfs, lstat, memfd_create, mknod, open, set_times,
    set_times_at, stat, statfs, statx,
};
use linux::process::Namespaces;
use std::os::unix::fs::MetadataExt;

#[test]
fn all_fields_agree_with_the_standard_library() {
    let scratch = Scratch::new();
    std::fs::write(scratch.at("file"), vec![1; 10_000]).unwrap();
    for path in [scratch.at("file").as_str(), "/", "/dev/null", "/proc/self/exe", "/bin"] {
        let ours = lstat(path).unwrap();
        let theirs = std::fs::symlink_metadata(path).unwrap();
        assert_eq!(ours.mode_bits(), theirs.mode());
        assert_eq!((ours.size(), ours.blocks()), (theirs.size(), theirs.blocks()));
        assert_eq!((ours.inode(), u64::from(ours.links())), (theirs.ino(), theirs.nlink()));
        assert_eq!((ours.user(), ours.group()), (theirs.uid(), theirs.gid()));
        assert_eq!(ours.modified().seconds, theirs.mtime());
        assert_eq!(i64::from(ours.changed().nanoseconds), theirs.ctime_nsec());
        assert_eq!(ours.is_directory(), theirs.is_dir());
        assert_eq!(u64::from(ours.block_size()), theirs.blksize());
    }
    assert_eq!(stat("/dev/null").unwrap().special_device(), (1, 3));
    assert_eq!(stat("/dev/null").unwrap().kind(), FileKind::CharacterDevice);
    assert_eq!(stat("/proc").unwrap().is_mount_root(), Some(true));
    assert_eq!(stat("/proc/self").unwrap().is_mount_root(), Some(false));
}

#[test]
fn more_is_given_only_where_it_is_asked_for() {
    let mask = StatxMask::BASIC | StatxMask::MOUNT | StatxMask::BIRTH;
    let asked = statx(CWD, "/proc/version", StatxFlags::empty(), mask).unwrap();
    assert!(asked.mount().is_some());
    assert_eq!(asked.born(), None);
    assert_eq!(stat("/none").map(drop), Err(Errno::NOENT));
}

#[test]
fn permissions_are_set() {
    let scratch = Scratch::new();
    let path = scratch.at("file");
    std::fs::write(&path, b"x").unwrap();
    chmod(path.as_str(), Mode::octal(0o4751)).unwrap();
    assert_eq!(stat(path.as_str()).unwrap().permissions(), Mode::octal(0o4751));
    chmod_at(CWD, path.as_str(), Mode::octal(0o400)).unwrap();
    access(path.as_str(), Access::READ).unwrap();
    assert_eq!(access(path.as_str(), Access::EXECUTE), Err(Errno::ACCES));
    assert_eq!(access(scratch.at("none").as_str(), Access::empty()), Err(Errno::NOENT));
    let file = open(path.as_str(), OpenFlags::READ, Mode::empty()).unwrap();
    fchmod(&file, Mode::octal(0o600)).unwrap();
    assert_eq!(fstat(&file).unwrap().permissions(), Mode::octal(0o600));
    assert_eq!(chmod(scratch.at("none").as_str(), Mode::octal(0o777)), Err(Errno::NOENT));
}

#[test]
fn owners_are_set() {
    let scratch = Scratch::new();
    let path = scratch.at("file");
    std::fs::write(&path, b"x").unwrap();
    let known = stat(path.as_str()).unwrap();
    // Leaving both is allowed to anyone.
    chown(path.as_str(), None, None).unwrap();
    chown_at(CWD, path.as_str(), Some(known.user()), Some(known.group()), false).unwrap();
    let file = open(path.as_str(), OpenFlags::READ, Mode::empty()).unwrap();
    fchown(&file, Some(known.user()), None).unwrap();
    in_child(|| {
        become_root(Namespaces::empty())?;
        let file = ok!(memfd_create("x", linux::fs::MemoryFileFlags::CLOSE_ON_EXEC));
        // A user that the namespace does not know.
        check!(fchown(&file, Some(4242), None) == Err(Errno::INVAL));
        Ok(())
    });
}

#[test]
fn times_are_set() {
    let scratch = Scratch::new();
    let path = scratch.at("file");
    std::fs::write(&path, b"x").unwrap();
    let long_ago = Timestamp { seconds: 1_000_000_000, nanoseconds: 5 };
    set_times(path.as_str(), SetTime::At(long_ago), SetTime::At(long_ago)).unwrap();
    set_times(path.as_str(), SetTime::Now, SetTime::Keep).unwrap();
    let known = stat(path.as_str()).unwrap();
    assert_eq!(known.modified(), long_ago);
    assert!(known.accessed() > long_ago);
    symlink_time(&scratch);
    let wrong = Timestamp { seconds: 0, nanoseconds: 1_000_000_000 };
    assert_eq!(set_times(path.as_str(), SetTime::At(wrong), SetTime::Keep), Err(Errno::INVAL));
}

fn symlink_time(scratch: &Scratch) {
    let path = scratch.at("link");
    std::os::unix::fs::symlink("nowhere", &path).unwrap();
    let time = Timestamp { seconds: -1, nanoseconds: 0 };
    set_times_at(CWD, path.as_str(), SetTime::At(time), SetTime::At(time), false).unwrap();
    assert_eq!(lstat(path.as_str()).unwrap().modified(), time);
    assert_eq!(set_times(path.as_str(), SetTime::Now, SetTime::Now), Err(Errno::NOENT));
}

#[test]
fn file_systems_tell_their_room() {
    let proc = statfs("/proc").unwrap();
    assert_eq!((proc.kind, proc.blocks, proc.name_bytes), (0x9fa0, 0, 255));
    let root = open("/", OpenFlags::PATH, Mode::empty()).unwrap();
    let known = fstatfs(&root).unwrap();
    assert!(known.blocks >= known.free && known.free >= known.available && known.block_size >= 512);
    assert_eq!(statfs("/none").map(drop), Err(Errno::NOENT));
}

#[test]
fn a_device_needs_the_privilege() {
    in_child(|| {
        become_root(Namespaces::MOUNT)?;
        // Even root of a user namespace makes no devices.
        let made = mknod("/tmp/spelunk-host-null", FileKind::CharacterDevice, Mode::octal(0o600), (1, 3));
        check!(made == Err(Errno::PERM));
        Ok(())
    });
}
