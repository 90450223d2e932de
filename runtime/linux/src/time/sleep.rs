//! Sleeping: clock_nanosleep(2).

use super::clock::ask_kernel;
#[cfg(target_pointer_width = "32")]
use super::narrow::Narrow;
use super::{Clock, Timespec};
use crate::futex::{self, Sharing};
use crate::{Errno, Result};
use core::sync::atomic::AtomicU32;
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

/// Sleeps this long by CLOCK_MONOTONIC, over interruptions; where the kernel refuses, waits for a word instead.
///
/// See `clock_nanosleep(2)` and `futex(2)`.
pub fn sleep(duration: Duration) {
    // Who sleeps has time for a system call, and a program that does no more needs no reader of the vDSO.
    let now = ask_kernel(Clock::MONOTONIC).map_or(Duration::ZERO, Timespec::since_zero);
    let until = Timespec::from(now.saturating_add(duration));
    let mut slept = clock_nanosleep(Clock::MONOTONIC, until);
    while let Err(errno) = slept {
        slept = match errno {
            Errno::INTR => clock_nanosleep(Clock::MONOTONIC, until),
            // Without the call, or with a filter before it: nobody wakes this word.
            _ => match futex::wait(&AtomicU32::new(0), 0, Sharing::Private, Some(until)) {
                Err(Errno::INTR) => Err(errno),
                _ => return,
            },
        };
    }
}
