//! What 32-bit processors pass in another way than 64-bit ones, where there is no emulator between: offsets of files and
//! mappings, users, dates after 2038. Its one argument is a folder.
//!
//! Ends with 0, or with the number of what was wrong.

#![no_std]
#![no_main]

extern crate alloc;

use core::ptr;
use core::time::Duration;

use linux::fs::{self, From, Mode, OpenFlags, SetTime, Timestamp};
use linux::mem::{self, MapFlags, Protection};
use linux::poll::{self, PollFd, PollFlags};
use linux::time::{self, Clock, TimerFlags, TimerSetting, Timespec};
use linux::{Errno, Result};
use rt::{Arguments, Environment};

rt::program!(main);

/// Bits on both sides of the middle, and a multiple of the largest page, 64 KiB.
const FAR: u64 = 0x3_0005_0000;

/// Past the 16 bits that the first calls have.
const USER: u32 = 70_000;

/// In 2106, past 32 bits with a sign and without.
const LATE: i64 = 0x1_0000_0005;

fn main(mut arguments: Arguments, _environment: Environment) -> i32 {
    let folder = arguments.nth(1).and_then(|word| word.to_str().ok()).unwrap_or(".");
    let path = alloc::format!("{folder}/wide");
    let checks: [fn(&str) -> Result<bool>; 5] = [offsets, mappings, users, dates, spans];
    let wrong = checks.iter().position(|check| check(&path) != Ok(true));
    let _ = fs::unlink(path.as_str());
    wrong.map_or(0, |at| at as i32 + 1)
}

fn make(path: &str) -> Result<linux::fd::OwnedFd> {
    fs::open(path, OpenFlags::READ_WRITE | OpenFlags::CREATE | OpenFlags::TRUNCATE, Mode::octal(0o600))
}

fn offsets(path: &str) -> Result<bool> {
    let file = make(path)?;
    let mut buffer = [0; 8];
    let written = fs::pwrite(&file, b"far", FAR)? == 3 && fs::fstat(&file)?.size() == FAR + 3;
    let read = fs::pread(&file, &mut buffer, FAR - 1)? == 4 && buffer.starts_with(b"\0far");
    let low = fs::pread(&file, &mut buffer, FAR & 0xffff_ffff)? == 8 && buffer == [0; 8];
    let moved =
        fs::lseek(&file, From::End(-1))? == FAR + 2 && fs::lseek(&file, From::Current(-5))? == FAR - 3;
    fs::ftruncate(&file, FAR + 1)?;
    let cut = fs::fstat(&file)?.size() == FAR + 1;
    fs::allocate(&file, FAR, 4096)?;
    Ok(written && read && low && moved && cut && fs::fstat(&file)?.size() == FAR + 4096)
}

fn mappings(path: &str) -> Result<bool> {
    let file = make(path)?;
    fs::pwrite(&file, b"far", FAR)?;
    // SAFETY: the kernel chooses the address.
    #[allow(unsafe_code, reason = "mapping memory is what is tested")]
    let page = unsafe { mem::mmap(ptr::null_mut(), 3, Protection::READ, MapFlags::SHARED, &file, FAR) }?;
    // SAFETY: the file has three bytes there, which nobody changes.
    #[allow(unsafe_code, reason = "mapping memory is what is tested")]
    let bytes = unsafe { core::slice::from_raw_parts(page, 3) };
    Ok(bytes == b"far")
}

fn users(path: &str) -> Result<bool> {
    let file = make(path)?;
    fs::fchown(&file, Some(USER), Some(USER + 1))?;
    let known = fs::fstat(&file)?;
    Ok((known.user(), known.group()) == (USER, USER + 1))
}

fn dates(path: &str) -> Result<bool> {
    make(path)?;
    let late = Timestamp { seconds: LATE, nanoseconds: 7 };
    fs::set_times(path, SetTime::Keep, SetTime::At(late))?;
    let kept = fs::stat(path)?.modified() == late;
    let timer = time::timerfd_create(Clock::REALTIME, TimerFlags::CLOSE_ON_EXEC)?;
    time::timerfd_settime(&timer, TimerSetting::At(Timespec { seconds: LATE, nanoseconds: 0 }))?;
    let left = time::timerfd_gettime(&timer)?.ok_or(Errno::INVAL)?;
    let now = time::clock_gettime(Clock::REALTIME)?;
    let end = Timespec { seconds: now.seconds.saturating_add_unsigned(left.as_secs()), ..now };
    Ok(kept && (end.seconds - LATE).abs() <= 1)
}

fn spans(_path: &str) -> Result<bool> {
    let start = time::monotonic();
    time::sleep(Duration::from_millis(5));
    let (reader, _writer) = fs::pipe(fs::PipeFlags::CLOSE_ON_EXEC)?;
    let silent = poll::poll(&mut [PollFd::new(&reader, PollFlags::IN)], Some(Duration::from_millis(5)))? == 0;
    let took = time::monotonic().saturating_sub(start);
    Ok(silent && (Duration::from_millis(10)..Duration::from_secs(60)).contains(&took))
}
