//! Descriptors: what closes them, what copies them, and their flags.

use crate::child::{check, in_child, ok};
use linux::Errno;
use linux::fd::{AsFd, BorrowedFd, OwnedFd};
use linux::fs::{
    DescriptorFlags, MemoryFileFlags, Mode, OpenFlags, PipeFlags, Seals, add_seals, close_range,
    descriptor_flags, dup, dup_at_least, dup_over, ftruncate, memfd_create, open, pipe, read, seals,
    set_descriptor_flags, set_status_flags, status_flags, write,
};

/// Asks by number, as only a test may, whether a descriptor is open.
fn is_open(number: i32) -> bool {
    // SAFETY: the kernel only looks it up.
    descriptor_flags(unsafe { BorrowedFd::from_raw(number) }).is_ok()
}

#[test]
fn an_owned_descriptor_is_closed_once() {
    in_child(|| {
        let (reader, writer) = ok!(pipe(PipeFlags::empty()));
        let (reading, writing) = (reader.as_raw(), writer.as_raw());
        check!(is_open(reading) && is_open(writing));
        drop(reader);
        check!(!is_open(reading) && is_open(writing));
        ok!(writer.close());
        check!(!is_open(writing));
        // SAFETY: nothing is open under this number.
        let closed = unsafe { OwnedFd::from_raw(writing) };
        check!(closed.close() == Err(Errno::BADF));
        Ok(())
    });
}

#[test]
fn a_copy_reads_the_same_file() {
    let (reader, writer) = pipe(PipeFlags::CLOSE_ON_EXEC).unwrap();
    let copy = dup(&reader).unwrap();
    drop(reader);
    write(&writer, b"x").unwrap();
    assert_eq!(read(&copy, &mut [0; 4]), Ok(1));
    assert_eq!(descriptor_flags(&copy), Ok(DescriptorFlags::CLOSE_ON_EXEC));
    let high = dup_at_least(&copy, 200).unwrap();
    assert!(high.as_raw() >= 200);
    assert_eq!(dup_at_least(&copy, i32::MAX).map(drop), Err(Errno::INVAL));
}

#[test]
fn a_copy_takes_the_place_of_another() {
    in_child(|| {
        let (reader, writer) = ok!(pipe(PipeFlags::empty()));
        // SAFETY: nobody in this child has 77, nor needs it.
        ok!(unsafe { dup_over(&writer, 77, DescriptorFlags::empty()) });
        // SAFETY: it was just opened, and is closed by this child's end.
        let copy = unsafe { BorrowedFd::from_raw(77) };
        check!(ok!(descriptor_flags(copy)) == DescriptorFlags::empty());
        ok!(write(copy, b"y"));
        check!(read(&reader, &mut [0; 4]) == Ok(1));
        // SAFETY: a descriptor over itself changes its flags only.
        ok!(unsafe { dup_over(copy, 77, DescriptorFlags::CLOSE_ON_EXEC) });
        check!(ok!(descriptor_flags(copy)) == DescriptorFlags::CLOSE_ON_EXEC);
        Ok(())
    });
}

#[test]
fn a_range_is_closed() {
    in_child(|| {
        let (reader, writer) = ok!(pipe(PipeFlags::empty()));
        for number in 300..305 {
            // SAFETY: nobody in this child has these numbers.
            ok!(unsafe { dup_over(&reader, number, DescriptorFlags::empty()) });
        }
        // SAFETY: as above.
        ok!(unsafe { close_range(302, 304, false) });
        check!(is_open(301) && !is_open(302) && !is_open(304));
        // SAFETY: marking takes nothing away.
        match unsafe { close_range(300, 301, true) } {
            Ok(()) => {
                // SAFETY: it is open until this child ends.
                let marked = unsafe { BorrowedFd::from_raw(300) };
                check!(ok!(descriptor_flags(marked)) == DescriptorFlags::CLOSE_ON_EXEC);
            }
            Err(errno) => check!(errno == Errno::INVAL),
        }
        // SAFETY: the range is the wrong way round.
        check!(unsafe { close_range(9, 8, false) } == Err(Errno::INVAL));
        drop(writer);
        Ok(())
    });
}

#[test]
fn flags_are_set_and_read() {
    let file = open("/dev/null", OpenFlags::READ_WRITE | OpenFlags::APPEND, Mode::empty()).unwrap();
    assert_eq!(descriptor_flags(&file), Ok(DescriptorFlags::empty()));
    set_descriptor_flags(&file, DescriptorFlags::CLOSE_ON_EXEC).unwrap();
    assert_eq!(descriptor_flags(&file), Ok(DescriptorFlags::CLOSE_ON_EXEC));
    let flags = status_flags(&file).unwrap();
    assert!(flags.contains(OpenFlags::READ_WRITE | OpenFlags::APPEND));
    assert!(!flags.contains(OpenFlags::NONBLOCK));
    set_status_flags(&file, flags | OpenFlags::NONBLOCK).unwrap();
    assert!(status_flags(file.as_fd()).unwrap().contains(OpenFlags::NONBLOCK));
}

#[test]
fn a_sealed_file_keeps_its_promise() {
    let flags = MemoryFileFlags::CLOSE_ON_EXEC | MemoryFileFlags::ALLOW_SEALING;
    let file = memfd_create("spelunk", flags).unwrap();
    ftruncate(&file, 4096).unwrap();
    assert_eq!(seals(&file), Ok(Seals::empty()));
    add_seals(&file, Seals::SHRINK | Seals::GROW).unwrap();
    assert_eq!(ftruncate(&file, 0), Err(Errno::PERM));
    assert_eq!(ftruncate(&file, 8192), Err(Errno::PERM));
    assert_eq!(write(&file, b"still writable"), Ok(14));
    add_seals(&file, Seals::WRITE | Seals::SEAL).unwrap();
    assert_eq!(write(&file, b"x"), Err(Errno::PERM));
    assert_eq!(add_seals(&file, Seals::GROW), Err(Errno::PERM));
    let unsealable = memfd_create("x", MemoryFileFlags::CLOSE_ON_EXEC).unwrap();
    assert_eq!(seals(&unsealable), Ok(Seals::SEAL));
    assert_eq!(memfd_create([b'x'; 250].as_slice(), flags).map(drop), Err(Errno::INVAL));
    let (reader, _writer) = pipe(PipeFlags::CLOSE_ON_EXEC).unwrap();
    assert_eq!(seals(&reader), Err(Errno::INVAL));
}
