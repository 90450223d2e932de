//! What is made of several calls: copying, removing, touching.

use linux::Errno;
use linux::fs::{self, SetTime, stat};
use system::file::{self, Durability};

use crate::scratch::Scratch;

fn rm_recursive() {
    let scratch = Scratch::new();
    std::fs::create_dir_all(scratch.at("a/b/c")).unwrap();
    std::fs::write(scratch.at("a/b/file"), b"").unwrap();
    assert_eq!(fs::rmdir(scratch.at("a").as_str()), Err(Errno::NOTEMPTY));
    let folder = io::Folder::open(scratch.at("a").as_str()).unwrap();
    folder.clear().unwrap();
    drop(folder);
    assert_eq!(fs::rmdir(scratch.at("a").as_str()), Ok(()));
}

fn rm_broken_symlink() {
    let scratch = Scratch::new();
    std::fs::create_dir(scratch.at("a")).unwrap();
    std::fs::write(scratch.at("kept"), b"").unwrap();
    for (target, link) in [("nowhere", "a/broken"), ("../kept", "a/whole")] {
        fs::symlink(target, scratch.at(link).as_str()).unwrap();
    }
    io::Folder::open(scratch.at("a").as_str()).unwrap().clear().unwrap();
    assert_eq!(fs::rmdir(scratch.at("a").as_str()), Ok(()));
    assert!(stat(scratch.at("kept").as_str()).is_ok(), "links are not followed");
}

fn touch() {
    let scratch = Scratch::new();
    let path = scratch.at("file");
    for _ in 0..2 {
        crate::support::file(&path);
        fs::set_times(path.as_str(), SetTime::Now, SetTime::Now).unwrap();
    }
    let found = stat(path.as_str()).unwrap();
    assert_eq!((found.size(), found.accessed()), (0, found.modified()));
}

fn readfile_writefile() {
    let scratch = Scratch::new();
    let path = scratch.at("file");
    // Longer than one read, which ljsyscall stopped after.
    let bytes = vec![b'x'; 10_000];
    file::replace(path.as_bytes(), &bytes, Durability::Cache).unwrap();
    assert_eq!(file::read(path.as_bytes()).unwrap(), bytes);
    let gone = file::read(scratch.at("none").as_bytes()).unwrap_err();
    assert_eq!(gone.errno(), Some(Errno::NOENT));
}

fn cp() {
    let scratch = Scratch::new();
    let bytes: Vec<u8> = (0..100_000_u32).map(|number| number as u8).collect();
    std::fs::write(scratch.at("one"), &bytes).unwrap();
    let (from, to) = (crate::support::reading(&scratch.at("one")), crate::support::file(&scratch.at("two")));
    assert_eq!(io::copy::files(&from, &to).unwrap(), 100_000);
    assert_eq!(std::fs::read(scratch.at("two")).unwrap(), bytes);
}

tests![rm_recursive, rm_broken_symlink, touch, readfile_writefile, cp];
