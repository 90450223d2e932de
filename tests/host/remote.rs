//! The memory of another process, and groups of pages.

use crate::emulator::{is_missing, lacks};
use linux::Errno;
use linux::fs::{IoSlice, IoSliceMut};
use linux::mem::{
    Advice, MapFlags, Protection, Refused, Remote, mincore, mmap_anonymous, munmap, pkey_alloc, pkey_free,
    pkey_mprotect, process_madvise, process_mrelease, process_vm_readv, process_vm_writev,
};
use linux::process::{Fork, PidfdFlags, WaitFlags, WaitFor, fork, getpid, kill, pidfd_open, waitid};
use linux::signal::Signal;
use std::cell::UnsafeCell;
use std::ptr;
use std::time::Duration;

#[test]
fn memory_of_a_process_is_read_and_written() {
    // Its own, which needs no privilege; volatile, since nobody says that it changes.
    let there = UnsafeCell::new(*b"0123456789");
    let address = there.get() as usize;
    let parts = [Remote { address, length: 2 }, Remote { address: address + 8, length: 2 }];
    let mut here = [0; 4];
    let count = process_vm_readv(getpid(), &mut [IoSliceMut::new(&mut here)], &parts);
    if is_missing(&count, "process_vm_readv") {
        return;
    }
    assert_eq!((count, &here), (Ok(4), b"0189"));
    // SAFETY: the bytes are in a cell, and read by pointer alone.
    assert_eq!(unsafe { process_vm_writev(getpid(), &[IoSlice::new(b"ab")], &parts) }, Ok(2));
    // SAFETY: nobody else has the cell.
    assert_eq!(unsafe { there.get().read_volatile() }, *b"ab23456789");
    let nowhere = [Remote { address: 8, length: 2 }];
    let read = process_vm_readv(getpid(), &mut [IoSliceMut::new(&mut here)], &nowhere);
    assert_eq!(read, Err(Errno::FAULT));
}

#[test]
fn a_process_that_is_killed_gives_its_memory() {
    // SAFETY: the child makes system calls only.
    let Fork::Parent(pid) = (unsafe { fork() }).unwrap() else {
        loop {
            linux::time::sleep(Duration::from_secs(1000));
        }
    };
    let process = pidfd_open(pid, PidfdFlags::empty()).unwrap();
    let alive = process_mrelease(&process);
    let page = Remote { address: getpid as *const () as usize & !0xfff, length: 4096 };
    // SAFETY: no contents change.
    let told = unsafe { process_madvise(&process, &[page], Advice::WILL_NEED) };
    kill(pid, Some(Signal::KILL)).unwrap();
    // It may be gone before it is asked to hurry.
    let released = process_mrelease(&process);
    waitid(WaitFor::Process(pid), WaitFlags::EXITED).unwrap();
    if !is_missing(&alive, "process_mrelease") {
        assert_eq!(alive, Err(Errno::INVAL), "nobody is killing it");
        assert!([Ok(()), Err(Errno::SRCH), Err(Errno::AGAIN)].contains(&released), "{released:?}");
    }
    if !is_missing(&told, "process_madvise") {
        // Before Linux 6.13 only some advice was taken from other processes; PERM: it is not to be traced.
        assert!([Ok(4096), Err(Errno::INVAL), Err(Errno::PERM)].contains(&told), "{told:?}");
    }
}

#[test]
fn a_group_of_pages_is_closed() {
    let group = pkey_alloc(Refused::Nothing);
    if is_missing(&group, "pkey_alloc") {
        return;
    }
    let group = match group {
        Err(errno @ (Errno::NOSPC | Errno::INVAL)) => {
            return crate::skip::skipped(&format!("the processor has no groups of pages: {errno}"));
        }
        group => group.unwrap(),
    };
    let (own, both) = (MapFlags::PRIVATE, Protection::READ | Protection::WRITE);
    // SAFETY: a new mapping is in nobody's way.
    let page = unsafe { mmap_anonymous(ptr::null_mut(), 4096, both, own) }.unwrap();
    // SAFETY: nobody uses the page.
    unsafe { pkey_mprotect(page, 4096, both, group) }.unwrap();
    // SAFETY: the page is ours, and the group refuses nothing.
    unsafe { page.write_volatile(1) };
    // SAFETY: nobody uses the page.
    assert_eq!(unsafe { pkey_mprotect(page, 4096, both, 15) }, Err(Errno::INVAL));
    // SAFETY: nobody uses the page.
    unsafe { munmap(page, 4096) }.unwrap();
    pkey_free(group).unwrap();
    assert_eq!(pkey_free(group), Err(Errno::INVAL));
    let closed = pkey_alloc(Refused::Writing).unwrap();
    let shut = pkey_alloc(Refused::Access).unwrap();
    assert_eq!((pkey_free(closed), pkey_free(shut)), (Ok(()), Ok(())));
}

#[test]
fn pages_say_whether_they_are_there() {
    let size = arch::abi::PAGE_SIZE;
    let (own, both) = (MapFlags::PRIVATE, Protection::READ | Protection::WRITE);
    // SAFETY: a new mapping is in nobody's way.
    let page = unsafe { mmap_anonymous(ptr::null_mut(), 2 * size, both, own) }.unwrap();
    // SAFETY: the pages are ours.
    unsafe { page.write_volatile(1) };
    let mut there = [0xff; 2];
    match mincore(page, 2 * size, &mut there) {
        Err(Errno::NOSYS) if lacks("mincore") => return,
        answer => answer.unwrap(),
    }
    assert_eq!(there[0] & 1, 1);
    assert_eq!(mincore(page, 2 * size, &mut there[..1]), Err(Errno::INVAL), "no room");
    assert_eq!(mincore(page.wrapping_add(1), size, &mut there), Err(Errno::INVAL));
    // SAFETY: nobody uses the pages.
    unsafe { munmap(page, 2 * size) }.unwrap();
}
