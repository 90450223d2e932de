//! Mapping memory, and sharing a file in memory.

use crate::child::{check, in_child, ok};
use crate::emulator::lacks;
use linux::Errno;
use linux::fs::{
    MemoryFileFlags, Mode, OpenFlags, Seals, add_seals, ftruncate, memfd_create, open, pread, pwrite, read,
};
use linux::mem::{
    Advice, FaultFlags, Faults, KeepFlags, MapFlags, Protection, Reach, RemapFlags, SharedMapping, SwapFlags,
    madvise, mlock, mlockall, mmap, mmap_anonymous, mprotect, mremap, mseal, msync, munlock, munlockall,
    munmap, publish_code, swapoff, swapon,
};
use linux::process::{Ended, Fork, WaitFlags, WaitFor, exit_group, fork, waitid};
use linux::signal::Signal;
use std::ptr;

const FLAGS: MemoryFileFlags = MemoryFileFlags::CLOSE_ON_EXEC.union(MemoryFileFlags::ALLOW_SEALING);

#[test]
fn two_mappings_see_each_other() {
    let file = memfd_create("state", FLAGS).unwrap();
    ftruncate(&file, 10_000).unwrap();
    add_seals(&file, Seals::SHRINK).unwrap();
    let (one, two) = (SharedMapping::new(&file).unwrap(), SharedMapping::new(&file).unwrap());
    assert_eq!(one.len(), 10_000);
    one.write(9_995, b"lease").unwrap();
    let mut buffer = [0; 5];
    two.read(9_995, &mut buffer).unwrap();
    assert_eq!(&buffer, b"lease");
    assert_eq!(pread(&file, &mut buffer, 9_995), Ok(5));
    pwrite(&file, b"LEASE", 0).unwrap();
    one.read(0, &mut buffer).unwrap();
    assert_eq!(&buffer, b"LEASE");
}

#[test]
fn a_range_outside_is_refused_and_nothing_copied() {
    let file = memfd_create("state", FLAGS).unwrap();
    ftruncate(&file, 100).unwrap();
    add_seals(&file, Seals::SHRINK).unwrap();
    let map = SharedMapping::new(&file).unwrap();
    assert_eq!(map.write(98, b"abc"), Err(Errno::FAULT));
    assert_eq!(map.write(usize::MAX, b"abc"), Err(Errno::FAULT));
    assert_eq!(map.read(101, &mut []), Err(Errno::FAULT));
    let mut all = [1; 100];
    map.read(0, &mut all).unwrap();
    assert_eq!(all, [0; 100]);
}

#[test]
fn what_could_fault_is_not_mapped() {
    let file = memfd_create("state", FLAGS).unwrap();
    ftruncate(&file, 100).unwrap();
    assert_eq!(SharedMapping::new(&file).map(drop), Err(Errno::PERM));
    let empty = memfd_create("state", FLAGS).unwrap();
    add_seals(&empty, Seals::SHRINK).unwrap();
    assert_eq!(SharedMapping::new(&empty).map(drop), Err(Errno::INVAL));
    let null = open("/dev/null", OpenFlags::READ_WRITE, Mode::empty()).unwrap();
    assert_eq!(SharedMapping::new(&null).map(drop), Err(Errno::INVAL));
    add_seals(&file, Seals::SHRINK | Seals::WRITE).unwrap();
    assert_eq!(SharedMapping::new(&file).map(drop), Err(Errno::PERM));
}

#[test]
fn memory_is_mapped_protected_moved_and_given_back() {
    let (private, both) = (MapFlags::PRIVATE, Protection::READ | Protection::WRITE);
    // SAFETY: the kernel chooses the address.
    let map = unsafe { mmap_anonymous(ptr::null_mut(), 8192, both, private) }.unwrap();
    // SAFETY: the page is there and nobody else's.
    unsafe { map.write(7) };
    // SAFETY: nothing refers to the mapping.
    let map = unsafe { mremap(map, 8192, 1 << 20, RemapFlags::MAY_MOVE) }.unwrap();
    // SAFETY: the page has moved with what is in it.
    assert_eq!(unsafe { map.read() }, 7);
    // SAFETY: nobody relies on what is in it.
    unsafe { madvise(map, 1 << 20, Advice::DONT_NEED) }.unwrap();
    // SAFETY: the page is there, and zero again.
    assert_eq!(unsafe { map.read() }, 0);
    // SAFETY: nothing writes to it.
    unsafe { mprotect(map, 1 << 20, Protection::READ) }.unwrap();
    // SAFETY: the last use of the mapping.
    unsafe { munmap(map, 1 << 20) }.unwrap();
    if size_of::<usize>() == 8 || !lacks("mprotect of what is not mapped") {
        // SAFETY: nothing is there any more.
        assert_eq!(unsafe { mprotect(map, 4096, Protection::READ) }, Err(Errno::NOMEM));
    }
    // SAFETY: an address that is no page's is refused.
    assert_eq!(unsafe { munmap(map.wrapping_add(1), 4096) }, Err(Errno::INVAL));
    // SAFETY: a length of zero is refused.
    assert_eq!(unsafe { mmap_anonymous(ptr::null_mut(), 0, both, private) }, Err(Errno::INVAL));
}

#[test]
fn a_child_writes_into_the_parent_s_mapping() {
    in_child(|| {
        let file = ok!(memfd_create("state", FLAGS));
        ok!(ftruncate(&file, 64));
        ok!(add_seals(&file, Seals::SHRINK));
        let map = ok!(SharedMapping::new(&file));
        // SAFETY: the child makes system calls only.
        let Fork::Parent(pid) = ok!(unsafe { fork() }) else {
            let _ = map.write(0, b"from the child");
            exit_group(3);
        };
        let end = ok!(waitid(WaitFor::Process(pid), WaitFlags::EXITED));
        check!(end.is_some_and(|child| child.ended == Ended::Exited(3) && child.pid == pid));
        let mut buffer = [0; 14];
        ok!(map.read(0, &mut buffer));
        check!(&buffer == b"from the child");
        Ok(())
    });
}

#[test]
fn a_page_without_leave_kills() {
    in_child(|| {
        // SAFETY: the child makes system calls, and one access that is meant to kill it.
        let Fork::Parent(pid) = ok!(unsafe { fork() }) else {
            let _ = linux::process::set_dumpable(false);
            // SAFETY: the kernel chooses the address.
            let map =
                unsafe { mmap_anonymous(ptr::null_mut(), 4096, Protection::empty(), MapFlags::PRIVATE) };
            // SAFETY: not sound: the fault is what is tested.
            let byte = map.map(|map| unsafe { map.read_volatile() });
            exit_group(byte.map_or(1, i32::from));
        };
        let end = ok!(waitid(WaitFor::Process(pid), WaitFlags::EXITED));
        check!(end.is_some_and(|child| child.ended == Ended::Killed(Signal::SEGV)));
        Ok(())
    });
}

extern "C" fn seven() -> u32 {
    7
}

extern "C" fn nine() -> u32 {
    9
}

#[test]
fn code_that_was_written_is_run() {
    /// More than either function takes; what follows them is code as well.
    const SIZE: usize = 64;
    let (private, writable) = (MapFlags::PRIVATE, Protection::READ | Protection::WRITE);
    // SAFETY: the kernel chooses the address.
    let page = unsafe { mmap_anonymous(ptr::null_mut(), 4096, writable, private) }.unwrap();
    for (function, expected) in [(seven as extern "C" fn() -> u32, 7), (nine, 9)] {
        // SAFETY: nothing is in use there.
        unsafe { mprotect(page, 4096, writable) }.unwrap();
        // SAFETY: the function's code is readable, and the page is ours.
        unsafe { ptr::copy_nonoverlapping(function as *const u8, page, SIZE) };
        // SAFETY: nothing writes there any more.
        unsafe { mprotect(page, 4096, Protection::READ | Protection::EXECUTE) }.unwrap();
        // SAFETY: the page is there.
        unsafe { publish_code(page, SIZE) }.unwrap();
        // SAFETY: the bytes are those of a function of this shape, which calls none and has no data.
        let copy = unsafe { std::mem::transmute::<*mut u8, extern "C" fn() -> u32>(page) };
        assert_eq!(std::hint::black_box(copy)(), expected);
    }
    // SAFETY: the last use of the page.
    unsafe { munmap(page, 4096) }.unwrap();
}

#[test]
fn what_is_no_swap_is_neither_taken_nor_given() {
    // Without privileges, or on a kernel without swap, nobody looks at the path.
    let refused = [Err(Errno::NOENT), Err(Errno::PERM), Err(Errno::NOSYS)];
    assert!(refused.contains(&swapoff("/nowhere/swap")));
    assert!(refused.contains(&swapon("/nowhere/swap", Some(7), SwapFlags::DISCARD_ONCE)));
}

/// Maps pages of zeros.
fn pages(count: usize) -> *mut u8 {
    let (private, both) = (MapFlags::PRIVATE, Protection::READ | Protection::WRITE);
    // SAFETY: the kernel chooses the address.
    unsafe { mmap_anonymous(ptr::null_mut(), count * 4096, both, private) }.unwrap()
}

#[test]
fn pages_are_kept_in_memory() {
    let kept = || {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmLck:")).unwrap().to_owned();
        line.trim().trim_end_matches(" kB").parse::<usize>().unwrap()
    };
    let map = pages(2);
    // Where nothing may be kept, the limit says so.
    match mlock(map, 8192, false) {
        Err(Errno::NOMEM | Errno::PERM) => return,
        answer => assert_eq!(answer, Ok(())),
    }
    assert!(kept() >= 8 || lacks("VmLck of /proc/self/status"));
    munlock(map, 8192).unwrap();
    assert!([Ok(()), Err(Errno::NOSYS)].contains(&mlock(map, 8192, true)));
    // SAFETY: the last use of the pages.
    unsafe { munmap(map, 8192) }.unwrap();
    assert_eq!(mlock(map, 8192, false), Err(Errno::NOMEM));
    in_child(|| {
        check!(mlockall(KeepFlags::empty()) == Err(Errno::INVAL));
        check!([Ok(()), Err(Errno::NOMEM), Err(Errno::PERM)].contains(&mlockall(KeepFlags::CURRENT)));
        ok!(munlockall());
        Ok(())
    });
}

#[test]
fn pages_reach_their_file() {
    let file = memfd_create("state", FLAGS).unwrap();
    ftruncate(&file, 4096).unwrap();
    let both = Protection::READ | Protection::WRITE;
    // SAFETY: the kernel chooses the address.
    let map = unsafe { mmap(ptr::null_mut(), 4096, both, MapFlags::SHARED, &file, 0) }.unwrap();
    // SAFETY: the page is there and nobody else's.
    unsafe { map.write(b'x') };
    msync(map, 4096, Reach::Now).unwrap();
    msync(map, 4096, Reach::InTime).unwrap();
    assert_eq!(msync(map.wrapping_add(1), 4096, Reach::Now), Err(Errno::INVAL));
    assert_eq!(read(&file, &mut [0]), Ok(1));
    // SAFETY: the last use of the page.
    unsafe { munmap(map, 4096) }.unwrap();
    assert!(msync(map, 4096, Reach::Now) == Err(Errno::NOMEM) || lacks("msync of what is not mapped"));
}

#[test]
fn a_sealed_mapping_stays() {
    let map = pages(1);
    match mseal(map, 4096) {
        // 32 bits, or before Linux 6.10.
        Err(Errno::NOSYS | Errno::PERM) => return,
        answer => assert_eq!(answer, Ok(())),
    }
    // SAFETY: nothing uses the page.
    assert_eq!(unsafe { munmap(map, 4096) }, Err(Errno::PERM));
    // SAFETY: as above.
    assert_eq!(unsafe { mprotect(map, 4096, Protection::READ) }, Err(Errno::PERM));
    // SAFETY: it is there for good.
    unsafe { map.write(7) };
}

#[cfg(target_pointer_width = "64")]
#[test]
fn what_is_secret_is_seen_by_its_mappings_alone() {
    let file = match linux::fs::memfd_secret() {
        Err(Errno::NOSYS) => return,
        file => file.unwrap(),
    };
    ftruncate(&file, 4096).unwrap();
    let both = Protection::READ | Protection::WRITE;
    // SAFETY: the kernel chooses the address.
    let map = unsafe { mmap(ptr::null_mut(), 4096, both, MapFlags::SHARED, &file, 0) };
    // The limit of locked memory holds for it.
    let Ok(map) = map else {
        assert!([Err(Errno::AGAIN), Err(Errno::NOMEM)].contains(&map));
        return;
    };
    // SAFETY: the page is there and nobody else's.
    unsafe { map.write(7) };
    assert_eq!(read(&file, &mut [0]), Err(Errno::INVAL), "only mappings show it");
    // Nor does whoever goes by the kernel's own view of memory, as debuggers do.
    let all = open("/proc/self/mem", OpenFlags::READ, Mode::empty()).unwrap();
    let byte = [9];
    assert_eq!(pread(&all, &mut [0], byte.as_ptr().expose_provenance() as u64), Ok(1));
    assert_eq!(pread(&all, &mut [0], map.expose_provenance() as u64), Err(Errno::IO));
    // SAFETY: the last use of the page.
    unsafe { munmap(map, 4096) }.unwrap();
}

#[test]
fn a_page_comes_when_it_is_touched() {
    let flags = FaultFlags::CLOSE_ON_EXEC | FaultFlags::USER_MODE_ONLY;
    let faults = match Faults::new(flags) {
        // Built without, or before Linux 5.11, or a sandbox.
        Err(Errno::NOSYS | Errno::INVAL | Errno::PERM) => {
            crate::skip::skipped("this kernel or emulator lacks userfaultfd for everybody");
            return;
        }
        faults => faults.unwrap(),
    };
    let map = pages(2);
    // SAFETY: what is read there is what is put there, and the other thread alone touches it.
    unsafe { faults.register(map, 8192) }.unwrap();
    let touched = map.expose_provenance();
    std::thread::scope(|scope| {
        let reader = scope.spawn(move || {
            let map = ptr::with_exposed_provenance_mut::<u8>(touched);
            // SAFETY: the page is there, or comes.
            let first = unsafe { map.wrapping_add(100).read_volatile() };
            // SAFETY: as above.
            unsafe { map.wrapping_add(4096).write_volatile(first + 1) };
            // SAFETY: as above.
            (first, unsafe { map.wrapping_add(4097).read_volatile() })
        });
        let fault = faults.next().unwrap().unwrap();
        assert_eq!((fault.address & !4095, fault.write), (touched, false));
        // SAFETY: the page lies in the range.
        assert_eq!(unsafe { faults.fill(map, &[7; 4096]) }, Ok(4096));
        let fault = faults.next().unwrap().unwrap();
        assert_eq!((fault.address & !4095, fault.write), (touched + 4096, true));
        // SAFETY: as above.
        assert_eq!(unsafe { faults.fill(map, &[8; 4096]) }, Err(Errno::EXIST), "there is a page");
        // SAFETY: as above.
        assert_eq!(unsafe { faults.fill_with_zeros(map.wrapping_add(4096), 4096) }, Ok(4096));
        assert_eq!(reader.join().unwrap(), (7, 0));
    });
    // SAFETY: the last use of the pages.
    unsafe { munmap(map, 8192) }.unwrap();
}
