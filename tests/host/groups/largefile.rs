//! Positions and lengths that 32 bits do not hold, on every processor.

use linux::Errno;
use linux::fs::{self, From, IoSlice, IoSliceMut, Mode, OpenFlags, fstat, stat};

use crate::scratch::Scratch;
use crate::support::{NEW, file};

const LARGE: u64 = 1 << 33;

fn seek() {
    let scratch = Scratch::new();
    let file = file(&scratch.at("file"));
    assert_eq!(fs::lseek(&file, From::Start(1 << 34)), Ok(1 << 34));
    assert_eq!(fs::lseek(&file, From::Current(0)), Ok(1 << 34));
}

fn seek_error() {
    let scratch = Scratch::new();
    let file = file(&scratch.at("file"));
    assert_eq!(fs::lseek(&file, From::End(-1)), Err(Errno::INVAL));
    assert_eq!(fs::lseek(&file, From::Start(u64::MAX)), Err(Errno::INVAL));
}

/// A file that is mostly a hole.
fn large(scratch: &Scratch) -> String {
    let path = scratch.at("file");
    fs::ftruncate(file(&path), LARGE).unwrap();
    path
}

fn ftruncate() {
    let scratch = Scratch::new();
    let file = file(&large(&scratch));
    assert_eq!(fstat(&file).unwrap().size(), LARGE);
}

fn truncate() {
    let scratch = Scratch::new();
    assert_eq!(stat(large(&scratch).as_str()).unwrap().size(), LARGE);
}

fn open() {
    let scratch = Scratch::new();
    let file = fs::open(large(&scratch).as_str(), OpenFlags::READ, Mode::empty()).unwrap();
    assert_eq!(fs::pread(&file, &mut [9], LARGE - 1), Ok(1));
}

fn openat() {
    let scratch = Scratch::new();
    large(&scratch);
    let folder =
        fs::open(scratch.at("").as_str(), OpenFlags::PATH | OpenFlags::DIRECTORY, Mode::empty()).unwrap();
    let file = fs::openat(&folder, "file", NEW, Mode::octal(0o600)).unwrap();
    assert_eq!(fs::lseek(&file, From::End(0)), Ok(LARGE));
}

fn preadv_pwritev() {
    let scratch = Scratch::new();
    let file = file(&scratch.at("file"));
    let parts = [b"test".as_slice(), b"ing"].map(IoSlice::new);
    assert_eq!(fs::pwritev(&file, &parts, LARGE), Ok(7));
    let mut buffer = [0; 7];
    assert_eq!(fs::preadv(&file, &mut [IoSliceMut::new(&mut buffer)], LARGE), Ok(7));
    assert_eq!(&buffer, b"testing");
    assert_eq!(fstat(&file).unwrap().size(), LARGE + 7);
}

tests![seek, seek_error, ftruncate, truncate, open, openat, preadv_pwritev,];
