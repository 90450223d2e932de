//! What the kernel keeps of files in memory, and names for files that are no paths.

use crate::emulator::{is_missing, lacks};
use crate::scratch::Scratch;
use linux::Errno;
use linux::fd::CWD;
use linux::fs::{
    IoSlice, IoSliceMut, Mode, OpenFlags, TransferFlags, cachestat, file_getattr, file_setattr,
    name_to_handle_at, open, open_by_handle_at, pipe, preadv2, pwritev2, read, vmsplice,
};
use linux::process::geteuid;

const NEW: OpenFlags = OpenFlags::READ_WRITE.union(OpenFlags::CREATE).union(OpenFlags::CLOSE_ON_EXEC);

#[test]
#[cfg(target_pointer_width = "64")]
fn the_kernel_is_told_how_a_file_is_used() {
    use linux::fs::{Expectation, SyncFlags, fadvise, sync_file_range};

    let scratch = Scratch::new();
    let file = open(scratch.at("file").as_str(), NEW, Mode::octal(0o600)).unwrap();
    linux::fs::write(&file, &[7; 8192]).unwrap();
    let all = SyncFlags::WAIT_BEFORE | SyncFlags::WRITE | SyncFlags::WAIT_AFTER;
    sync_file_range(&file, 0, 0, all).unwrap();
    assert_eq!(sync_file_range(&file, u64::MAX, 1, all), Err(Errno::INVAL));
    fadvise(&file, 0, 0, Expectation::Sequential).unwrap();
    let (reader, _writer) = pipe(linux::fs::PipeFlags::CLOSE_ON_EXEC).unwrap();
    assert_eq!(fadvise(&reader, 0, 0, Expectation::DontNeed), Err(Errno::SPIPE));
    assert_eq!(sync_file_range(&reader, 0, 0, all), Err(Errno::SPIPE));
}

#[test]
fn pages_in_memory_are_counted() {
    let scratch = Scratch::new();
    let file = open(scratch.at("file").as_str(), NEW, Mode::octal(0o600)).unwrap();
    linux::fs::write(&file, &[7; 4096]).unwrap();
    let found = cachestat(&file, 0, 0);
    if is_missing(&found, "cachestat") {
        return;
    }
    let found = found.unwrap();
    assert!(
        found.pages >= 1 && found.dirty <= found.pages && found.being_written <= found.pages,
        "{found:?}"
    );
    assert!(found.recently_evicted <= found.evicted);
}

#[test]
fn one_transfer_differs_from_others() {
    let scratch = Scratch::new();
    let file = open(scratch.at("file").as_str(), NEW, Mode::octal(0o600)).unwrap();
    let none = TransferFlags::empty();
    let written = pwritev2(&file, &[IoSlice::new(b"ab"), IoSlice::new(b"cd")], Some(0), none);
    if is_missing(&written, "pwritev2") {
        return;
    }
    assert_eq!(written, Ok(4));
    assert_eq!(pwritev2(&file, &[IoSlice::new(b"ef")], Some(0), TransferFlags::APPEND), Ok(2));
    let (mut one, mut two) = ([0; 3], [0; 5]);
    let mut buffers = [IoSliceMut::new(&mut one), IoSliceMut::new(&mut two)];
    assert_eq!(preadv2(&file, &mut buffers, Some(1), none), Ok(5));
    assert_eq!((&one, &two[..2]), (b"bcd", b"ef".as_slice()));
    let mut buffers = [IoSliceMut::new(&mut one)];
    assert_eq!(preadv2(&file, &mut buffers, None, none), Ok(3), "from the file's position, which moves");
    assert_eq!(&one, b"abc");
    let answer = preadv2(&file, &mut [], Some(0), TransferFlags::from_bits_retain(1 << 30));
    assert!([Err(Errno::OPNOTSUPP), Ok(0)].contains(&answer), "{answer:?}");
}

#[test]
fn pages_go_into_a_pipe() {
    let (reader, writer) = pipe(linux::fs::PipeFlags::CLOSE_ON_EXEC).unwrap();
    let bytes = [7; 100];
    match vmsplice(&writer, &[IoSlice::new(&bytes[..60]), IoSlice::new(&bytes[60..])]) {
        Err(Errno::NOSYS) if lacks("vmsplice") => return,
        answer => assert_eq!(answer, Ok(100)),
    }
    let mut buffer = [0; 200];
    assert_eq!(read(&reader, &mut buffer), Ok(100));
    assert_eq!(buffer[..100], bytes);
    let file = open("/dev/null", OpenFlags::WRITE, Mode::empty()).unwrap();
    assert_eq!(vmsplice(&file, &[IoSlice::new(&bytes)]), Err(Errno::BADF), "no pipe");
}

#[test]
fn a_file_is_named_by_a_handle() {
    let scratch = Scratch::new();
    let path = scratch.at("file");
    std::fs::write(&path, b"found").unwrap();
    let named = name_to_handle_at(CWD, path.as_str());
    if is_missing(&named, "name_to_handle_at") {
        return;
    }
    if named == Err(Errno::OPNOTSUPP) {
        return crate::skip::skipped("the file system has no handles");
    }
    let (handle, _) = named.unwrap();
    assert!(!handle.bytes().is_empty());
    assert_eq!(name_to_handle_at(CWD, path.as_str()).unwrap().0, handle);
    std::fs::rename(&path, scratch.at("other")).unwrap();
    let beside = open(scratch.path().to_str().unwrap(), OpenFlags::DIRECTORY, Mode::empty()).unwrap();
    match open_by_handle_at(&beside, &handle, OpenFlags::READ) {
        Ok(file) => {
            let mut buffer = [0; 8];
            assert_eq!(read(&file, &mut buffer), Ok(5));
        }
        // Root of a container has not the privilege either.
        Err(errno) => assert!(geteuid() != 0 || errno == Errno::PERM, "{errno}"),
    }
    assert_eq!(name_to_handle_at(CWD, path.as_str()).err(), Some(Errno::NOENT));
}

#[test]
fn a_file_has_more_than_a_mode() {
    let scratch = Scratch::new();
    let path = scratch.at("file");
    std::fs::write(&path, b"").unwrap();
    let found = file_getattr(CWD, path.as_str());
    if is_missing(&found, "file_getattr") {
        return;
    }
    match found {
        Err(Errno::OPNOTSUPP) => crate::skip::skipped("the file system keeps no attributes of its own"),
        found => {
            let before = found.unwrap();
            // FS_XFLAG_NODUMP.
            let new = linux::fs::FileAttributes { flags: before.flags | 0x80, ..before };
            file_setattr(CWD, path.as_str(), &new).unwrap();
            assert_eq!(file_getattr(CWD, path.as_str()).unwrap().flags & 0x80, 0x80);
        }
    }
}
