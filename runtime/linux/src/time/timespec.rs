//! The kernel's time: seconds and nanoseconds, 64 bits each on every processor.

use core::time::Duration;
use linux_raw_sys::general::__kernel_timespec;

/// A time in the kernel's shape; seconds may be negative, nanoseconds go from 0 to 999 999 999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[repr(C)]
pub struct Timespec {
    /// Whole seconds.
    pub seconds: i64,
    /// Nanoseconds after them.
    pub nanoseconds: i64,
}

abi!(Timespec = "struct __kernel_timespec" { seconds: "tv_sec", nanoseconds: "tv_nsec" });

const _: () = assert!(size_of::<Timespec>() == size_of::<__kernel_timespec>());

/// Seconds past the kernel's range are cut to its end, which lies 292 thousand million years ahead.
impl From<Duration> for Timespec {
    fn from(duration: Duration) -> Self {
        let seconds = i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
        Self { seconds, nanoseconds: duration.subsec_nanos().into() }
    }
}

impl Timespec {
    /// Gives the time since the clock's zero; a time before it is zero.
    #[inline]
    pub const fn since_zero(self) -> Duration {
        if self.seconds < 0 {
            Duration::ZERO
        } else {
            Duration::new(self.seconds as u64, self.nanoseconds as u32)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_both_ways() {
        let duration = Duration::new(7, 999_999_999);
        assert_eq!(Timespec::from(duration).since_zero(), duration);
        assert_eq!(Timespec::from(Duration::MAX).seconds, i64::MAX);
        assert_eq!(Timespec { seconds: -1, nanoseconds: 5 }.since_zero(), Duration::ZERO);
    }
}
