//! Opening, reading, writing, positions and lengths.

use crate::scratch::Scratch;
use linux::Errno;
use linux::fd::{AsFd, BorrowedFd};
use linux::fs::{
    Allocate, From, IoSlice, IoSliceMut, Lock, Mode, OpenFlags, PipeFlags, SetTime, Timestamp, allocate,
    chmod_itself, fallocate, fdatasync, flock, fstat, fsync, ftruncate, inode_flags, lseek, open, openat,
    pipe, pread, pwrite, read, read_full, readv, sendfile, set_inode_flags, set_open_times, share_room, sync,
    syncfs, tee, write, write_all, writev,
};

const NEW: OpenFlags = OpenFlags::READ_WRITE.union(OpenFlags::CREATE).union(OpenFlags::CLOSE_ON_EXEC);

#[test]
fn bytes_written_are_read_again() {
    let scratch = Scratch::new();
    let path = scratch.at("file");
    let file = open(path.as_str(), NEW | OpenFlags::EXCLUSIVE, Mode::octal(0o640)).unwrap();
    assert_eq!(write(&file, b"spelunk"), Ok(7));
    assert_eq!(lseek(&file, From::Start(0)), Ok(0));
    let mut buffer = [0; 16];
    assert_eq!(read(&file, &mut buffer), Ok(7));
    assert_eq!(&buffer[..7], b"spelunk");
    assert_eq!(read(&file, &mut buffer), Ok(0));
    assert_eq!(std::fs::read(&path).unwrap(), b"spelunk");
    assert_eq!(fstat(&file).unwrap().permissions(), Mode::octal(0o640 & !umask_of_the_test()));
}

/// The C library's umask cannot be read without setting it, but the kernel shows it.
fn umask_of_the_test() -> u32 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("Umask:")).unwrap();
    u32::from_str_radix(line.trim(), 8).unwrap()
}

#[test]
fn positioned_calls_leave_the_position() {
    let scratch = Scratch::new();
    let file = open(scratch.at("file").as_str(), NEW, Mode::octal(0o600)).unwrap();
    assert_eq!(pwrite(&file, b"end", 5_000_000_000), Ok(3));
    assert_eq!(lseek(&file, From::Current(0)), Ok(0));
    let mut buffer = [0xee; 8];
    assert_eq!(pread(&file, &mut buffer, 4_999_999_998), Ok(5));
    assert_eq!(&buffer[..5], b"\0\0end");
    assert_eq!(lseek(&file, From::End(-1)), Ok(5_000_000_002));
    assert_eq!(lseek(&file, From::Current(-5_000_000_003)), Err(Errno::INVAL));
    assert_eq!(lseek(&file, From::Hole(0)), Ok(0));
}

#[test]
fn vectors_are_filled_in_turn() {
    let (reader, writer) = pipe(PipeFlags::CLOSE_ON_EXEC).unwrap();
    assert_eq!(writev(&writer, &[IoSlice::new(b"ab"), IoSlice::new(b""), IoSlice::new(b"cde")]), Ok(5));
    let (mut first, mut second) = ([0; 3], [0; 4]);
    let count = readv(&reader, &mut [IoSliceMut::new(&mut first), IoSliceMut::new(&mut second)]);
    assert_eq!((count, &first, &second), (Ok(5), b"abc", b"de\0\0"));
    assert_eq!(writev(&writer, &[IoSlice::new(b"x"); 1025]), Err(Errno::INVAL));
}

#[test]
fn a_read_gives_what_there_is_and_then_the_end() {
    let (reader, writer) = pipe(PipeFlags::CLOSE_ON_EXEC).unwrap();
    write_all(&writer, b"abc").unwrap();
    let mut buffer = [0; 8];
    assert_eq!(read(&reader, &mut buffer[..2]), Ok(2));
    assert_eq!(read(&reader, &mut buffer), Ok(1));
    write_all(&writer, b"xyz").unwrap();
    drop(writer);
    assert_eq!(read_full(&reader, &mut buffer), Ok(3));
    assert_eq!(read_full(&reader, &mut buffer), Ok(0));
}

#[test]
fn long_writes_go_on_where_the_reader_makes_room() {
    let (reader, writer) = pipe(PipeFlags::CLOSE_ON_EXEC).unwrap();
    let bytes: Vec<u8> = (0..300_000_u32).map(|number| number as u8).collect();
    std::thread::scope(|scope| {
        scope.spawn(|| write_all(&writer, &bytes).unwrap());
        let mut received = vec![0; bytes.len()];
        assert_eq!(read_full(&reader, &mut received), Ok(bytes.len()));
        assert!(received == bytes);
    });
}

#[test]
fn a_pipe_without_reader_is_broken() {
    // Rust's test programs ignore SIGPIPE.
    let (reader, writer) = pipe(PipeFlags::CLOSE_ON_EXEC).unwrap();
    drop(reader);
    assert_eq!(write(&writer, b"x"), Err(Errno::PIPE));
    assert_eq!(write_all(&writer, b"x"), Err(Errno::PIPE));
}

#[test]
fn an_empty_nonblocking_pipe_says_again() {
    let (reader, _writer) = pipe(PipeFlags::CLOSE_ON_EXEC | PipeFlags::NONBLOCK).unwrap();
    assert_eq!(read(&reader, &mut [0; 1]), Err(Errno::AGAIN));
    assert_eq!(read(&reader, &mut []), Ok(0));
}

#[test]
fn a_number_that_is_not_open_is_refused() {
    // SAFETY: no process of ours opens so many files.
    let closed = unsafe { BorrowedFd::from_raw(i32::MAX) };
    assert_eq!(read(closed, &mut [0; 1]), Err(Errno::BADF));
    assert_eq!(write(closed, b"x"), Err(Errno::BADF));
    assert_eq!(fstat(closed).map(drop), Err(Errno::BADF));
    assert_eq!(fsync(closed), Err(Errno::BADF));
    assert_eq!(linux::fs::dup(closed).map(drop), Err(Errno::BADF));
}

#[test]
fn opening_fails_for_the_reason_that_holds() {
    let scratch = Scratch::new();
    let read = OpenFlags::READ | OpenFlags::CLOSE_ON_EXEC;
    let none = Mode::empty();
    assert_eq!(open(scratch.at("none").as_str(), read, none).map(drop), Err(Errno::NOENT));
    assert_eq!(open("", read, none).map(drop), Err(Errno::NOENT));
    assert_eq!(open(scratch.at("").as_str(), OpenFlags::WRITE, none).map(drop), Err(Errno::ISDIR));
    std::fs::write(scratch.at("file"), b"x").unwrap();
    assert_eq!(open(scratch.at("file/x").as_str(), read, none).map(drop), Err(Errno::NOTDIR));
    let exclusive = NEW | OpenFlags::EXCLUSIVE;
    assert_eq!(open(scratch.at("file").as_str(), exclusive, none).map(drop), Err(Errno::EXIST));
    std::os::unix::fs::symlink("loop", scratch.at("loop")).unwrap();
    assert_eq!(open(scratch.at("loop").as_str(), read, none).map(drop), Err(Errno::LOOP));
    let long = "x".repeat(256);
    assert_eq!(open(scratch.at(&long).as_str(), read, none).map(drop), Err(Errno::NAMETOOLONG));
    let longer = "x/".repeat(4096);
    assert_eq!(open(longer.as_str(), read, none).map(drop), Err(Errno::NAMETOOLONG));
}

#[test]
fn a_path_is_taken_from_a_directory() {
    let scratch = Scratch::new();
    let directory =
        open(scratch.at("").as_str(), OpenFlags::PATH | OpenFlags::DIRECTORY, Mode::empty()).unwrap();
    let file = openat(&directory, "file", NEW, Mode::octal(0o600)).unwrap();
    write_all(&file, b"here").unwrap();
    assert_eq!(std::fs::read(scratch.at("file")).unwrap(), b"here");
    assert_eq!(openat(&file, "x", OpenFlags::READ, Mode::empty()).map(drop), Err(Errno::NOTDIR));
}

#[test]
fn lengths_are_set_and_room_is_reserved() {
    let scratch = Scratch::new();
    let file = open(scratch.at("file").as_str(), NEW, Mode::octal(0o600)).unwrap();
    ftruncate(&file, 1 << 33).unwrap();
    assert_eq!(fstat(&file).unwrap().size(), 1 << 33);
    ftruncate(&file, 0).unwrap();
    match allocate(&file, 0, 100_000) {
        Ok(()) => assert_eq!(fstat(&file).unwrap().size(), 100_000),
        Err(errno) => assert_eq!(errno, Errno::OPNOTSUPP),
    }
    assert_eq!(ftruncate(&file, u64::MAX), Err(Errno::INVAL));
}

#[test]
fn a_file_is_copied_in_the_kernel() {
    let scratch = Scratch::new();
    std::fs::write(scratch.at("from"), b"content").unwrap();
    let from = open(scratch.at("from").as_str(), OpenFlags::READ, Mode::empty()).unwrap();
    let to = open(scratch.at("to").as_str(), NEW, Mode::octal(0o600)).unwrap();
    assert_eq!(sendfile(&to, &from, 100), Ok(7));
    assert_eq!(sendfile(&to, &from, 100), Ok(0));
    assert_eq!(std::fs::read(scratch.at("to")).unwrap(), b"content");
}

#[test]
fn files_reach_the_device() {
    let scratch = Scratch::new();
    let file = open(scratch.at("file").as_str(), NEW, Mode::octal(0o600)).unwrap();
    write_all(&file, b"x").unwrap();
    fsync(&file).unwrap();
    fdatasync(&file).unwrap();
    syncfs(&file).unwrap();
    sync();
    let (reader, _writer) = pipe(PipeFlags::CLOSE_ON_EXEC).unwrap();
    assert_eq!(fsync(&reader), Err(Errno::INVAL));
}

#[test]
fn a_lock_keeps_others_out() {
    let scratch = Scratch::new();
    let path = scratch.at("file");
    let first = open(path.as_str(), NEW, Mode::octal(0o600)).unwrap();
    let second = open(path.as_str(), NEW, Mode::octal(0o600)).unwrap();
    flock(&first, Lock::Exclusive, true).unwrap();
    assert_eq!(flock(&second, Lock::Shared, false), Err(Errno::AGAIN));
    flock(&first, Lock::Unlock, true).unwrap();
    flock(&second, Lock::Shared, false).unwrap();
    flock(first.as_fd(), Lock::Shared, false).unwrap();
}

#[test]
fn parts_of_files_are_given_back_and_rooms_shared() {
    let scratch = Scratch::new();
    let file = open(scratch.at("file").as_str(), NEW, Mode::octal(0o600)).unwrap();
    write_all(&file, &[1; 8192]).unwrap();
    let mut byte = [9];
    match fallocate(&file, Allocate::PUNCH_HOLE | Allocate::KEEP_SIZE, 0, 4096) {
        Ok(()) => {
            assert_eq!((pread(&file, &mut byte, 0), byte), (Ok(1), [0]));
            assert_eq!((pread(&file, &mut byte, 4096), byte), (Ok(1), [1]));
        }
        Err(errno) => assert!(matches!(errno, Errno::OPNOTSUPP | Errno::NOSYS), "{errno}"),
    }
    assert_eq!(fstat(&file).unwrap().size(), 8192);
    let other = open(scratch.at("other").as_str(), NEW, Mode::octal(0o600)).unwrap();
    match share_room(&other, &file) {
        Ok(()) => assert_eq!(fstat(&other).unwrap().size(), 8192),
        Err(errno) => {
            let refused = [Errno::OPNOTSUPP, Errno::NOTTY, Errno::INVAL, Errno::NOSYS, Errno::XDEV];
            assert!(refused.contains(&errno), "{errno}");
        }
    }
}

#[test]
fn times_flags_and_permissions_of_what_is_open_or_named() {
    let scratch = Scratch::new();
    let path = scratch.at("file");
    let file = open(path.as_str(), NEW, Mode::octal(0o600)).unwrap();
    let time = Timestamp { seconds: 1_000_000_000, nanoseconds: 5 };
    set_open_times(&file, SetTime::Keep, SetTime::At(time)).unwrap();
    assert_eq!(fstat(&file).unwrap().modified(), time);
    match inode_flags(&file) {
        // What it has, it may have.
        Ok(flags) => {
            assert!(matches!(set_inode_flags(&file, flags), Ok(()) | Err(Errno::OPNOTSUPP | Errno::PERM)))
        }
        Err(errno) => assert!(matches!(errno, Errno::NOTTY | Errno::OPNOTSUPP | Errno::NOSYS), "{errno}"),
    }
    std::os::unix::fs::symlink(&path, scratch.at("link")).unwrap();
    let folder =
        open(scratch.at("").as_str(), OpenFlags::READ | OpenFlags::DIRECTORY, Mode::empty()).unwrap();
    // Linux 6.6 brought the call; sandboxes that are older refuse what they do not know.
    match chmod_itself(&folder, "file", Mode::octal(0o640)) {
        Ok(()) => {
            assert_eq!(fstat(&file).unwrap().permissions(), Mode::octal(0o640));
            assert_eq!(chmod_itself(&folder, "link", Mode::octal(0o777)), Err(Errno::OPNOTSUPP));
        }
        Err(errno) => assert!(matches!(errno, Errno::NOSYS | Errno::PERM), "{errno}"),
    }
    assert_ne!(fstat(&file).unwrap().permissions(), Mode::octal(0o777));
}

#[test]
fn a_pipe_s_bytes_go_into_another_one_too() {
    let [one, other] = [pipe(PipeFlags::NONBLOCK).unwrap(), pipe(PipeFlags::NONBLOCK).unwrap()];
    write(&one.1, b"twice").unwrap();
    assert_eq!(tee(&one.0, &other.1, 100), Ok(5));
    for reader in [&one.0, &other.0] {
        let mut bytes = [0; 8];
        assert_eq!(read(reader, &mut bytes), Ok(5));
        assert_eq!(&bytes[..5], b"twice");
    }
    assert_eq!(tee(&one.0, &one.1, 1), Err(Errno::INVAL));
}

#[test]
fn a_file_is_copied_without_being_read() {
    let scratch = Scratch::new();
    let (from, to) = (scratch.at("from"), scratch.at("to"));
    std::fs::write(&from, b"copied").unwrap();
    let from = open(from.as_str(), OpenFlags::empty(), Mode::empty()).unwrap();
    linux::fs::readahead(&from, 0, 4096).unwrap();
    let to = open(to.as_str(), OpenFlags::READ_WRITE | OpenFlags::CREATE, Mode::octal(0o600)).unwrap();
    match linux::fs::copy_file_range(&from, &to, 4) {
        Err(Errno::NOSYS) if crate::emulator::lacks("copy_file_range") => return,
        answer => assert_eq!(answer, Ok(4)),
    }
    assert_eq!(linux::fs::copy_file_range(&from, &to, 4096), Ok(2));
    assert_eq!(linux::fs::copy_file_range(&from, &to, 4096), Ok(0), "the end");
    let mut buffer = [0; 8];
    assert_eq!(pread(&to, &mut buffer, 0), Ok(6));
    assert_eq!(&buffer[..6], b"copied");
    let (reader, _writer) = pipe(PipeFlags::CLOSE_ON_EXEC).unwrap();
    assert_eq!(linux::fs::readahead(&reader, 0, 4096), Err(Errno::INVAL), "a pipe is not cached");
}
