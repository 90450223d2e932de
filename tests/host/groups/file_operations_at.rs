//! The same from an open directory.

use linux::Errno;
use linux::fd::{CWD, OwnedFd};
use linux::fs::{self, Access, FileKind, Mode, OpenFlags, RenameFlags, StatxFlags, StatxMask, open, statx};

use crate::scratch::Scratch;
use crate::support::{NEW, have, only_root};

/// A folder of its own, open, with a file of five bytes in it.
fn folder(scratch: &Scratch) -> OwnedFd {
    std::fs::write(scratch.at("file"), b"hello").unwrap();
    open(scratch.at("").as_str(), OpenFlags::READ | OpenFlags::DIRECTORY, Mode::empty()).unwrap()
}

fn kind(folder: &OwnedFd, name: &str) -> linux::Result<FileKind> {
    statx(folder, name, StatxFlags::NO_FOLLOW, StatxMask::BASIC).map(|found| found.kind())
}

fn linkat() {
    let scratch = Scratch::new();
    let folder = folder(&scratch);
    fs::symlink_at("file", &folder, "link").unwrap();
    fs::link_at(&folder, "link", &folder, "followed", true).unwrap();
    fs::link_at(&folder, "link", &folder, "same", false).unwrap();
    assert_eq!(kind(&folder, "followed"), Ok(FileKind::Regular));
    assert_eq!(kind(&folder, "same"), Ok(FileKind::Symlink));
}

fn openat() {
    let scratch = Scratch::new();
    let folder = folder(&scratch);
    fs::openat(&folder, "new", NEW | OpenFlags::EXCLUSIVE, Mode::octal(0o600)).unwrap();
    let again = fs::openat(&folder, "new", NEW | OpenFlags::EXCLUSIVE, Mode::octal(0o600));
    assert_eq!(again.map(drop), Err(Errno::EXIST));
    fs::unlink_at(&folder, "new").unwrap();
}

fn faccessat() {
    let folder = open("/dev", OpenFlags::READ | OpenFlags::DIRECTORY, Mode::empty()).unwrap();
    assert_eq!(fs::faccess(&folder, "null", Access::READ), Ok(()));
    assert_eq!(fs::faccess(&folder, "null", Access::WRITE), Ok(()));
    assert_eq!(fs::faccess(&folder, "null", Access::EXECUTE), Err(Errno::ACCES));
}

fn symlinkat() {
    let scratch = Scratch::new();
    let folder = folder(&scratch);
    fs::symlink_at("file", &folder, "link").unwrap();
    assert_eq!(fs::readlink_at(&folder, "link", &mut [0; 16]), Ok(b"file".as_slice()));
}

fn mkdirat_unlinkat() {
    let scratch = Scratch::new();
    let folder = folder(&scratch);
    fs::mkdir_at(&folder, "inner", Mode::octal(0o700)).unwrap();
    assert_eq!(fs::unlink_at(&folder, "inner"), Err(Errno::ISDIR));
    fs::rmdir_at(&folder, "inner").unwrap();
    assert_eq!(kind(&folder, "inner"), Err(Errno::NOENT));
}

fn renameat() {
    let scratch = Scratch::new();
    let folder = folder(&scratch);
    fs::rename_at(&folder, "file", &folder, "new", RenameFlags::empty()).unwrap();
    assert_eq!(kind(&folder, "file"), Err(Errno::NOENT));
    assert_eq!(kind(&folder, "new"), Ok(FileKind::Regular));
}

fn fstatat() {
    let scratch = Scratch::new();
    let found = statx(folder(&scratch), "file", StatxFlags::empty(), StatxMask::BASIC).unwrap();
    assert_eq!((found.size(), found.kind()), (5, FileKind::Regular));
}

fn fstatat_fdcwd() {
    let scratch = Scratch::new();
    let _folder = folder(&scratch);
    let path = scratch.at("file");
    let found = statx(CWD, path.as_str(), StatxFlags::NO_FOLLOW, StatxMask::BASIC).unwrap();
    assert_eq!((found.size(), found.kind()), (5, FileKind::Regular));
}

fn fchmodat() {
    let scratch = Scratch::new();
    let folder = folder(&scratch);
    fs::chmod_at(&folder, "file", Mode::octal(0o400)).unwrap();
    let found = statx(&folder, "file", StatxFlags::empty(), StatxMask::BASIC).unwrap();
    assert_eq!(found.permissions(), Mode::octal(0o400));
}

fn fchownat_root() {
    only_root();
    let scratch = Scratch::new();
    let folder = folder(&scratch);
    fs::chown_at(&folder, "file", Some(66), Some(55), false).unwrap();
    let found = statx(&folder, "file", StatxFlags::empty(), StatxMask::BASIC).unwrap();
    assert_eq!((found.user(), found.group()), (66, 55));
}

fn mkfifoat() {
    let scratch = Scratch::new();
    let folder = folder(&scratch);
    fs::mknod_at(&folder, "fifo", FileKind::Fifo, Mode::octal(0o600), (0, 0)).unwrap();
    assert_eq!(kind(&folder, "fifo"), Ok(FileKind::Fifo));
}

fn mknodat_root() {
    only_root();
    let scratch = Scratch::new();
    let folder = folder(&scratch);
    let made = fs::mknod_at(&folder, "zero", FileKind::CharacterDevice, Mode::octal(0o600), (1, 5));
    have(made, &[Errno::PERM], "nodes of devices");
    let found = statx(&folder, "zero", StatxFlags::empty(), StatxMask::BASIC).unwrap();
    assert_eq!((found.kind(), found.special_device()), (FileKind::CharacterDevice, (1, 5)));
}

tests![
    linkat,
    openat,
    faccessat,
    symlinkat,
    mkdirat_unlinkat,
    renameat,
    fstatat,
    fstatat_fdcwd,
    fchmodat,
    fchownat_root,
    mkfifoat,
    mknodat_root,
];
