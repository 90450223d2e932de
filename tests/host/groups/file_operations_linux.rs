//! What Linux alone does with files.

use linux::Errno;
use linux::fd::CWD;
use linux::fs::{self, Allocate, Expectation, FileKind, Mode, SyncFlags, stat};

use crate::scratch::Scratch;
use crate::support::{file, have};

fn mknodat_fifo() {
    let scratch = Scratch::new();
    let path = scratch.at("fifo");
    fs::mknod_at(CWD, path.as_str(), FileKind::Fifo, Mode::octal(0o600), (0, 0)).unwrap();
    assert_eq!(stat(path.as_str()).unwrap().kind(), FileKind::Fifo);
}

fn fadvise_etc() {
    let scratch = Scratch::new();
    let file = file(&scratch.at("file"));
    fs::fadvise(&file, 0, 0, Expectation::Random).unwrap();
    let reserved = fs::fallocate(&file, Allocate::KEEP_SIZE, 0, 4096);
    have(reserved, &[Errno::OPNOTSUPP], "reserving room on this file system");
    assert_eq!(fs::fstat(&file).unwrap().size(), 0);
    fs::allocate(&file, 0, 8192).unwrap();
    assert_eq!(fs::fstat(&file).unwrap().size(), 8192);
}

fn readahead() {
    let scratch = Scratch::new();
    let file = file(&scratch.at("file"));
    for offset in [0, 4096, 1 << 33] {
        assert_eq!(fs::readahead(&file, offset, 4096), Ok(()));
    }
}

fn sync_file_range() {
    let scratch = Scratch::new();
    let file = file(&scratch.at("file"));
    fs::write(&file, &[1; 8192]).unwrap();
    for (offset, length, flags) in [
        (0, 4096, SyncFlags::empty()),
        (4096, 4096, SyncFlags::WAIT_BEFORE),
        (0, 8192, SyncFlags::WRITE),
        (0, 0, SyncFlags::WRITE | SyncFlags::WAIT_AFTER),
        (1 << 33, 4096, SyncFlags::WRITE),
    ] {
        assert_eq!(fs::sync_file_range(&file, offset, length, flags), Ok(()));
    }
}

fn fallocate_large() {
    let scratch = Scratch::new();
    let file = file(&scratch.at("file"));
    // Room for one page, where 32 bits do not reach.
    let reserved = fs::allocate(&file, 1 << 33, 4096);
    have(reserved, &[Errno::OPNOTSUPP, Errno::NOSPC], "reserving room on this file system");
    assert_eq!(fs::fstat(&file).unwrap().size(), (1 << 33) + 4096);
}

tests![mknodat_fifo, fadvise_etc, readahead, sync_file_range, fallocate_large];
