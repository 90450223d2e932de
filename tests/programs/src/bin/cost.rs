//! Counts the instructions of calls by our functions, and of the same calls by their numbers alone: a name and both counts a line.
//!
//! A child makes each call, and this process has it go on instruction by instruction.

#![no_std]
#![no_main]
#![allow(unsafe_code, reason = "calls by their numbers are what is measured against")]

use core::ffi::CStr;
use core::hint::black_box;

use linux::fd::{AsFd, BorrowedFd, STDIN};
use linux::fs::{Mode, OpenFlags, openat, read};
use linux::process::{Ended, WaitFlags, WaitFor, getpid, kill, spawn, waitid};
use linux::signal::Signal;
use linux::trace::{self, Until};
use linux::{Errno, Result, retry};
use linux_raw_sys::general::{__NR_getpid, __NR_openat, __NR_read};
use rt::{Arguments, Environment};
use spelunk::io::{Write, stdout};

rt::program!(main);

/// What the calls are given.
struct Given<'a> {
    file: BorrowedFd<'a>,
    path: &'a CStr,
    flags: OpenFlags,
    buffer: [u8; 1],
}

type Caller = fn(&mut Given<'_>) -> isize;

/// A call, by our function and by its number.
const CALLS: [(&str, Caller, Caller); 3] = [
    ("getpid", ours_getpid, bare_getpid),
    ("read", ours_read, bare_read),
    ("openat", ours_openat, bare_openat),
];

#[inline(never)]
fn ours_getpid(_: &mut Given<'_>) -> isize {
    getpid().get() as isize
}

#[inline(never)]
fn bare_getpid(_: &mut Given<'_>) -> isize {
    // SAFETY: it takes nothing.
    unsafe { arch::syscall::syscall0(__NR_getpid) }
}

#[inline(never)]
fn ours_read(given: &mut Given<'_>) -> isize {
    match read(given.file, &mut given.buffer) {
        Ok(count) => count as isize,
        Err(errno) => -(errno.number() as isize),
    }
}

#[inline(never)]
fn bare_read(given: &mut Given<'_>) -> isize {
    let (file, buffer) = (given.file.as_raw() as usize, given.buffer.as_mut_ptr().expose_provenance());
    // SAFETY: the kernel writes at most one byte into the buffer.
    unsafe { arch::syscall::syscall3(__NR_read, file, buffer, 1) }
}

#[inline(never)]
fn ours_openat(given: &mut Given<'_>) -> isize {
    match openat(given.file, given.path, given.flags, Mode::empty()) {
        Ok(file) => {
            let number = file.as_fd().as_raw();
            // Closing it is another call.
            core::mem::forget(file);
            number as isize
        }
        Err(errno) => -(errno.number() as isize),
    }
}

#[inline(never)]
fn bare_openat(given: &mut Given<'_>) -> isize {
    let (file, path) = (given.file.as_raw() as usize, given.path.as_ptr().expose_provenance());
    // SAFETY: the path is a terminated string.
    unsafe { arch::syscall::syscall4(__NR_openat, file, path, given.flags.bits() as usize, 0) }
}

/// What is called after a call: here the count ends.
#[inline(never)]
fn end(word: isize) -> i32 {
    black_box(word);
    0
}

fn main(_arguments: Arguments, _environment: Environment) -> i32 {
    let mut out = stdout();
    for (name, ours, bare) in CALLS {
        let counts = count(ours).and_then(|ours| Ok((ours, count(bare)?)));
        let written = match counts {
            Ok((ours, bare)) => writeln!(out, "{name} {ours} {bare}"),
            Err(errno) => writeln!(out, "{name}: {errno}"),
        };
        if written.is_err() {
            return 1;
        }
    }
    i32::from(out.flush().is_err())
}

/// Counts the instructions from the first one of a function to the first one of [`end`].
fn count(caller: Caller) -> Result<usize> {
    let child = spawn(|| {
        let mut given = Given { file: STDIN, path: c"/dev/null", flags: OpenFlags::READ, buffer: [0] };
        let given = black_box(&mut given);
        let ready = trace::trace_me().and_then(|()| kill(getpid(), Some(Signal::STOP)));
        match ready {
            Ok(()) => end(black_box(caller)(given)),
            Err(_) => 1,
        }
    })?;
    let next = || {
        let child = retry(|| waitid(WaitFor::Process(child), WaitFlags::EXITED | WaitFlags::STOPPED))?;
        match child.ok_or(Errno::CHILD)?.ended {
            Ended::Stopped(_) => Ok(()),
            _ => Err(Errno::SRCH),
        }
    };
    next()?;
    let (first, last) = (caller as *const () as usize as u64, end as *const () as usize as u64);
    let mut count = None;
    loop {
        trace::resume(child, Until::Step, None)?;
        next()?;
        match trace::stop(child)?.instruction {
            at if at == first => count = Some(0),
            at if at == last && count.is_some() => break,
            _ => count = count.map(|count| count + 1),
        }
    }
    kill(child, Some(Signal::KILL))?;
    retry(|| waitid(WaitFor::Process(child), WaitFlags::EXITED))?;
    count.ok_or(Errno::SRCH)
}
