//! The one thing that all of `sync` stands on: a word of 32 bits that threads change and on which they can sleep.
//!
//! It is a trait so that the same code that ships also runs on a word of the tests, which tries every order of steps.

use core::hint;
use core::sync::atomic::{AtomicU32, Ordering};

use linux::Errno;
use linux::futex::{self, Sharing};
use linux::thread::sched_yield;
use linux::time::{Clock, Timespec, ask_kernel};

/// A word that threads agree over.
pub(crate) trait Word {
    /// How often a word is looked at again before a thread sleeps for it.
    const SPINS: u32;

    /// Reads it.
    fn load(&self, order: Ordering) -> u32;
    /// Replaces it; gives what was there.
    fn swap(&self, value: u32, order: Ordering) -> u32;
    /// Replaces `from` by `to`; gives what is there instead of `from`. It is not acquired then.
    fn replace(&self, from: u32, to: u32, order: Ordering) -> Result<(), u32>;
    /// Adds, modulo 2^32; gives what was there.
    fn add(&self, value: u32, order: Ordering) -> u32;
    /// Sleeps while the word has this value, until somebody wakes or the time has come, which is false; may also come back
    /// for nothing.
    fn wait(&self, value: u32, until: Option<Timespec>) -> bool;
    /// Wakes this many sleepers; gives how many there were.
    fn wake(&self, count: u32) -> usize;
    /// Lets a moment pass.
    fn pause();

    /// Looks at the word for a moment until it is no longer one of those that `busy` says; gives the last value.
    #[inline]
    fn spin(&self, busy: impl Fn(u32) -> bool) -> u32 {
        let mut left = Self::SPINS;
        loop {
            let value = self.load(Ordering::Relaxed);
            if left == 0 || !busy(value) {
                return value;
            }
            Self::pause();
            left -= 1;
        }
    }
}

/// Sleeps while a word has this value, until somebody wakes or CLOCK_MONOTONIC shows the time, which is false; may also come
/// back for nothing. Where the kernel has no futexes, or a filter stands before them, it lets others run and comes back.
pub(crate) fn sleep(word: &AtomicU32, value: u32, sharing: Sharing, until: Option<Timespec>) -> bool {
    match futex::wait(word, value, sharing, until) {
        Ok(()) | Err(Errno::AGAIN | Errno::INTR) => true,
        Err(Errno::TIMEDOUT) => false,
        Err(_) => {
            sched_yield();
            until.is_none_or(|until| ask_kernel(Clock::MONOTONIC).is_ok_and(|now| now < until))
        }
    }
}

impl Word for AtomicU32 {
    /// Some hundred nanoseconds: less than going to sleep and being woken takes.
    const SPINS: u32 = 100;

    #[inline(always)]
    fn load(&self, order: Ordering) -> u32 {
        self.load(order)
    }

    #[inline(always)]
    fn swap(&self, value: u32, order: Ordering) -> u32 {
        self.swap(value, order)
    }

    #[inline(always)]
    fn replace(&self, from: u32, to: u32, order: Ordering) -> Result<(), u32> {
        self.compare_exchange(from, to, order, Ordering::Relaxed).map(drop)
    }

    #[inline(always)]
    fn add(&self, value: u32, order: Ordering) -> u32 {
        self.fetch_add(value, order)
    }

    fn wait(&self, value: u32, until: Option<Timespec>) -> bool {
        sleep(self, value, Sharing::Private, until)
    }

    fn wake(&self, count: u32) -> usize {
        futex::wake(self, count, Sharing::Private).unwrap_or(0)
    }

    #[inline(always)]
    fn pause() {
        hint::spin_loop();
    }
}
