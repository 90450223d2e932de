//! Signals held back, and waiting for them: sigprocmask(2), sigtimedwait(2).

use super::set::SET_BYTES;
use super::{Signal, SignalSet};
use crate::process::Pid;
use crate::time::Timespec;
#[cfg(target_pointer_width = "32")]
use crate::time::narrow::Narrow;
use crate::{Errno, Result};
use core::mem::MaybeUninit;
use core::ptr;
use core::time::Duration;
use linux_raw_sys::general as kernel;

/// What is done with a set of signals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MaskHow {
    /// SIG_BLOCK: also holds these back.
    Block,
    /// SIG_UNBLOCK: lets these through.
    Unblock,
    /// SIG_SETMASK: holds back these only.
    Set,
}

/// Changes which signals this thread holds back, if a set is given; gives the former set.
///
/// # Errors
/// None in practice. See `sigprocmask(2)`.
#[doc(alias = "rt_sigprocmask")]
#[doc(alias = "pthread_sigmask")]
pub fn sigprocmask(how: MaskHow, set: Option<SignalSet>) -> Result<SignalSet> {
    let how = match how {
        MaskHow::Block => kernel::SIG_BLOCK,
        MaskHow::Unblock => kernel::SIG_UNBLOCK,
        MaskHow::Set => kernel::SIG_SETMASK,
    };
    let set = set.as_ref().map_or(ptr::null(), ptr::from_ref);
    let mut former = SignalSet::EMPTY;
    // SAFETY: the kernel reads a set, if one is given, and writes one.
    unsafe { syscall!(__NR_rt_sigprocmask, how, set, &raw mut former, SET_BYTES) }?;
    Ok(former)
}

/// Gives the signals that are held back and have come.
///
/// # Errors
/// None in practice. See `sigpending(2)`.
#[doc(alias = "rt_sigpending")]
pub fn sigpending() -> Result<SignalSet> {
    let mut pending = SignalSet::EMPTY;
    // SAFETY: the kernel writes one set.
    unsafe { syscall!(__NR_rt_sigpending, &raw mut pending, SET_BYTES) }?;
    Ok(pending)
}

/// Waits for one of these signals, which must be held back, and takes it; without a limit, for ever.
///
/// # Errors
/// `AGAIN` (the time is over), `INTR` (another signal's handler ran). See `sigtimedwait(2)`.
#[doc(alias = "rt_sigtimedwait")]
#[doc(alias = "sigwait")]
pub fn sigtimedwait(set: SignalSet, limit: Option<Duration>) -> Result<Signal> {
    let limit = limit.map(Timespec::from);
    let (set, end) = (&raw const set, limit.as_ref().map_or(ptr::null(), ptr::from_ref));
    let word = timed!(
        // SAFETY: the kernel reads the set and the time, if one is given; no `siginfo` is asked for.
        unsafe { syscall!(__NR_rt_sigtimedwait | __NR_rt_sigtimedwait_time64, set, 0_usize, end, SET_BYTES) },
        {
            let limit = limit.map(Narrow::span);
            let end = limit.as_ref().map_or(ptr::null(), ptr::from_ref);
            // SAFETY: as above.
            unsafe { syscall!(__NR_rt_sigtimedwait, set, 0_usize, end, SET_BYTES) }
        }
    )?;
    Signal::new(word as i32).ok_or(Errno::INVAL)
}

/// Holds back these signals alone until a handler has run; then what was held back before is again.
///
/// # Errors
/// `INTR`, always. See `sigsuspend(2)`.
#[doc(alias = "rt_sigsuspend")]
pub fn sigsuspend(held: SignalSet) -> Errno {
    // SAFETY: the kernel reads one set.
    let ended = unsafe { syscall!(__NR_rt_sigsuspend, &raw const held, SET_BYTES) };
    ended.err().unwrap_or(Errno::INTR)
}

/// What a signal comes with that a process sends (`struct siginfo`).
fn queued(signal: Signal, value: i32) -> kernel::siginfo_t {
    /// SI_QUEUE of `asm-generic/siginfo.h`.
    const QUEUED: i32 = -1;
    // SAFETY: zero is a value of every field.
    let mut info: kernel::siginfo_t = unsafe { MaybeUninit::zeroed().assume_init() };
    // SAFETY: all bytes of the structure are zero, and its fields are numbers.
    let fields = unsafe { &mut info.__bindgen_anon_1.__bindgen_anon_1 };
    (fields.si_signo, fields.si_code) = (signal.number(), QUEUED);
    let kind = kernel::__sifields__bindgen_ty_3 {
        _pid: crate::process::getpid().get(),
        _uid: crate::process::getuid(),
        _sigval: kernel::sigval { sival_int: value },
    };
    fields._sifields._rt = kind;
    info
}

/// Sends a signal with a number to a process; a handler and [`super::signalfd`] see it.
///
/// # Errors
/// `AGAIN` (too many are queued), `SRCH`, `PERM`. See `sigqueue(3)`.
#[doc(alias = "rt_sigqueueinfo")]
pub fn sigqueue(process: Pid, signal: Signal, value: i32) -> Result<()> {
    let info = queued(signal, value);
    // SAFETY: the kernel reads one structure.
    unsafe { syscall!(__NR_rt_sigqueueinfo, process.get(), signal.number(), &raw const info) }.map(drop)
}

/// The same, to one thread of a process.
///
/// # Errors
/// Those of [`sigqueue`].
#[doc(alias = "rt_tgsigqueueinfo")]
pub fn sigqueue_thread(process: Pid, thread: Pid, signal: Signal, value: i32) -> Result<()> {
    let info = queued(signal, value);
    let (process, thread) = (process.get(), thread.get());
    // SAFETY: the kernel reads one structure.
    unsafe { syscall!(__NR_rt_tgsigqueueinfo, process, thread, signal.number(), &raw const info) }.map(drop)
}
