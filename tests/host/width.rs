//! What 32-bit processors pass in another way than 64-bit ones: offsets, user numbers, sets of signals, dates after 2038.
//!
//! The tests run on all processors: what they expect is the same everywhere.

use crate::child::{check, in_child, ok};
use crate::emulator::lacks;
use crate::scratch::Scratch;
use crate::skip::skipped;
use linux::Errno;
use linux::fs::{
    From, Mode, OpenFlags, SetTime, Timestamp, allocate, chown, fstat, ftruncate, lseek, open, pread, pwrite,
    set_times, stat,
};
use linux::mem::{MapFlags, Protection, mmap, munmap};
use linux::process::{getegid, geteuid, getgid, getpid, getuid, kill, setgroups, setresgid, setresuid};
use linux::signal::{
    Action, ActionFlags, Handler, MaskHow, Signal, SignalSet, sigaction, sigpending, sigprocmask,
};
use linux::time::{
    Clock, TimerFlags, TimerSetting, Timespec, timerfd_create, timerfd_gettime, timerfd_settime,
};
use std::ffi::c_int;
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const NEW: OpenFlags = OpenFlags::READ_WRITE.union(OpenFlags::CREATE).union(OpenFlags::CLOSE_ON_EXEC);

/// Bits on both sides of the middle, and a multiple of the largest page, 64 KiB.
const FAR: u64 = 0x3_0005_0000;

#[test]
fn offsets_have_64_bits() {
    let scratch = Scratch::new();
    let path = scratch.at("file");
    let file = open(path.as_str(), NEW, Mode::octal(0o600)).unwrap();
    assert_eq!(pwrite(&file, b"far", FAR), Ok(3));
    assert_eq!(fstat(&file).unwrap().size(), FAR + 3);
    let mut buffer = [0; 8];
    assert_eq!(pread(&file, &mut buffer, FAR - 1), Ok(4));
    assert_eq!(&buffer[..4], b"\0far");
    assert_eq!(pread(&file, &mut buffer, FAR & 0xffff_ffff), Ok(8));
    assert_eq!(buffer, [0; 8]);
    assert_eq!(lseek(&file, From::End(-1)), Ok(FAR + 2));
    assert_eq!(lseek(&file, From::Current(-5)), Ok(FAR - 3));
    // A file of more than 2 GiB is opened again.
    drop(file);
    let file = open(path.as_str(), OpenFlags::READ_WRITE, Mode::empty()).unwrap();
    ftruncate(&file, FAR + 1).unwrap();
    assert_eq!(fstat(&file).unwrap().size(), FAR + 1);
    match allocate(&file, FAR, 4096) {
        Ok(()) => assert_eq!(fstat(&file).unwrap().size(), FAR + 4096),
        Err(errno) => assert_eq!(errno, Errno::OPNOTSUPP),
    }
}

#[test]
fn a_page_is_mapped_from_behind_4_gib() {
    if size_of::<usize>() == 4 && lacks("mmap2 from behind 4 GiB") {
        return;
    }
    let scratch = Scratch::new();
    let file = open(scratch.at("file").as_str(), NEW, Mode::octal(0o600)).unwrap();
    pwrite(&file, b"far", FAR).unwrap();
    let map = |offset| {
        // SAFETY: the kernel chooses the address.
        unsafe { mmap(ptr::null_mut(), 3, Protection::READ, MapFlags::SHARED, &file, offset) }
    };
    let page = map(FAR).unwrap();
    // SAFETY: the file has three bytes there, which nobody changes.
    assert_eq!(unsafe { std::slice::from_raw_parts(page, 3) }, b"far");
    // SAFETY: the last use of the page.
    unsafe { munmap(page, 3) }.unwrap();
    for odd in [1, 0x800, FAR + 1, u64::MAX] {
        assert_eq!(map(odd), Err(Errno::INVAL), "{odd:#x}");
    }
    // Offsets are told 32-bit kernels in units of 4096 bytes, which end here.
    let last = map((1 << 44) - 4096).unwrap();
    // SAFETY: nobody has used it.
    unsafe { munmap(last, 3) }.unwrap();
    if size_of::<usize>() == 4 {
        assert_eq!(map(1 << 44), Err(Errno::OVERFLOW));
    }
}

/// Past the 16 bits that the first calls of 32-bit processors have.
const LARGE: u32 = 70_000;

#[test]
fn users_have_32_bits() {
    if geteuid() != 0 {
        return skipped("only root may be another user");
    }
    let scratch = Scratch::new();
    let path = scratch.at("file");
    let file = open(path.as_str(), NEW, Mode::octal(0o600)).unwrap();
    chown(path.as_str(), Some(LARGE), Some(LARGE + 1)).unwrap();
    assert_eq!((fstat(&file).unwrap().user(), fstat(&file).unwrap().group()), (LARGE, LARGE + 1));
    linux::fs::fchown(&file, Some(LARGE + 2), None).unwrap();
    assert_eq!((fstat(&file).unwrap().user(), fstat(&file).unwrap().group()), (LARGE + 2, LARGE + 1));
    in_child(|| {
        ok!(setgroups(&[LARGE + 3]));
        ok!(setresgid(LARGE, LARGE + 1, LARGE + 1));
        ok!(setresuid(LARGE + 2, LARGE + 3, LARGE + 3));
        check!((getgid(), getegid(), getuid(), geteuid()) == (LARGE, LARGE + 1, LARGE + 2, LARGE + 3));
        Ok(())
    });
}

static MASK_WAS_RIGHT: AtomicBool = AtomicBool::new(false);

unsafe extern "C" fn look_at_the_mask(_: c_int) {
    let held = sigprocmask(MaskHow::Block, None).unwrap_or_default();
    let first = held.contains(Signal::HUP);
    let high = Signal::new(50).is_some_and(|high| held.contains(high));
    let other = Signal::new(51).is_some_and(|other| held.contains(other));
    MASK_WAS_RIGHT.store(first && high && !other, Ordering::Relaxed);
}

#[test]
fn sets_have_64_signals() {
    in_child(|| {
        let [Some(real), Some(high), Some(last)] = [40, 50, 64].map(Signal::new) else { return Ok(()) };
        ok!(sigprocmask(MaskHow::Block, Some(SignalSet::of(&[real]))));
        ok!(kill(getpid(), Some(real)));
        check!(ok!(sigpending()) == SignalSet::of(&[real]));
        let mask = SignalSet::of(&[Signal::HUP, high, last]);
        let action = Action { handler: Handler::Call(look_at_the_mask), flags: ActionFlags::empty(), mask };
        // SAFETY: the handler makes a system call and stores to an atomic.
        ok!(unsafe { sigaction(real, action) });
        ok!(sigprocmask(MaskHow::Unblock, Some(SignalSet::of(&[real]))));
        check!(MASK_WAS_RIGHT.load(Ordering::Relaxed));
        // What was set is given back unchanged.
        // SAFETY: no handler.
        let former = ok!(unsafe { sigaction(real, Action { handler: Handler::Default, ..action }) });
        check!(former.mask == mask && former.flags == ActionFlags::empty());
        Ok(())
    });
}

/// In 2106, past 32 bits with a sign and without.
const LATE: i64 = 0x1_0000_0005;

#[test]
fn times_go_on_after_2038() {
    let scratch = Scratch::new();
    let path = scratch.at("file");
    open(path.as_str(), NEW, Mode::octal(0o600)).unwrap();
    let late = Timestamp { seconds: LATE, nanoseconds: 7 };
    set_times(path.as_str(), SetTime::Keep, SetTime::At(late)).unwrap();
    let kept = stat(path.as_str()).unwrap().modified();
    // Some file systems have a last date, which the kernel puts in its place (Linux 5.4).
    let last = kept.seconds > i64::from(i32::MAX) && kept < late;
    assert!(kept == late || last, "{kept:?}");
    let timer = timerfd_create(Clock::REALTIME, TimerFlags::CLOSE_ON_EXEC).unwrap();
    timerfd_settime(&timer, TimerSetting::At(Timespec { seconds: LATE, nanoseconds: 0 })).unwrap();
    let left = timerfd_gettime(&timer).unwrap().unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let end = Duration::from_secs(LATE.cast_unsigned());
    assert!(left + now > end - Duration::from_secs(60) && left + now < end + Duration::from_secs(60));
    let long = Duration::from_secs(1 << 33);
    timerfd_settime(&timer, TimerSetting::After(long)).unwrap();
    assert!(timerfd_gettime(&timer).unwrap().is_some_and(|left| left > long - Duration::from_secs(60)));
}
