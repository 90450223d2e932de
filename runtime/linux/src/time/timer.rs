//! Timers as something to read: timerfd_create(2).

#[cfg(target_pointer_width = "32")]
use super::narrow::Narrow;
use super::{Clock, Timespec};
use crate::fd::{AsFd, OwnedFd};
use crate::fs::read;
use crate::{Errno, Result};
use core::time::Duration;
use linux_raw_sys::general as kernel;

flags! {
    /// What a timer's descriptor is to be.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct TimerFlags: u32 {
        /// TFD_CLOEXEC: closed by execve.
        const CLOSE_ON_EXEC = kernel::TFD_CLOEXEC;
        /// TFD_NONBLOCK: reading gives `AGAIN` before the time.
        const NONBLOCK = kernel::TFD_NONBLOCK;
        const _ = !0;
    }
}

/// What a timer is set to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimerSetting {
    /// Not running.
    Off,
    /// Once, after this long (zero: at once).
    After(Duration),
    /// Once, when the clock shows this.
    At(Timespec),
    /// After the first time, and then again each time.
    Every(Duration, Duration),
}

/// The kernel's `struct itimerspec`.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub(super) struct KernelSetting {
    interval: Timespec,
    first: Timespec,
}

abi!(KernelSetting = "struct __kernel_itimerspec" { interval: "it_interval", first: "it_value" });

impl KernelSetting {
    /// Gives the time until the next end; none of a timer that does not run.
    pub(super) fn left(self) -> Option<Duration> {
        (self.first != Timespec::default()).then(|| self.first.since_zero())
    }

    /// Takes what a kernel with narrow times has written: interval, first.
    #[cfg(target_pointer_width = "32")]
    pub(super) fn from_narrow(narrow: [Narrow; 2]) -> Self {
        let [interval, first] = narrow.map(Narrow::wide);
        Self { interval, first }
    }
}

const _: () = assert!(size_of::<KernelSetting>() == size_of::<kernel::__kernel_itimerspec>());

/// Makes a timer that is not running.
///
/// # Errors
/// `INVAL` (a clock without timers), `MFILE`, `NFILE`, `PERM` (alarm clocks). See `timerfd_create(2)`.
pub fn timerfd_create(clock: Clock, flags: TimerFlags) -> Result<OwnedFd> {
    // SAFETY: integers only.
    unsafe { syscall!(__NR_timerfd_create, clock.0, flags.bits()) }.map(OwnedFd::made)
}

/// Sets a timer, forgetting what it was set to.
///
/// # Errors
/// `INVAL`, `BADF`, `OVERFLOW` (a date after 2038, on a 32-bit kernel before Linux 5.1). See `timerfd_settime(2)`.
pub fn timerfd_settime(timer: impl AsFd, setting: TimerSetting) -> Result<()> {
    let (flags, setting) = to_kernel(setting);
    let (timer, from) = (timer.as_fd(), &raw const setting);
    timed!(
        // SAFETY: the kernel reads one structure; the former setting is not asked for.
        unsafe { syscall!(__NR_timerfd_settime | __NR_timerfd_settime64, timer, flags, from, 0_usize) },
        narrow_setting(flags, setting).and_then(|setting| {
            // SAFETY: as above; the kernel's structure is the two times.
            unsafe { syscall!(__NR_timerfd_settime, timer, flags, setting.as_ptr(), 0_usize) }
        })
    )
    .map(drop)
}

#[cfg(target_pointer_width = "32")]
pub(super) fn narrow_setting(flags: u32, setting: KernelSetting) -> Result<[Narrow; 2]> {
    let absolute = flags & kernel::TFD_TIMER_ABSTIME != 0;
    let first = if absolute { Narrow::exact(setting.first)? } else { Narrow::span(setting.first) };
    Ok([Narrow::span(setting.interval), first])
}

pub(super) fn to_kernel(setting: TimerSetting) -> (u32, KernelSetting) {
    // A first time of zero would switch the timer off.
    let soon = |duration: Duration| Timespec::from(duration.max(Duration::from_nanos(1)));
    let never = Timespec::default();
    match setting {
        TimerSetting::Off => (0, KernelSetting::default()),
        TimerSetting::After(first) => (0, KernelSetting { interval: never, first: soon(first) }),
        TimerSetting::At(at) if at <= never => {
            (0, KernelSetting { interval: never, first: soon(Duration::ZERO) })
        }
        TimerSetting::At(at) => (kernel::TFD_TIMER_ABSTIME, KernelSetting { interval: never, first: at }),
        TimerSetting::Every(first, interval) => {
            (0, KernelSetting { interval: Timespec::from(interval), first: soon(first) })
        }
    }
}

/// Gives the time until a timer's next end; none if it is not running.
///
/// # Errors
/// `INVAL`, `BADF`. See `timerfd_gettime(2)`.
pub fn timerfd_gettime(timer: impl AsFd) -> Result<Option<Duration>> {
    let mut setting = KernelSetting::default();
    let (timer, to) = (timer.as_fd(), &raw mut setting);
    timed!(
        // SAFETY: the kernel writes one structure.
        unsafe { syscall!(__NR_timerfd_gettime | __NR_timerfd_gettime64, timer, to) },
        {
            let mut narrow = [Narrow::ZERO; 2];
            // SAFETY: the kernel's structure is the two times.
            unsafe { syscall!(__NR_timerfd_gettime, timer, narrow.as_mut_ptr()) }
                .inspect(|_| setting = KernelSetting::from_narrow(narrow))
        }
    )?;
    Ok(setting.left())
}

/// Reads how often a timer has ended since it was set or read, waiting for the first time.
///
/// # Errors
/// `AGAIN`, `INTR`, `CANCELED`. See `timerfd_create(2)`.
pub fn read_timer(timer: impl AsFd) -> Result<u64> {
    let mut count = [0; 8];
    match read(timer, &mut count)? {
        8 => Ok(u64::from_ne_bytes(count)),
        _ => Err(Errno::IO),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_zero_does_not_switch_off() {
        let (_, setting) = to_kernel(TimerSetting::After(Duration::ZERO));
        assert_eq!(setting.first, Timespec { seconds: 0, nanoseconds: 1 });
        let (flags, setting) = to_kernel(TimerSetting::At(Timespec { seconds: -5, nanoseconds: 0 }));
        assert_eq!((flags, setting.first), (0, Timespec { seconds: 0, nanoseconds: 1 }));
        let (_, setting) = to_kernel(TimerSetting::Off);
        assert_eq!(setting.first, Timespec::default());
    }
}
