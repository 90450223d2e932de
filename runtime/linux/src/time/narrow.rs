//! Times on 32-bit kernels before Linux 5.1: their calls know 32 bits of seconds, which end in 2038.
//!
//! The calls with 64 bits came all in one version, so one of them tells for all, and the answer is remembered. Kernels
//! that have them do not look at the old ones any more; some are built without.

use super::{Clock, Timespec};
use crate::{Errno, Result};
use core::sync::atomic::{AtomicBool, Ordering};
use linux_raw_sys::general::__kernel_old_timespec;

/// Whether the new calls were found missing.
static MISSING: AtomicBool = AtomicBool::new(false);

/// Makes the new call; where the kernel has none of them, the old one.
///
/// Filters of old container programs give `PERM` instead of `NOSYS` for calls that they do not know.
pub(crate) fn either(
    wide: impl FnOnce() -> Result<usize>,
    narrow: impl FnOnce() -> Result<usize>,
) -> Result<usize> {
    if MISSING.load(Ordering::Relaxed) {
        return narrow();
    }
    match wide() {
        Err(Errno::NOSYS | Errno::PERM) if are_missing() => {
            MISSING.store(true, Ordering::Relaxed);
            narrow()
        }
        answer => answer,
    }
}

/// Asks for a time that every kernel with the new calls gives.
#[cold]
fn are_missing() -> bool {
    let mut time = Timespec::default();
    // SAFETY: the kernel writes one structure.
    unsafe { syscall!(__NR_clock_gettime64, Clock::MONOTONIC.0, &raw mut time) }.is_err()
}

/// A time of the old calls.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(crate) struct Narrow(__kernel_old_timespec);

impl Narrow {
    pub(crate) const ZERO: Self = Self(__kernel_old_timespec { tv_sec: 0, tv_nsec: 0 });

    /// Cuts a time that is to pass: 68 years are as good as for ever.
    pub(crate) fn span(time: Timespec) -> Self {
        Self::exact(time).unwrap_or(Self(__kernel_old_timespec { tv_sec: i32::MAX, tv_nsec: 0 }))
    }

    /// Refuses a date that the old calls cannot tell; nanoseconds out of their range stay so.
    pub(crate) fn exact(time: Timespec) -> Result<Self> {
        let tv_sec = i32::try_from(time.seconds).map_err(|_| Errno::OVERFLOW)?;
        let tv_nsec = i32::try_from(time.nanoseconds).map_err(|_| Errno::INVAL)?;
        Ok(Self(__kernel_old_timespec { tv_sec, tv_nsec }))
    }

    /// Gives it in 64 bits.
    pub(crate) fn wide(self) -> Timespec {
        Timespec { seconds: self.0.tv_sec.into(), nanoseconds: self.0.tv_nsec.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_structure_is_the_old_kernel_s() {
        assert_eq!(size_of::<Narrow>(), 8);
    }

    #[test]
    fn dates_after_2038_are_refused_and_spans_are_cut() {
        let last = Timespec { seconds: i64::from(i32::MAX), nanoseconds: 999_999_999 };
        assert_eq!(Narrow::exact(last).map(Narrow::wide), Ok(last));
        let after = Timespec { seconds: last.seconds + 1, nanoseconds: 0 };
        assert_eq!(Narrow::exact(after).map(Narrow::wide), Err(Errno::OVERFLOW));
        assert_eq!(Narrow::span(after).wide().seconds, last.seconds);
        let before = Timespec { seconds: -1, nanoseconds: 5 };
        assert_eq!(Narrow::exact(before).map(Narrow::wide), Ok(before));
    }
}
