//! A number of permits, which threads take and give back.

use core::sync::atomic::{AtomicU32, Ordering};
use core::time::Duration;

use linux::time::Timespec;

use super::parker::deadline;
use super::word::Word;

/// The words: permits that are there, and how many threads may sleep until there are some.
///
/// Who finds none says so in `waiting` before the kernel looks at `permits` once more; who gives one back looks at
/// `waiting` after it has changed `permits`. So one of the two sees the other.
#[derive(Debug)]
pub(super) struct RawSemaphore<W = AtomicU32> {
    permits: W,
    waiting: W,
}

impl<W: Word> RawSemaphore<W> {
    #[cfg(test)]
    pub(super) const fn on(permits: W, waiting: W) -> Self {
        Self { permits, waiting }
    }

    pub(super) fn try_acquire(&self) -> bool {
        let mut permits = self.permits.load(Ordering::Relaxed);
        while permits > 0 {
            match self.permits.replace(permits, permits - 1, Ordering::Acquire) {
                Ok(()) => return true,
                Err(other) => permits = other,
            }
        }
        false
    }

    /// Takes a permit; false if there was none up to that time.
    pub(super) fn acquire(&self, until: Option<Timespec>) -> bool {
        if self.permits.spin(|permits| permits == 0) > 0 && self.try_acquire() {
            return true;
        }
        self.waiting.add(1, Ordering::SeqCst);
        let mut in_time = true;
        let acquired = loop {
            if self.try_acquire() {
                break true;
            }
            if !in_time {
                break false;
            }
            in_time = self.permits.wait(0, until);
        };
        self.waiting.add(u32::MAX, Ordering::Relaxed);
        acquired
    }

    pub(super) fn release(&self, count: u32) {
        self.permits.add(count, Ordering::SeqCst);
        if self.waiting.load(Ordering::SeqCst) > 0 {
            self.permits.wake(count);
        }
    }
}

/// A number of permits. A thread that wants one sleeps while there is none.
#[derive(Debug)]
pub struct Semaphore {
    raw: RawSemaphore,
}

impl Semaphore {
    /// Makes one with this many permits.
    pub const fn new(permits: u32) -> Self {
        Self { raw: RawSemaphore { permits: AtomicU32::new(permits), waiting: AtomicU32::new(0) } }
    }

    /// Waits for a permit, and takes it.
    pub fn acquire(&self) {
        self.raw.acquire(None);
    }

    /// Takes a permit if there is one at once.
    pub fn try_acquire(&self) -> bool {
        self.raw.try_acquire()
    }

    /// Waits for at most this long; says whether there was a permit.
    pub fn acquire_timeout(&self, limit: Duration) -> bool {
        self.raw.acquire(Some(deadline(limit)))
    }

    /// Gives permits back, or new ones; together there are less than 2^32.
    pub fn release(&self, count: u32) {
        self.raw.release(count);
    }
}
