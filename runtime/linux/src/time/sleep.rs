//! Sleeping: clock_nanosleep(2).

#[cfg(target_pointer_width = "32")]
use super::narrow::Narrow;
use super::{Clock, Timespec, monotonic};
use crate::{Errno, Result};
use core::time::Duration;
use linux_raw_sys::general as kernel;

/// Sleeps until a clock shows a time.
///
/// # Errors
/// `INTR`, `INVAL`, `OPNOTSUPP` (a clock that nobody can sleep by). See `clock_nanosleep(2)`.
#[doc(alias = "TIMER_ABSTIME")]
pub fn clock_nanosleep(clock: Clock, until: Timespec) -> Result<()> {
    let (clock, flags, to) = (clock.0, kernel::TIMER_ABSTIME, &raw const until);
    timed!(
        // SAFETY: the kernel reads one structure; an absolute sleep reports no rest.
        unsafe { syscall!(__NR_clock_nanosleep | __NR_clock_nanosleep_time64, clock, flags, to, 0_usize) },
        {
            let until = Narrow::span(until);
            // SAFETY: as above.
            unsafe { syscall!(__NR_clock_nanosleep, clock, flags, &raw const until, 0_usize) }
        }
    )
    .map(drop)
}

/// Sleeps this long by CLOCK_MONOTONIC, over interruptions.
///
/// See `clock_nanosleep(2)`.
pub fn sleep(duration: Duration) {
    let until = Timespec::from(monotonic().saturating_add(duration));
    while clock_nanosleep(Clock::MONOTONIC, until) == Err(Errno::INTR) {}
}
