//! Sleeping until what a lock guards has changed.

use core::sync::atomic::{AtomicU32, Ordering};
use core::time::Duration;

use linux::time::{Timespec, monotonic};

use super::mutex::{MutexGuard, RawMutex};
use super::parker::deadline;
use super::word::Word;

/// The word of a condition: how often somebody has said something, modulo 2^32.
///
/// Who waits remembers the number while it still has the lock, so that what is said after that is never missed.
#[derive(Debug)]
pub(super) struct RawCondvar<W = AtomicU32> {
    said: W,
}

impl<W: Word> RawCondvar<W> {
    #[cfg(test)]
    pub(super) const fn on(said: W) -> Self {
        Self { said }
    }

    pub(super) fn notify(&self, count: u32) {
        self.said.add(1, Ordering::Relaxed);
        self.said.wake(count);
    }

    /// Frees the lock, sleeps, and takes it again; false if the time is over.
    pub(super) fn wait<L: Word>(&self, lock: &RawMutex<L>, until: Option<Timespec>) -> bool {
        let said = self.said.load(Ordering::Relaxed);
        lock.unlock();
        let in_time = self.said.wait(said, until);
        lock.lock();
        in_time
    }
}

/// A place to wait for a change of what a [`Mutex`](super::Mutex) guards: `std::sync::Condvar`, without poisoning.
///
/// Waiting may end for nothing: look again, or use the functions that do.
#[derive(Debug)]
pub struct Condvar {
    raw: RawCondvar,
}

/// Whether a wait ended because its time was over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitTimeoutResult(bool);

impl WaitTimeoutResult {
    /// Says so.
    pub const fn timed_out(self) -> bool {
        self.0
    }
}

impl Default for Condvar {
    fn default() -> Self {
        Self::new()
    }
}

impl Condvar {
    /// Makes a place where nobody waits.
    pub const fn new() -> Self {
        Self { raw: RawCondvar { said: AtomicU32::new(0) } }
    }

    /// Frees the lock, sleeps until somebody notifies, and takes it again.
    pub fn wait<'a, T: ?Sized>(&self, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
        self.raw.wait(guard.raw(), None);
        guard
    }

    /// Waits as long as `condition` is true of what the lock guards.
    pub fn wait_while<'a, T: ?Sized>(
        &self,
        mut guard: MutexGuard<'a, T>,
        mut condition: impl FnMut(&mut T) -> bool,
    ) -> MutexGuard<'a, T> {
        while condition(&mut guard) {
            guard = self.wait(guard);
        }
        guard
    }

    /// Waits for at most this long.
    pub fn wait_timeout<'a, T: ?Sized>(
        &self,
        guard: MutexGuard<'a, T>,
        limit: Duration,
    ) -> (MutexGuard<'a, T>, WaitTimeoutResult) {
        let in_time = self.wait_until(&guard, Some(deadline(limit)));
        (guard, WaitTimeoutResult(!in_time))
    }

    /// Waits as long as `condition` is true of what the lock guards, for at most this long.
    pub fn wait_timeout_while<'a, T: ?Sized>(
        &self,
        mut guard: MutexGuard<'a, T>,
        limit: Duration,
        mut condition: impl FnMut(&mut T) -> bool,
    ) -> (MutexGuard<'a, T>, WaitTimeoutResult) {
        let end = deadline(limit);
        loop {
            if !condition(&mut guard) {
                return (guard, WaitTimeoutResult(false));
            }
            if Timespec::from(monotonic()) >= end {
                return (guard, WaitTimeoutResult(true));
            }
            self.wait_until(&guard, Some(end));
        }
    }

    /// The same with the time at which it ends; false if that has come.
    pub(super) fn wait_until<T: ?Sized>(&self, guard: &MutexGuard<'_, T>, until: Option<Timespec>) -> bool {
        self.raw.wait(guard.raw(), until)
    }

    /// Wakes one of those that wait.
    pub fn notify_one(&self) {
        self.raw.notify(1);
    }

    /// Wakes all that wait.
    pub fn notify_all(&self) {
        self.raw.notify(u32::MAX);
    }
}
