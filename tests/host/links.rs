//! Names of files: links, renaming, removal.

use crate::scratch::Scratch;
use linux::Errno;
use linux::fd::CWD;
use linux::fs::{
    FileKind, Mode, OpenFlags, RenameFlags, link, lstat, open, readlink, readlink_at, rename, rename_at,
    stat, symlink, unlink,
};

#[test]
fn a_symbolic_link_says_what_it_was_told() {
    let scratch = Scratch::new();
    let path = scratch.at("link");
    symlink("to/nowhere", path.as_str()).unwrap();
    let mut buffer = [0; 64];
    assert_eq!(readlink(path.as_str(), &mut buffer), Ok(b"to/nowhere".as_slice()));
    assert_eq!(readlink(path.as_str(), &mut [0; 10]), Err(Errno::NAMETOOLONG));
    assert_eq!(readlink(path.as_str(), &mut [0; 11]).map(<[u8]>::len), Ok(10));
    assert_eq!(readlink("/", &mut buffer), Err(Errno::INVAL));
    assert_eq!(lstat(path.as_str()).unwrap().kind(), FileKind::Symlink);
    assert_eq!(stat(path.as_str()).map(drop), Err(Errno::NOENT));
    let flags = OpenFlags::PATH | OpenFlags::NO_FOLLOW;
    let itself = open(path.as_str(), flags, Mode::empty()).unwrap();
    assert_eq!(readlink_at(&itself, "", &mut buffer), Ok(b"to/nowhere".as_slice()));
    assert_eq!(symlink("x", path.as_str()), Err(Errno::EXIST));
}

#[test]
fn a_second_name_counts() {
    let scratch = Scratch::new();
    std::fs::write(scratch.at("a"), b"x").unwrap();
    link(scratch.at("a").as_str(), scratch.at("b").as_str()).unwrap();
    assert_eq!(stat(scratch.at("b").as_str()).unwrap().links(), 2);
    unlink(scratch.at("a").as_str()).unwrap();
    assert_eq!(stat(scratch.at("b").as_str()).unwrap().links(), 1);
    assert_eq!(unlink(scratch.at("a").as_str()), Err(Errno::NOENT));
    assert_eq!(unlink(scratch.path().to_str().unwrap()), Err(Errno::ISDIR));
}

#[test]
fn renaming_replaces_unless_told_not_to() {
    let scratch = Scratch::new();
    std::fs::write(scratch.at("a"), b"1").unwrap();
    std::fs::write(scratch.at("b"), b"2").unwrap();
    let (a, b) = (scratch.at("a"), scratch.at("b"));
    let no_replace = rename_at(CWD, a.as_str(), CWD, b.as_str(), RenameFlags::NO_REPLACE);
    assert!(matches!(no_replace, Err(Errno::EXIST | Errno::INVAL)), "{no_replace:?}");
    match rename_at(CWD, a.as_str(), CWD, b.as_str(), RenameFlags::EXCHANGE) {
        Ok(()) => assert_eq!(std::fs::read(&a).unwrap(), b"2"),
        Err(errno) => assert_eq!(errno, Errno::INVAL),
    }
    rename(a.as_str(), b.as_str()).unwrap();
    assert_eq!(stat(a.as_str()).map(drop), Err(Errno::NOENT));
    assert_eq!(rename(a.as_str(), b.as_str()), Err(Errno::NOENT));
    assert_eq!(rename(b.as_str(), "/proc/x"), Err(Errno::XDEV));
}
