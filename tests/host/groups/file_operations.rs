//! What is done with files by their paths and by their descriptors.

use linux::Errno;
use linux::fd::{AsFd, BorrowedFd, CWD, OwnedFd};
use linux::fs::{
    self, Access, DescriptorFlags, FileKind, From, Mode, OpenFlags, SetTime, Timestamp, lstat, open, stat,
};
use linux::mount::{MountFlags, UnmountFlags, mount, unmount};

use crate::scratch::Scratch;
use crate::support::{READ, file, have, only_root, reading, root, skip};

fn dup() {
    let file = reading("/dev/zero");
    let copy = fs::dup(&file).unwrap();
    assert_ne!(copy.as_raw(), file.as_raw());
    file.close().unwrap();
    assert_eq!(fs::read(&copy, &mut [1]), Ok(1));
}

/// Has a copy at 17, with these flags.
fn over(flags: DescriptorFlags) {
    let file = reading("/dev/zero");
    // SAFETY: nobody has the number.
    unsafe { fs::dup_over(&file, 17, flags) }.unwrap();
    // SAFETY: it is nobody else's.
    let copy = unsafe { OwnedFd::from_raw(17) };
    assert_eq!(fs::read(&copy, &mut [1]), Ok(1));
    assert_eq!(fs::descriptor_flags(&copy), Ok(flags));
}

fn dup2() {
    over(DescriptorFlags::empty());
}

fn dup3() {
    over(DescriptorFlags::CLOSE_ON_EXEC);
    let file = reading("/dev/zero");
    // SAFETY: the call fails.
    let same = unsafe { fs::dup_over(&file, file.as_raw(), DescriptorFlags::empty()) };
    assert!(matches!(same, Ok(()) | Err(Errno::INVAL)));
}

fn link() {
    let scratch = Scratch::new();
    file(&scratch.at("one"));
    fs::link(scratch.at("one").as_str(), scratch.at("two").as_str()).unwrap();
    let (one, two) = (stat(scratch.at("one").as_str()).unwrap(), stat(scratch.at("two").as_str()).unwrap());
    assert_eq!((one.inode(), one.links()), (two.inode(), 2));
}

fn symlink() {
    let scratch = Scratch::new();
    fs::symlink(scratch.at("one").as_str(), scratch.at("two").as_str()).unwrap();
    let mut buffer = [0; 256];
    let read = fs::readlink(scratch.at("two").as_str(), &mut buffer).unwrap();
    assert_eq!(read, scratch.at("one").as_bytes());
}

fn sync() {
    let scratch = Scratch::new();
    fs::write(file(&scratch.at("file")), b"x").unwrap();
    fs::sync();
    assert_eq!(stat(scratch.at("file").as_str()).unwrap().size(), 1);
}

fn syncfs() {
    let scratch = Scratch::new();
    assert_eq!(fs::syncfs(file(&scratch.at("file"))), Ok(()));
}

fn fchmod() {
    let scratch = Scratch::new();
    let file = file(&scratch.at("file"));
    fs::fchmod(&file, Mode::octal(0o777)).unwrap();
    assert_eq!(fs::fstat(&file).unwrap().permissions(), Mode::octal(0o777));
}

fn chmod() {
    let scratch = Scratch::new();
    let path = scratch.at("file");
    file(&path);
    fs::chmod(path.as_str(), Mode::octal(0o755)).unwrap();
    assert_eq!(fs::access(path.as_str(), Access::EXECUTE), Ok(()));
    fs::chmod(path.as_str(), Mode::octal(0o444)).unwrap();
    assert_eq!(fs::access(path.as_str(), Access::EXECUTE), Err(Errno::ACCES));
}

fn owner(path: &str) -> (u32, u32) {
    let found = lstat(path).unwrap();
    (found.user(), found.group())
}

fn chown_root() {
    only_root();
    let scratch = Scratch::new();
    file(&scratch.at("file"));
    fs::chown(scratch.at("file").as_str(), Some(66), Some(55)).unwrap();
    assert_eq!(owner(&scratch.at("file")), (66, 55));
}

fn chown() {
    let scratch = Scratch::new();
    file(&scratch.at("file"));
    let before = owner(&scratch.at("file"));
    fs::chown(scratch.at("file").as_str(), None, None).unwrap();
    assert_eq!(owner(&scratch.at("file")), before);
}

fn fchown_root() {
    only_root();
    let scratch = Scratch::new();
    let file = file(&scratch.at("file"));
    fs::fchown(&file, Some(66), Some(55)).unwrap();
    assert_eq!(owner(&scratch.at("file")), (66, 55));
}

fn lchown_root() {
    only_root();
    let scratch = Scratch::new();
    let link = scratch.at("link");
    fs::symlink("nowhere", link.as_str()).unwrap();
    fs::chown_at(CWD, link.as_str(), Some(66), Some(55), false).unwrap();
    assert_eq!(owner(&link), (66, 55));
}

fn fsync() {
    let scratch = Scratch::new();
    assert_eq!(fs::fsync(file(&scratch.at("file"))), Ok(()));
}

fn fdatasync() {
    let scratch = Scratch::new();
    assert_eq!(fs::fdatasync(file(&scratch.at("file"))), Ok(()));
}

fn seek() {
    let scratch = Scratch::new();
    let file = file(&scratch.at("file"));
    assert_eq!(fs::lseek(&file, From::Start(10)), Ok(10));
    assert_eq!(fs::lseek(&file, From::Current(10)), Ok(20));
    assert_eq!(fs::lseek(&file, From::Current(0)), Ok(20));
}

fn seek_error() {
    // SAFETY: nobody has opened it.
    let nothing = unsafe { BorrowedFd::from_raw(9_999) };
    assert_eq!(fs::lseek(nothing, From::Current(0)), Err(Errno::BADF));
}

fn mkdir_rmdir() {
    let scratch = Scratch::new();
    let path = scratch.at("folder");
    fs::mkdir(path.as_str(), Mode::octal(0o700)).unwrap();
    assert!(stat(path.as_str()).unwrap().is_directory());
    fs::rmdir(path.as_str()).unwrap();
    assert_eq!(stat(path.as_str()).map(drop), Err(Errno::NOENT));
}

fn working() -> String {
    let mut buffer = [0; 4096];
    String::from_utf8(fs::getcwd(&mut buffer).unwrap().to_vec()).unwrap()
}

fn chdir() {
    fs::chdir("/").unwrap();
    assert_eq!(working(), "/");
    let folder = open("/proc", READ | OpenFlags::DIRECTORY, Mode::empty()).unwrap();
    fs::fchdir(&folder).unwrap();
    assert_eq!(working(), "/proc");
}

fn getcwd_long() {
    let scratch = Scratch::new();
    let name = "x".repeat(100);
    fs::mkdir(scratch.at(&name).as_str(), Mode::octal(0o700)).unwrap();
    fs::chdir(scratch.at(&name).as_str()).unwrap();
    assert!(working().ends_with(&name));
    assert_eq!(fs::getcwd(&mut [0; 50]).map(drop), Err(Errno::RANGE));
    fs::chdir("/").unwrap();
}

fn rename() {
    let scratch = Scratch::new();
    let (one, two) = (scratch.at("one"), scratch.at("two"));
    file(&one);
    fs::rename(one.as_str(), two.as_str()).unwrap();
    assert_eq!(stat(one.as_str()).map(drop), Err(Errno::NOENT));
    assert_eq!(stat(two.as_str()).map(|found| found.kind()), Ok(FileKind::Regular));
}

fn stat_device() {
    let found = stat("/dev/zero").unwrap();
    assert_eq!((found.links(), found.kind()), (1, FileKind::CharacterDevice));
    assert_eq!((found.size(), found.special_device()), (0, (1, 5)));
}

fn stat_file() {
    let scratch = Scratch::new();
    fs::write(file(&scratch.at("file")), b"four").unwrap();
    let found = stat(scratch.at("file").as_str()).unwrap();
    assert_eq!((found.size(), found.links(), found.kind()), (4, 1, FileKind::Regular));
}

fn stat_directory() {
    let found = stat("/").unwrap();
    assert_eq!((found.kind(), found.is_directory()), (FileKind::Directory, true));
}

fn stat_symlink() {
    let scratch = Scratch::new();
    file(&scratch.at("one"));
    fs::symlink(scratch.at("one").as_str(), scratch.at("two").as_str()).unwrap();
    let found = stat(scratch.at("two").as_str()).unwrap();
    assert_eq!(found.kind(), FileKind::Regular);
    assert_eq!(found.inode(), stat(scratch.at("one").as_str()).unwrap().inode());
}

fn stat_aliases() {
    let found = stat("/").unwrap();
    assert_eq!(found.mode_bits() & 0o7777, found.permissions().bits());
    assert_eq!(found.mode_bits() & 0o170_000, found.kind().mode_bits());
    assert_eq!(FileKind::from_mode(found.mode_bits()), found.kind());
}

fn lstat_symlink() {
    let scratch = Scratch::new();
    fs::symlink("nowhere", scratch.at("link").as_str()).unwrap();
    assert_eq!(lstat(scratch.at("link").as_str()).unwrap().kind(), FileKind::Symlink);
    assert_eq!(stat(scratch.at("link").as_str()).map(drop), Err(Errno::NOENT));
}

fn truncate() {
    let scratch = Scratch::new();
    let file = file(&scratch.at("file"));
    for length in [1, 1024, 0] {
        fs::ftruncate(&file, length).unwrap();
        assert_eq!(fs::fstat(&file).unwrap().size(), length);
    }
}

/// Makes the node of /dev/zero, if this kernel lets root do that.
fn zero(scratch: &Scratch) -> String {
    let device = stat("/dev/zero").unwrap().special_device();
    let path = scratch.at("zero");
    let made = fs::mknod(path.as_str(), FileKind::CharacterDevice, Mode::octal(0o600), device);
    have(made, &[Errno::PERM], "nodes of devices");
    path
}

fn mknod_chr_root() {
    only_root();
    let scratch = Scratch::new();
    let found = stat(zero(&scratch).as_str()).unwrap();
    assert_eq!((found.kind(), found.special_device()), (FileKind::CharacterDevice, (1, 5)));
}

fn copy_dev_zero_root() {
    root();
    let scratch = Scratch::new();
    // Nodes mean nothing on many a file system that scratch folders are on; this one allows them.
    mount("none", scratch.at("").as_str(), "tmpfs", MountFlags::empty(), "").unwrap();
    let opened = open(zero(&scratch).as_str(), READ, Mode::empty());
    let mut buffer = [9; 8];
    let copy = have(opened, &[Errno::ACCES], "nodes on a file system without devices");
    assert_eq!((fs::read(&copy, &mut buffer), buffer), (Ok(8), [0; 8]));
    drop(copy);
    unmount(scratch.at("").as_str(), UnmountFlags::empty()).unwrap();
}

fn mkfifo() {
    let scratch = Scratch::new();
    fs::mkfifo(scratch.at("fifo").as_str(), Mode::octal(0o600)).unwrap();
    assert_eq!(stat(scratch.at("fifo").as_str()).unwrap().kind(), FileKind::Fifo);
}

const FIRST: Timestamp = Timestamp { seconds: 100, nanoseconds: 0 };
const SECOND: Timestamp = Timestamp { seconds: 200, nanoseconds: 0 };

fn times(path: &str) -> (Timestamp, Timestamp) {
    let found = lstat(path).unwrap();
    (found.accessed(), found.modified())
}

fn futimens() {
    let scratch = Scratch::new();
    let path = scratch.at("file");
    let file = file(&path);
    let before = times(&path);
    fs::set_open_times(&file, SetTime::Keep, SetTime::Keep).unwrap();
    assert_eq!(times(&path), before);
}

fn futimes() {
    let scratch = Scratch::new();
    let path = scratch.at("file");
    fs::set_open_times(file(&path).as_fd(), SetTime::At(FIRST), SetTime::At(SECOND)).unwrap();
    assert_eq!(times(&path), (FIRST, SECOND));
}

/// Sets the times of a file by its path.
fn by_path() {
    let scratch = Scratch::new();
    let path = scratch.at("file");
    file(&path);
    fs::set_times(path.as_str(), SetTime::At(FIRST), SetTime::At(SECOND)).unwrap();
    assert_eq!(times(&path), (FIRST, SECOND));
}

fn utime() {
    by_path();
}

fn utimes() {
    by_path();
    if fs::set_times("/nowhere", SetTime::Now, SetTime::Now) != Err(Errno::NOENT) {
        skip("there is a file /nowhere");
    }
}

fn lutimes() {
    let scratch = Scratch::new();
    let path = scratch.at("link");
    fs::symlink("nowhere", path.as_str()).unwrap();
    fs::set_times_at(CWD, path.as_str(), SetTime::At(FIRST), SetTime::At(SECOND), false).unwrap();
    assert_eq!(times(&path), (FIRST, SECOND));
}

tests![
    dup,
    dup2,
    dup3,
    link,
    symlink,
    sync,
    syncfs,
    fchmod,
    chmod,
    chown_root,
    chown,
    fchown_root,
    lchown_root,
    fsync,
    fdatasync,
    seek,
    seek_error,
    mkdir_rmdir,
    chdir,
    getcwd_long,
    rename,
    stat_device,
    stat_file,
    stat_directory,
    stat_symlink,
    stat_aliases,
    lstat_symlink,
    truncate,
    mknod_chr_root,
    copy_dev_zero_root,
    mkfifo,
    futimens,
    futimes,
    utime,
    utimes,
    lutimes,
];
