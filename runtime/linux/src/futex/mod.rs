//! Waiting for a word of memory to change, and waking who waits: futex(2), futex_waitv(2).
//!
//! A wait may end without a cause: look at the word again.

use crate::Result;
use crate::time::Timespec;
#[cfg(target_pointer_width = "32")]
use crate::time::narrow::Narrow;
use core::ptr;
use core::sync::atomic::AtomicU32;
use linux_raw_sys::general as kernel;

mod owned;
mod several;
mod sized;

pub use owned::{
    DIED, OWNER, RobustLink, RobustList, WAITERS, lock_pi, lock_pi_until, try_lock_pi, unlock_pi,
};
pub use several::{Waiter, requeue, wait_any};
pub use sized::{move_waiters, wait_bits, wake_bits};

/// Who may wait on a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// Threads of this process alone, which costs less.
    Private,
    /// Threads of all processes that map the memory.
    Shared,
}

impl Sharing {
    const fn with(self, operation: u32) -> u32 {
        match self {
            Self::Private => operation | kernel::FUTEX_PRIVATE_FLAG,
            Self::Shared => operation,
        }
    }
}

/// Sleeps while the word has this value, until somebody wakes, or CLOCK_MONOTONIC shows a time.
///
/// # Errors
/// `AGAIN` (the word has another value), `TIMEDOUT`, `INTR`. See `futex(2)`, FUTEX_WAIT_BITSET.
#[doc(alias = "FUTEX_WAIT")]
pub fn wait(word: &AtomicU32, value: u32, sharing: Sharing, until: Option<Timespec>) -> Result<()> {
    let operation = sharing.with(kernel::FUTEX_WAIT_BITSET);
    let (word, any) = (word.as_ptr(), kernel::FUTEX_BITSET_MATCH_ANY);
    let end = until.as_ref().map_or(ptr::null(), ptr::from_ref);
    timed!(
        // SAFETY: the kernel reads the word, and a time if one is given.
        unsafe { syscall!(__NR_futex | __NR_futex_time64, word, operation, value, end, 0_usize, any) },
        {
            let until = until.map(Narrow::span);
            let end = until.as_ref().map_or(ptr::null(), ptr::from_ref);
            // SAFETY: as above.
            unsafe { syscall!(__NR_futex, word, operation, value, end, 0_usize, any) }
        }
    )
    .map(drop)
}

/// Wakes at most this many threads that wait on a word; gives how many. Nothing is read there: the word may be gone.
///
/// # Errors
/// None in practice. See `futex(2)`, FUTEX_WAKE.
#[doc(alias = "FUTEX_WAKE")]
pub fn wake(word: *const AtomicU32, count: u32, sharing: Sharing) -> Result<usize> {
    let operation = sharing.with(kernel::FUTEX_WAKE);
    // The kernel counts in a C `int`.
    let count = count.min(i32::MAX as u32);
    timed!(
        // SAFETY: the kernel takes the address for a name.
        unsafe { syscall!(__NR_futex | __NR_futex_time64, word, operation, count) },
        // SAFETY: as above.
        unsafe { syscall!(__NR_futex, word, operation, count) }
    )
}
