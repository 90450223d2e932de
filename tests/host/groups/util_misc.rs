//! A file's contents as mapped memory.

use linux::fs::write;
use linux::mem::SharedMapping;

use crate::scratch::Scratch;
use crate::support::file;

fn mapfile() {
    let scratch = Scratch::new();
    let file = file(&scratch.at("file"));
    write(&file, b"this is the file").unwrap();
    let missing = [linux::Errno::PERM, linux::Errno::INVAL];
    // Only what cannot shrink is mapped safely: a memory file with seals.
    assert!(SharedMapping::new(&file).is_err_and(|errno| missing.contains(&errno)));
    let flags = linux::fs::MemoryFileFlags::ALLOW_SEALING | linux::fs::MemoryFileFlags::CLOSE_ON_EXEC;
    let memory = linux::fs::memfd_create("file", flags).unwrap();
    write(&memory, b"this is the file").unwrap();
    linux::fs::add_seals(&memory, linux::fs::Seals::SHRINK).unwrap();
    let mapping = SharedMapping::new(&memory).unwrap();
    let mut found = [0; 16];
    mapping.read(0, &mut found).unwrap();
    assert_eq!(&found, b"this is the file");
}

tests![mapfile];
