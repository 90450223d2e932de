//! Making, reading and leaving directories.

use crate::child::{check, in_child, ok};
use crate::scratch::Scratch;
use linux::Errno;
use linux::fs::{
    Directory, FileKind, Mode, OpenFlags, chdir, fchdir, getcwd, getdents64, mkdir, mkdir_at, mkfifo, open,
    rmdir, rmdir_at, umask,
};
use std::collections::BTreeMap;

const DIRECTORY: OpenFlags = OpenFlags::DIRECTORY.union(OpenFlags::CLOSE_ON_EXEC);

#[test]
fn every_entry_is_read_through_a_small_buffer() {
    let scratch = Scratch::new();
    for number in 0..500 {
        std::fs::write(scratch.at(&format!("entry-{number}")), b"").unwrap();
    }
    std::fs::create_dir(scratch.at("directory")).unwrap();
    std::os::unix::fs::symlink("nowhere", scratch.at("link")).unwrap();
    mkfifo(scratch.at("fifo").as_str(), Mode::octal(0o600)).unwrap();
    for size in [280, 1000, 65536] {
        let file = open(scratch.at("").as_str(), DIRECTORY, Mode::empty()).unwrap();
        let mut buffer = vec![0; size];
        let mut directory = Directory::new(&file, &mut buffer);
        let mut found = BTreeMap::new();
        while let Some(entry) = directory.next() {
            let entry = entry.unwrap();
            if !entry.is_dot() {
                found.insert(entry.name.to_str().unwrap().to_owned(), entry.kind);
            }
        }
        assert_eq!(found.len(), 503);
        assert!(found.contains_key("entry-0") && found.contains_key("entry-499"));
        assert!(matches!(found["directory"], None | Some(FileKind::Directory)));
        assert!(matches!(found["link"], None | Some(FileKind::Symlink)));
        assert!(matches!(found["fifo"], None | Some(FileKind::Fifo)));
    }
}

#[test]
fn a_directory_that_is_none_is_refused() {
    let file = open("/dev/null", OpenFlags::READ, Mode::empty()).unwrap();
    assert_eq!(getdents64(&file, &mut [0; 512]).map(drop), Err(Errno::NOTDIR));
    let mut buffer = [0; 512];
    assert_eq!(Directory::new(&file, &mut buffer).next().unwrap().map(drop), Err(Errno::NOTDIR));
    let root = open("/", DIRECTORY, Mode::empty()).unwrap();
    assert_eq!(getdents64(&root, &mut [0; 8]).map(drop), Err(Errno::INVAL));
}

#[test]
fn directories_are_made_and_removed() {
    let scratch = Scratch::new();
    let path = scratch.at("d");
    mkdir(path.as_str(), Mode::octal(0o700)).unwrap();
    assert_eq!(mkdir(path.as_str(), Mode::octal(0o700)), Err(Errno::EXIST));
    let directory = open(path.as_str(), DIRECTORY, Mode::empty()).unwrap();
    mkdir_at(&directory, "inner", Mode::octal(0o700)).unwrap();
    assert_eq!(rmdir(path.as_str()), Err(Errno::NOTEMPTY));
    rmdir_at(&directory, "inner").unwrap();
    rmdir(path.as_str()).unwrap();
    assert_eq!(rmdir(path.as_str()), Err(Errno::NOENT));
    std::fs::write(&path, b"").unwrap();
    assert_eq!(rmdir(path.as_str()), Err(Errno::NOTDIR));
    // What was removed can still be read: it is empty.
    assert_eq!(getdents64(&directory, &mut [0; 512]).map(Iterator::count), Err(Errno::NOENT));
}

#[test]
fn the_current_directory_is_changed() {
    in_child(|| {
        let mut buffer = [0; 256];
        ok!(chdir("/proc"));
        check!(ok!(getcwd(&mut buffer)) == b"/proc");
        let root = ok!(open("/", DIRECTORY, Mode::empty()));
        ok!(fchdir(&root));
        check!(ok!(getcwd(&mut buffer)) == b"/");
        check!(chdir("/none/such") == Err(Errno::NOENT));
        check!(chdir("/dev/null") == Err(Errno::NOTDIR));
        check!(getcwd(&mut [0; 1]).is_err_and(|errno| errno == Errno::RANGE));
        Ok(())
    });
}

#[test]
fn the_umask_is_set_and_given() {
    in_child(|| {
        umask(Mode::octal(0o027));
        check!(umask(Mode::octal(0)) == Mode::octal(0o027));
        Ok(())
    });
}
