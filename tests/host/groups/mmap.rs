//! Memory that is mapped: mmap(2) and its relatives.

use std::ptr::null_mut;

use linux::Errno;
use linux::fd::OwnedFd;
use linux::fs::pwrite;
use linux::mem::{self, Advice, KeepFlags, MapFlags, Protection, Reach, mmap_anonymous, munmap};

use crate::scratch::Scratch;
use crate::support::{file, have};

const BOTH: Protection = Protection::READ.union(Protection::WRITE);

/// The size of a page, as the kernel told it to this process.
fn page() -> usize {
    let auxv = std::fs::read("/proc/self/auxv").unwrap();
    let found = formats::proc::pid::auxv::parse(&auxv).find(|entry| entry.kind == 6).unwrap();
    found.value as usize
}

fn getpagesize() {
    let page = page();
    assert!(page >= 4096 && page.is_power_of_two());
}

fn mmap_fail() {
    // SAFETY: it fails: no page begins there.
    let mapped = unsafe {
        mmap_anonymous(null_mut::<u8>().wrapping_add(1), 4096, BOTH, MapFlags::PRIVATE | MapFlags::FIXED)
    };
    assert_eq!(mapped, Err(Errno::INVAL));
}

/// Maps a page, does this with it, and gives it back.
fn with_page(work: impl FnOnce(*mut u8, usize)) {
    let page = page();
    // SAFETY: the kernel chooses the address.
    let place = unsafe { mmap_anonymous(null_mut(), page, BOTH, MapFlags::PRIVATE) }.unwrap();
    work(place, page);
    // SAFETY: nothing points there any more.
    unsafe { munmap(place, page) }.unwrap();
}

fn mmap_anon() {
    with_page(|place, page| {
        // SAFETY: the page is mapped, for both.
        unsafe { place.wrapping_add(page - 1).write(7) };
        // SAFETY: as above.
        let first = unsafe { place.read() };
        // SAFETY: as above.
        assert_eq!((first, unsafe { place.wrapping_add(page - 1).read() }), (0, 7));
    });
}

/// Maps a page of a file at an offset, and gives its first byte.
fn first(file: &OwnedFd, offset: usize) -> u8 {
    let page = page();
    // SAFETY: the kernel chooses the address.
    let place =
        unsafe { mem::mmap(null_mut(), page, Protection::READ, MapFlags::SHARED, file, offset as u64) }
            .unwrap();
    // SAFETY: it is mapped, and the file is as long.
    let byte = unsafe { place.read() };
    // SAFETY: nothing points there any more.
    unsafe { munmap(place, page) }.unwrap();
    byte
}

fn mmap_file() {
    let scratch = Scratch::new();
    let file = file(&scratch.at("file"));
    pwrite(&file, b"x", 0).unwrap();
    assert_eq!(first(&file, 0), b'x');
}

fn mmap_page_offset() {
    let scratch = Scratch::new();
    let file = file(&scratch.at("file"));
    pwrite(&file, b"a", 0).unwrap();
    pwrite(&file, b"b", page() as u64).unwrap();
    assert_eq!((first(&file, 0), first(&file, page())), (b'a', b'b'));
    // Behind what 32 bits hold, also where a call has only those.
    pwrite(&file, b"c", 1 << 33).unwrap();
    if size_of::<usize>() == 8 {
        assert_eq!(first(&file, 1_usize.wrapping_shl(33)), b'c');
    }
}

fn msync() {
    let scratch = Scratch::new();
    let file = file(&scratch.at("file"));
    let page = page();
    linux::fs::ftruncate(&file, page as u64).unwrap();
    // SAFETY: the kernel chooses the address.
    let place = unsafe { mem::mmap(null_mut(), page, BOTH, MapFlags::SHARED, &file, 0) }.unwrap();
    // SAFETY: it is mapped, for both, and the file is as long.
    unsafe { place.write(9) };
    mem::msync(place, page, Reach::Now).unwrap();
    let mut byte = [0];
    assert_eq!((linux::fs::pread(&file, &mut byte, 0), byte), (Ok(1), [9]));
    // SAFETY: nothing points there any more.
    unsafe { munmap(place, page) }.unwrap();
}

fn madvise() {
    // SAFETY: this advice changes nothing that is seen.
    with_page(|place, page| unsafe { mem::madvise(place, page, Advice::SEQUENTIAL) }.unwrap());
    with_page(|place, page| {
        // SAFETY: the page is mapped, for both.
        unsafe { place.write(1) };
        // SAFETY: what it held is not needed.
        unsafe { mem::madvise(place, page, Advice::DONT_NEED) }.unwrap();
        // SAFETY: the page is mapped still.
        assert_eq!(unsafe { place.read() }, 0);
    });
}

const LIMITS: [Errno; 2] = [Errno::PERM, Errno::NOMEM];

fn mlock() {
    with_page(|place, page| {
        have(mem::mlock(place, page, false), &LIMITS, "memory may not be locked here");
        mem::munlock(place, page).unwrap();
    });
}

fn mlockall() {
    have(mem::mlockall(KeepFlags::CURRENT), &LIMITS, "memory may not be locked here");
    mem::munlockall().unwrap();
}

tests![getpagesize, mmap_fail, mmap_anon, mmap_file, mmap_page_offset, msync, madvise, mlock, mlockall];
