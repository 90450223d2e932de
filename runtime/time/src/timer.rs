//! Timers as something to wait for.

use core::time::Duration;

use linux::fd::{AsFd, BorrowedFd, OwnedFd};
use linux::time::{
    Clock, TimerFlags, TimerSetting, read_timer, timerfd_create, timerfd_gettime, timerfd_settime,
};
use linux::{Result, retry};

use crate::SystemTime;

/// A timer with a descriptor, which is readable when its time has come; it counts on while the machine sleeps (CLOCK_BOOTTIME), or
/// goes by the clock that people set.
#[derive(Debug)]
pub struct Timer(OwnedFd);

impl Timer {
    /// Makes one that ends once, after this time.
    ///
    /// # Errors
    /// `MFILE`, `NFILE`.
    pub fn after(time: Duration) -> Result<Self> {
        Self::new(Clock::BOOTTIME, TimerSetting::After(time))
    }

    /// Makes one that ends again and again, in this interval; one of zero ends once, at once.
    ///
    /// # Errors
    /// `MFILE`, `NFILE`.
    pub fn every(interval: Duration) -> Result<Self> {
        Self::new(Clock::BOOTTIME, TimerSetting::Every(interval, interval))
    }

    /// Makes one that ends at a time of day and date, however the clock is set meanwhile; one in the past ends at once.
    ///
    /// # Errors
    /// `MFILE`, `NFILE`.
    pub fn at(time: SystemTime) -> Result<Self> {
        Self::new(Clock::REALTIME, TimerSetting::At(time.into()))
    }

    fn new(clock: Clock, setting: TimerSetting) -> Result<Self> {
        let timer = timerfd_create(clock, TimerFlags::CLOSE_ON_EXEC)?;
        timerfd_settime(&timer, setting)?;
        Ok(Self(timer))
    }

    /// Sets it anew.
    ///
    /// # Errors
    /// `INVAL`.
    pub fn set(&self, setting: TimerSetting) -> Result<()> {
        timerfd_settime(&self.0, setting)
    }

    /// Gives the time until it ends next; none if it will not.
    ///
    /// # Errors
    /// `BADF`.
    pub fn left(&self) -> Result<Option<Duration>> {
        timerfd_gettime(&self.0)
    }

    /// Waits for its end; gives how often it has ended since this was asked last.
    ///
    /// # Errors
    /// `BADF`. On one that will not end it waits for ever.
    pub fn wait(&self) -> Result<u64> {
        retry(|| read_timer(&self.0))
    }
}

impl AsFd for Timer {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Instant;

    #[test]
    fn timers_end() {
        let start = Instant::now();
        let timer = Timer::after(Duration::from_millis(20)).unwrap();
        assert!(timer.left().unwrap().unwrap() <= Duration::from_millis(20));
        assert_eq!((timer.wait(), timer.left()), (Ok(1), Ok(None)));
        assert!(start.elapsed() >= Duration::from_millis(20));
        let timer = Timer::every(Duration::from_millis(5)).unwrap();
        let ends = timer.wait().unwrap() + timer.wait().unwrap();
        assert!(ends >= 2 && start.elapsed() >= Duration::from_millis(30));
        timer.set(TimerSetting::Off).unwrap();
        assert_eq!(timer.left(), Ok(None));
        assert_eq!(Timer::at(SystemTime::EPOCH).unwrap().wait(), Ok(1));
    }
}
