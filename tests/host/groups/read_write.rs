//! read(2), write(2) and their relatives.

use linux::Errno;
use linux::fs::{self, IoSlice, IoSliceMut, Mode, OpenFlags, open};

use crate::scratch::Scratch;
use crate::support::{file, reading};

fn read() {
    let mut buffer = [9; 64];
    assert_eq!(fs::read(reading("/dev/zero"), &mut buffer), Ok(64));
    assert_eq!(buffer, [0; 64]);
}

fn read_to_string() {
    let mut buffer = Vec::from([9; 10]);
    assert_eq!(fs::read(reading("/dev/zero"), &mut buffer), Ok(10));
    assert_eq!(String::from_utf8(buffer).unwrap(), "\0".repeat(10));
}

fn write_ro() {
    assert_eq!(fs::write(reading("/dev/zero"), &[0; 64]), Err(Errno::BADF));
}

fn write() {
    let zero = open("/dev/zero", OpenFlags::WRITE, Mode::empty()).unwrap();
    assert_eq!(fs::write(&zero, &[0; 64]), Ok(64));
}

fn write_string() {
    let zero = open("/dev/zero", OpenFlags::READ_WRITE, Mode::empty()).unwrap();
    assert_eq!(fs::write(&zero, "test string".as_bytes()), Ok(11));
}

fn pread_pwrite() {
    let scratch = Scratch::new();
    let file = file(&scratch.at("file"));
    assert_eq!(fs::pwrite(&file, b"text", 1), Ok(4));
    let mut buffer = [9; 8];
    assert_eq!(fs::pread(&file, &mut buffer, 0), Ok(5));
    assert_eq!(&buffer[..5], b"\0text");
    assert_eq!(fs::lseek(&file, fs::From::Current(0)), Ok(0));
}

const PARTS: [&[u8]; 3] = [b"test", b"ing", b"writev"];

fn readv_writev() {
    let scratch = Scratch::new();
    let file = file(&scratch.at("file"));
    assert_eq!(fs::writev(&file, &PARTS.map(IoSlice::new)), Ok(13));
    fs::lseek(&file, fs::From::Start(0)).unwrap();
    let (mut one, mut two, mut three) = ([0; 6], [0; 4], [0; 3]);
    let mut slices = [&mut one[..], &mut two[..], &mut three[..]].map(IoSliceMut::new);
    assert_eq!(fs::readv(&file, &mut slices), Ok(13));
    assert_eq!((&one, &two, &three), (b"testin", b"gwri", b"tev"));
}

fn preadv_pwritev() {
    let scratch = Scratch::new();
    let file = file(&scratch.at("file"));
    assert_eq!(fs::pwritev(&file, &PARTS.map(IoSlice::new), 10), Ok(13));
    let (mut one, mut two, mut three) = ([0; 6], [0; 4], [0; 3]);
    let mut slices = [&mut one[..], &mut two[..], &mut three[..]].map(IoSliceMut::new);
    assert_eq!(fs::preadv(&file, &mut slices, 10), Ok(13));
    assert_eq!((&one, &two, &three), (b"testin", b"gwri", b"tev"));
    fs::lseek(&file, fs::From::Start(10)).unwrap();
    let mut all = [0; 13];
    assert_eq!(fs::readv(&file, &mut [IoSliceMut::new(&mut all)]), Ok(13));
    assert_eq!(&all, b"testingwritev");
}

tests![read, read_to_string, write_ro, write, write_string, pread_pwrite, readv_writev, preadv_pwritev,];
