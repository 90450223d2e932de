//! A place where one thread sleeps until another one lets it go on.

use core::sync::atomic::{AtomicU32, Ordering};
use core::time::Duration;

use linux::time::{self, Timespec};

use super::word::Word;

/// Nobody sleeps, nothing was said.
const EMPTY: u32 = 0;
/// The next one to park goes on at once.
const NOTIFIED: u32 = 1;
/// Somebody sleeps.
const PARKED: u32 = 2;

/// A place where one thread sleeps; a sign that comes before is kept, and two are as good as one.
///
/// Each thread has one of its own behind `thread::park` and `Thread::unpark`.
#[derive(Debug)]
pub struct Parker<W = AtomicU32> {
    word: W,
}

impl Parker {
    /// Makes a place where nobody sleeps.
    pub const fn new() -> Self {
        Self { word: AtomicU32::new(EMPTY) }
    }
}

impl Default for Parker {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
impl<W> Parker<W> {
    pub(super) const fn on(word: W) -> Self {
        Self { word }
    }
}

#[expect(private_bounds, reason = "other words than the usual one are for tests")]
impl<W: Word> Parker<W> {
    /// Sleeps until [`unpark`](Self::unpark) is called, or was since the last time. For one thread at a time.
    pub fn park(&self) {
        self.park_until(None);
    }

    /// The same, for at most this long.
    pub fn park_timeout(&self, limit: Duration) {
        self.park_until(Some(deadline(limit)));
    }

    pub(super) fn park_until(&self, until: Option<Timespec>) {
        if self.word.replace(EMPTY, PARKED, Ordering::Acquire).is_ok() {
            while self.word.wait(PARKED, until) && self.word.load(Ordering::Relaxed) == PARKED {}
        }
        // What was said is taken, or the time is over.
        self.word.swap(EMPTY, Ordering::Acquire);
    }

    /// Lets the one that sleeps go on, or the next one that would.
    pub fn unpark(&self) {
        if self.word.swap(NOTIFIED, Ordering::Release) == PARKED {
            self.word.wake(1);
        }
    }
}

/// Gives the time on CLOCK_MONOTONIC at which a limit from now is over.
pub(super) fn deadline(limit: Duration) -> Timespec {
    time::monotonic().saturating_add(limit).into()
}
