//! Extended attributes, locks on ranges, positioned vectors, names for files without one, paths that may not lead out.

use std::os::unix::ffi::OsStrExt;

use crate::emulator::{is_missing, lacks};
use crate::scratch::Scratch;
use linux::Errno;
use linux::fd::CWD;
use linux::fs::{
    Access, IoSlice, IoSliceMut, Lock, Mode, OpenFlags, Resolve, SetAttribute, faccess_effective, fgetxattr,
    flistxattr, fremovexattr, fsetxattr, getxattr, getxattr_at, lgetxattr, link_at, listxattr, listxattr_at,
    llistxattr, lock_in_the_way, lock_range, lremovexattr, lsetxattr, open, openat, openat2, preadv, pwritev,
    removexattr, removexattr_at, setxattr, setxattr_at, symlink_at,
};

const NEW: OpenFlags = OpenFlags::READ_WRITE.union(OpenFlags::CREATE).union(OpenFlags::CLOSE_ON_EXEC);

#[test]
fn attributes_are_kept_with_the_file() {
    let scratch = Scratch::new();
    let path = scratch.at("file");
    let file = open(path.as_str(), NEW, Mode::octal(0o600)).unwrap();
    if fsetxattr(&file, "user.one", b"1", SetAttribute::Create) == Err(Errno::OPNOTSUPP) {
        return crate::skip::skipped("the file system has no attributes of users");
    }
    assert_eq!(fsetxattr(&file, "user.one", b"2", SetAttribute::Create), Err(Errno::EXIST));
    assert_eq!(setxattr(path.as_str(), "user.two", b"", SetAttribute::Replace), Err(Errno::NODATA));
    assert_eq!(setxattr(path.as_str(), "user.two", b"22", SetAttribute::Any), Ok(()));
    let mut buffer = [0; 64];
    assert_eq!(getxattr(path.as_str(), "user.one", &mut buffer), Ok(1));
    assert_eq!(fgetxattr(&file, "user.two", &mut buffer), Ok(2));
    assert_eq!(&buffer[..2], b"22");
    assert_eq!(fgetxattr(&file, "user.two", &mut []), Ok(2), "the length is asked for");
    assert_eq!(fgetxattr(&file, "user.two", &mut buffer[..1]), Err(Errno::RANGE));
    let count = flistxattr(&file, &mut buffer).unwrap();
    let mut names: Vec<_> = buffer[..count].split(|byte| *byte == 0).collect();
    names.retain(|name| name.starts_with(b"user."));
    names.sort_unstable();
    assert_eq!(names, [b"user.one", b"user.two"]);
    assert_eq!(removexattr(path.as_str(), "user.one"), Ok(()));
    assert_eq!(fremovexattr(&file, "user.one"), Err(Errno::NODATA));
    assert_eq!(listxattr(path.as_str(), &mut []), Ok(count - b"user.one\0".len()));
}

#[test]
fn attributes_of_a_link_are_not_those_of_its_file() {
    let scratch = Scratch::new();
    let (path, link) = (scratch.at("file"), scratch.at("link"));
    open(path.as_str(), NEW, Mode::octal(0o600)).unwrap();
    symlink_at("file", CWD, link.as_str()).unwrap();
    // Links have no attributes of users: the file system is not even asked.
    let mut buffer = [0; 64];
    let set = lsetxattr(link.as_str(), "user.one", b"1", SetAttribute::Any);
    assert!([Err(Errno::PERM), Err(Errno::OPNOTSUPP)].contains(&set), "{set:?}");
    let got = lgetxattr(link.as_str(), "user.one", &mut buffer);
    assert!([Err(Errno::PERM), Err(Errno::NODATA), Err(Errno::OPNOTSUPP)].contains(&got), "{got:?}");
    let removed = lremovexattr(link.as_str(), "user.one");
    assert!([Err(Errno::PERM), Err(Errno::NODATA), Err(Errno::OPNOTSUPP)].contains(&removed), "{removed:?}");
    if lsetxattr(path.as_str(), "user.one", b"1", SetAttribute::Any) == Err(Errno::OPNOTSUPP) {
        return crate::skip::skipped("the file system has no attributes of users");
    }
    assert_eq!(getxattr(link.as_str(), "user.one", &mut buffer), Ok(1), "which follows it");
    assert!(listxattr(link.as_str(), &mut []).unwrap() >= b"user.one\0".len());
    let own = llistxattr(link.as_str(), &mut buffer).unwrap();
    assert!(!buffer[..own].windows(8).any(|name| name == b"user.one"));
}

#[test]
fn attributes_are_reached_from_a_directory() {
    let scratch = Scratch::new();
    open(scratch.at("file").as_str(), NEW, Mode::octal(0o600)).unwrap();
    let directory = open(scratch.path().as_os_str().as_bytes(), OpenFlags::DIRECTORY, Mode::empty()).unwrap();
    let set = |how| setxattr_at(&directory, "file", "user.one", b"1", how);
    let first = set(SetAttribute::Create);
    if is_missing(&first, "setxattrat") {
        return;
    }
    if first == Err(Errno::OPNOTSUPP) {
        return crate::skip::skipped("the file system has no attributes of users");
    }
    assert_eq!((first, set(SetAttribute::Create)), (Ok(()), Err(Errno::EXIST)));
    let mut buffer = [0; 64];
    assert_eq!(getxattr_at(&directory, "file", "user.one", &mut buffer), Ok(1));
    assert_eq!(buffer[0], b'1');
    assert_eq!(getxattr_at(&directory, "file", "user.two", &mut buffer), Err(Errno::NODATA));
    let count = listxattr_at(&directory, "file", &mut buffer).unwrap();
    assert!(buffer[..count].windows(9).any(|name| name == b"user.one\0"));
    assert_eq!(removexattr_at(&directory, "file", "user.one"), Ok(()));
    assert_eq!(removexattr_at(&directory, "file", "user.one"), Err(Errno::NODATA));
}

#[test]
fn the_effective_user_may_do_what_opening_says() {
    let scratch = Scratch::new();
    let path = scratch.at("file");
    open(path.as_str(), NEW, Mode::octal(0o400)).unwrap();
    let answer = faccess_effective(CWD, path.as_str(), Access::READ);
    if is_missing(&answer, "faccessat2") {
        return;
    }
    assert_eq!(answer, Ok(()));
    assert_eq!(faccess_effective(CWD, path.as_str(), Access::EXECUTE), Err(Errno::ACCES));
    let missing = scratch.at("missing");
    assert_eq!(faccess_effective(CWD, missing.as_str(), Access::empty()), Err(Errno::NOENT));
}

#[test]
fn locks_on_ranges_belong_to_the_open_file() {
    let scratch = Scratch::new();
    let path = scratch.at("file");
    let opened = || open(path.as_str(), NEW, Mode::octal(0o600)).unwrap();
    let (one, two) = (opened(), opened());
    assert_eq!(lock_range(&one, 10..20, Lock::Exclusive, true), Ok(()));
    assert_eq!(lock_range(&two, 19..30, Lock::Shared, false), Err(Errno::AGAIN));
    assert_eq!(lock_in_the_way(&two, 0..u64::MAX, Lock::Shared), Ok(Some(Lock::Exclusive)));
    assert_eq!(lock_in_the_way(&two, 20..u64::MAX, Lock::Exclusive), Ok(None));
    assert_eq!(lock_range(&one, 10..20, Lock::Shared, false), Ok(()));
    assert_eq!(lock_in_the_way(&two, 0..11, Lock::Exclusive), Ok(Some(Lock::Shared)));
    assert_eq!(lock_range(&two, 10..20, Lock::Shared, false), Ok(()));
    assert_eq!(lock_range(&one, 10..20, Lock::Unlock, false), Ok(()));
    drop(two);
    assert_eq!(lock_range(&one, 5_000_000_000..u64::MAX, Lock::Exclusive, false), Ok(()));
    assert_eq!(lock_range(&one, 5..5, Lock::Exclusive, false), Err(Errno::INVAL));
    assert_eq!(lock_range(&one, 0..1 << 63 | 1, Lock::Exclusive, false), Err(Errno::INVAL));
    let reader = open(path.as_str(), OpenFlags::READ, Mode::empty()).unwrap();
    assert_eq!(lock_range(&reader, 0..1, Lock::Exclusive, false), Err(Errno::BADF));
}

#[test]
fn vectors_at_a_position_of_their_own() {
    const FAR: u64 = 5_000_000_000;
    let scratch = Scratch::new();
    let file = open(scratch.at("file").as_str(), NEW, Mode::octal(0o600)).unwrap();
    assert_eq!(pwritev(&file, &[IoSlice::new(b"abc"), IoSlice::new(b"de")], FAR), Ok(5));
    let (mut a, mut b) = ([0; 2], [0; 9]);
    let mut parts = [IoSliceMut::new(&mut a), IoSliceMut::new(&mut b)];
    assert_eq!(preadv(&file, &mut parts, FAR + 1), Ok(4));
    assert_eq!((&*parts[0], &parts[1][..2]), (b"bc".as_slice(), b"de".as_slice()));
    parts[0][0] = b'X';
    assert_eq!(&a, b"Xc");
    assert_eq!(std::fs::metadata(scratch.at("file")).unwrap().len(), FAR + 5);
}

#[test]
fn a_file_without_a_name_gets_one() {
    let scratch = Scratch::new();
    let flags = OpenFlags::READ_WRITE | OpenFlags::TEMPORARY;
    let file = match open(scratch.path().as_os_str().as_bytes(), flags, Mode::octal(0o600)) {
        Err(Errno::OPNOTSUPP) => {
            return crate::skip::skipped("the file system has no files without a name");
        }
        other => other.unwrap(),
    };
    let path = format!("/proc/self/fd/{}", file.as_raw());
    let (one, two) = (scratch.at("one"), scratch.at("two"));
    assert_eq!(link_at(CWD, path.as_str(), CWD, one.as_str(), true), Ok(()));
    assert_eq!(link_at(CWD, path.as_str(), CWD, one.as_str(), true), Err(Errno::EXIST));
    match link_at(&file, c"", CWD, two.as_str(), false) {
        // Without the privilege, before Linux 6.10.
        Err(Errno::NOENT) => {}
        other => assert_eq!((other, std::fs::exists(&two).unwrap()), (Ok(()), true)),
    }
}

#[test]
fn paths_that_may_not_lead_out_do_not() {
    let scratch = Scratch::new();
    std::fs::create_dir(scratch.at("in")).unwrap();
    symlink_at("..", CWD, scratch.at("in/up").as_str()).unwrap();
    let folder = openat(CWD, scratch.at("in").as_str(), OpenFlags::PATH, Mode::empty()).unwrap();
    let attempt =
        |path: &str, resolve| openat2(&folder, path, OpenFlags::PATH, Mode::octal(0o777), resolve).err();
    if attempt(".", Resolve::BENEATH) == Some(Errno::NOSYS) && lacks("openat2") {
        return;
    }
    assert_eq!(attempt(".", Resolve::BENEATH), None);
    assert_eq!(attempt("up", Resolve::BENEATH), Some(Errno::XDEV));
    assert_eq!(attempt("up", Resolve::IN_ROOT), None);
    assert_eq!(attempt("up/in", Resolve::empty()), None);
    assert_eq!(attempt("up/in", Resolve::NO_SYMLINKS), Some(Errno::LOOP));
    assert_eq!(attempt("/proc/self/exe", Resolve::NO_MAGIC_LINKS), Some(Errno::LOOP));
    assert_eq!(attempt("/proc/self/status", Resolve::NO_MOUNTS), Some(Errno::XDEV));
    let made = openat2(&folder, "new", NEW, Mode::octal(0o600), Resolve::BENEATH | Resolve::CACHED);
    assert!(matches!(made, Ok(_) | Err(Errno::AGAIN)), "{made:?}");
}
