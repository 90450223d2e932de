//! Lengths of time and moments of a machine's clock in one word.
//!
//! `core::time::Duration` is two numbers, so that each copy of one is two moves, and each comparison of two four
//! instructions: state machines that live by deadlines are a tenth larger with it. Nanoseconds in 64 bits last for 584 years.

use core::fmt;
use core::ops::{Add, AddAssign, Div, Mul, Sub};

/// A length of time of whole nanoseconds. Sums and products beyond the longest are the longest.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration(u64);

impl Duration {
    /// No time.
    pub const ZERO: Self = Self(0);

    /// The longest time, for what never comes.
    pub const MAX: Self = Self(u64::MAX);

    /// Makes it of seconds and nanoseconds.
    pub const fn new(seconds: u64, nanoseconds: u32) -> Self {
        Self::from_secs(seconds).saturating_add(Self(nanoseconds as u64))
    }

    /// Makes it of seconds.
    pub const fn from_secs(seconds: u64) -> Self {
        Self(seconds.saturating_mul(1_000_000_000))
    }

    /// Makes it of milliseconds.
    pub const fn from_millis(milliseconds: u64) -> Self {
        Self(milliseconds.saturating_mul(1_000_000))
    }

    /// Makes it of microseconds.
    pub const fn from_micros(microseconds: u64) -> Self {
        Self(microseconds.saturating_mul(1_000))
    }

    /// Makes it of nanoseconds.
    pub const fn from_nanos(nanoseconds: u64) -> Self {
        Self(nanoseconds)
    }

    /// Gives the whole seconds.
    pub const fn as_secs(self) -> u64 {
        self.0 / 1_000_000_000
    }

    /// Gives the whole milliseconds.
    pub const fn as_millis(self) -> u64 {
        self.0 / 1_000_000
    }

    /// Gives the nanoseconds.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// Gives the nanoseconds behind the whole seconds.
    pub const fn subsec_nanos(self) -> u32 {
        (self.0 % 1_000_000_000) as u32
    }

    /// Says whether it is no time.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Adds, at most to the longest time.
    #[must_use]
    pub const fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// Subtracts, at least to no time.
    #[must_use]
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// Subtracts; nothing when the other is longer.
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        match self.0.checked_sub(other.0) {
            Some(nanoseconds) => Some(Self(nanoseconds)),
            None => None,
        }
    }
}

impl Add for Duration {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        self.saturating_add(other)
    }
}

impl AddAssign for Duration {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Duration {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self.saturating_sub(other)
    }
}

impl Mul<u32> for Duration {
    type Output = Self;

    fn mul(self, times: u32) -> Self {
        Self(self.0.saturating_mul(times.into()))
    }
}

impl Div<u32> for Duration {
    type Output = Self;

    fn div(self, parts: u32) -> Self {
        Self(self.0 / u64::from(parts))
    }
}

/// Times beyond the longest become the longest.
impl From<core::time::Duration> for Duration {
    fn from(time: core::time::Duration) -> Self {
        Self::new(time.as_secs(), time.subsec_nanos())
    }
}

impl From<Duration> for core::time::Duration {
    fn from(time: Duration) -> Self {
        Self::from_nanos(time.0)
    }
}

impl fmt::Debug for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:09}s", self.as_secs(), self.subsec_nanos())
    }
}
