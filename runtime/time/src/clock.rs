//! Points in time, of the clock that never goes back and of the one that people set.

use core::fmt;
use core::ops::{Add, AddAssign, Sub, SubAssign};
use core::time::Duration;

use linux::Result;
use linux::time::{Clock, Timespec, clock_gettime, clock_settime, monotonic};

/// A point in time that only this run of the machine knows (CLOCK_MONOTONIC): for measuring.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(Duration);

impl Instant {
    /// Gives the present.
    #[inline]
    pub fn now() -> Self {
        Self(monotonic())
    }

    /// Gives the time that has passed since then.
    pub fn elapsed(self) -> Duration {
        Self::now().since(self)
    }

    /// Gives the time since an earlier point; zero if that is later.
    pub const fn since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }

    /// Gives a later point; none beyond the end of numbers.
    pub const fn checked_add(self, duration: Duration) -> Option<Self> {
        match self.0.checked_add(duration) {
            Some(sum) => Some(Self(sum)),
            None => None,
        }
    }

    /// Gives an earlier point; none before the clock's zero.
    pub const fn checked_sub(self, duration: Duration) -> Option<Self> {
        match self.0.checked_sub(duration) {
            Some(rest) => Some(Self(rest)),
            None => None,
        }
    }
}

/// At most the last point there is.
impl Add<Duration> for Instant {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(duration))
    }
}

/// At least the clock's zero.
impl Sub<Duration> for Instant {
    type Output = Self;

    fn sub(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(duration))
    }
}

impl Sub for Instant {
    type Output = Duration;

    fn sub(self, earlier: Self) -> Duration {
        self.since(earlier)
    }
}

impl AddAssign<Duration> for Instant {
    fn add_assign(&mut self, duration: Duration) {
        *self = *self + duration;
    }
}

impl SubAssign<Duration> for Instant {
    fn sub_assign(&mut self, duration: Duration) {
        *self = *self - duration;
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Instant({:?})", self.0)
    }
}

/// A time of day and date (CLOCK_REALTIME): seconds and nanoseconds since 1970 in universal time. The clock can be set, and jump.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SystemTime {
    seconds: i64,
    nanoseconds: u32,
}

impl SystemTime {
    /// The beginning of 1970.
    pub const EPOCH: Self = Self { seconds: 0, nanoseconds: 0 };

    /// Makes a time of seconds since 1970, which may be negative, and nanoseconds after them; a second and more of those is cut.
    pub const fn new(seconds: i64, nanoseconds: u32) -> Self {
        Self { seconds, nanoseconds: if nanoseconds > 999_999_999 { 999_999_999 } else { nanoseconds } }
    }

    /// Gives the present.
    pub fn now() -> Self {
        clock_gettime(Clock::REALTIME).map_or(Self::EPOCH, Self::from)
    }

    /// Sets the machine's clock.
    ///
    /// # Errors
    /// `PERM` (needs CAP_SYS_TIME), `INVAL` (before 1970, or before the boot).
    pub fn set(self) -> Result<()> {
        clock_settime(Clock::REALTIME, self.into())
    }

    /// Gives the whole seconds since 1970.
    pub const fn seconds(self) -> i64 {
        self.seconds
    }

    /// Gives the nanoseconds after them.
    pub const fn nanoseconds(self) -> u32 {
        self.nanoseconds
    }

    /// Gives the time since an earlier point.
    ///
    /// # Errors
    /// How much later it is, if it is.
    pub fn since(self, earlier: Self) -> core::result::Result<Duration, Duration> {
        if self < earlier {
            return earlier.since(self).map_or(Err(Duration::ZERO), Err);
        }
        let seconds = self.seconds.abs_diff(earlier.seconds);
        let nanoseconds = Duration::from_nanos(self.nanoseconds.into());
        // The seconds suffice for what is borrowed: this is the later of the two.
        Ok((Duration::from_secs(seconds) + nanoseconds)
            .saturating_sub(Duration::from_nanos(earlier.nanoseconds.into())))
    }

    /// Gives a later time; none beyond the end of numbers.
    pub fn checked_add(self, duration: Duration) -> Option<Self> {
        let sum = self.nanoseconds + duration.subsec_nanos();
        let seconds = self.seconds.checked_add_unsigned(duration.as_secs())?;
        let seconds = seconds.checked_add((sum / 1_000_000_000).into())?;
        Some(Self { seconds, nanoseconds: sum % 1_000_000_000 })
    }

    /// Gives an earlier time; none beyond the end of numbers.
    pub fn checked_sub(self, duration: Duration) -> Option<Self> {
        let seconds = self.seconds.checked_sub_unsigned(duration.as_secs())?;
        match self.nanoseconds.checked_sub(duration.subsec_nanos()) {
            Some(nanoseconds) => Some(Self { seconds, nanoseconds }),
            None => {
                let nanoseconds = self.nanoseconds + 1_000_000_000 - duration.subsec_nanos();
                Some(Self { seconds: seconds.checked_sub(1)?, nanoseconds })
            }
        }
    }
}

/// Nanoseconds out of their range are cut.
impl From<Timespec> for SystemTime {
    fn from(time: Timespec) -> Self {
        Self::new(time.seconds, u32::try_from(time.nanoseconds).unwrap_or(0))
    }
}

impl From<SystemTime> for Timespec {
    fn from(time: SystemTime) -> Self {
        Self { seconds: time.seconds, nanoseconds: time.nanoseconds.into() }
    }
}

impl fmt::Debug for SystemTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SystemTime({}.{:09})", self.seconds, self.nanoseconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants() {
        let start = Instant::now();
        let second = Duration::from_secs(1);
        assert!(start.elapsed() < Duration::from_secs(3600));
        assert_eq!(((start + second) - start, start - (start + second)), (second, Duration::ZERO));
        assert_eq!((start.checked_add(Duration::MAX), start.checked_sub(Duration::MAX)), (None, None));
        let mut moved = start;
        moved += second;
        assert_eq!(moved.checked_sub(second), Some(start));
        moved -= second;
        assert_eq!(moved, start);
    }

    #[test]
    fn times_of_day() {
        let at = SystemTime::new;
        let nanos = Duration::from_nanos;
        assert!(SystemTime::now() > at(1_700_000_000, 0));
        assert_eq!(at(0, 2_000_000_000).nanoseconds(), 999_999_999);
        assert_eq!(at(5, 1).since(at(3, 2)), Ok(nanos(1_999_999_999)));
        assert_eq!(at(-1, 5).since(at(1, 0)), Err(nanos(1_999_999_995)));
        assert_eq!(at(i64::MAX, 0).since(at(i64::MIN, 0)), Ok(Duration::from_secs(u64::MAX)));
        assert_eq!(at(i64::MAX, 0).since(at(i64::MIN, 1)), Ok(Duration::from_secs(u64::MAX) - nanos(1)));
        assert_eq!(at(-1, 999_999_999).checked_add(nanos(1)), Some(SystemTime::EPOCH));
        assert_eq!(SystemTime::EPOCH.checked_sub(nanos(1)), Some(at(-1, 999_999_999)));
        assert_eq!(at(i64::MAX, 999_999_999).checked_add(nanos(1)), None);
        assert_eq!(at(i64::MIN, 0).checked_sub(nanos(1)), None);
        assert_eq!(at(i64::MIN, 0).checked_add(Duration::from_secs(u64::MAX)), Some(at(i64::MAX, 0)));
        assert_eq!(SystemTime::from(Timespec::from(at(-5, 7))), at(-5, 7));
    }
}
