//! Signals held back, and waiting for them: sigprocmask(2), sigtimedwait(2).

use super::set::SET_BYTES;
use super::{Signal, SignalSet};
use crate::time::Timespec;
#[cfg(target_pointer_width = "32")]
use crate::time::narrow::Narrow;
use crate::{Errno, Result};
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
