//! Several words at once: futex_waitv(2), FUTEX_CMP_REQUEUE.

use super::Sharing;
use crate::Result;
use crate::time::{Clock, Timespec};
use core::marker::PhantomData;
use core::ptr;
use core::sync::atomic::AtomicU32;
use linux_raw_sys::general as kernel;

/// A word, and the value that it has while somebody waits on it.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub struct Waiter<'word>(kernel::futex_waitv, PhantomData<&'word AtomicU32>);

impl<'word> Waiter<'word> {
    /// Says on which word it is to be waited while it has this value.
    pub fn new(word: &'word AtomicU32, value: u32, sharing: Sharing) -> Self {
        let private = match sharing {
            Sharing::Private => kernel::FUTEX2_PRIVATE,
            Sharing::Shared => 0,
        };
        let waiter = kernel::futex_waitv {
            val: value.into(),
            uaddr: word.as_ptr().expose_provenance() as u64,
            flags: kernel::FUTEX2_SIZE_U32 | private,
            __reserved: 0,
        };
        Self(waiter, PhantomData)
    }
}

/// Sleeps while all words, at most 128, have their values, until somebody wakes one of them, or CLOCK_MONOTONIC shows a time; gives
/// which was woken.
///
/// # Errors
/// `AGAIN` (one has another value), `TIMEDOUT`, `INTR`, `INVAL` (none, or too many), `NOSYS` (before Linux 5.16). See `futex_waitv(2)`.
#[doc(alias = "futex_waitv")]
pub fn wait_any(waiters: &[Waiter<'_>], until: Option<Timespec>) -> Result<usize> {
    let end = until.as_ref().map_or(ptr::null(), ptr::from_ref);
    let clock = Clock::MONOTONIC.0;
    // SAFETY: the kernel reads the descriptions, the words, which are borrowed, and a time if one is given.
    unsafe { syscall!(__NR_futex_waitv, waiters.as_ptr(), waiters.len(), 0_u32, end, clock) }
}

/// Wakes at most `wake` of the threads that wait on a word, if it has this value, and has at most `most` of the others wait on
/// another word instead. Gives how many that were in all.
///
/// # Errors
/// `AGAIN` (the word has another value). See `futex(2)`, FUTEX_CMP_REQUEUE.
#[doc(alias = "FUTEX_CMP_REQUEUE")]
pub fn requeue(
    word: &AtomicU32,
    value: u32,
    wake: u32,
    to: *const AtomicU32,
    most: u32,
    sharing: Sharing,
) -> Result<usize> {
    let operation = sharing.with(kernel::FUTEX_CMP_REQUEUE);
    // The kernel counts in a C `int`, the second one in the place of a time.
    let [wake, most] = [wake, most].map(|count| count.min(i32::MAX as u32));
    let word = word.as_ptr();
    timed!(
        // SAFETY: the kernel reads the first word, and takes the second one's address for a name.
        unsafe { syscall!(__NR_futex | __NR_futex_time64, word, operation, wake, most, to, value) },
        // SAFETY: as above.
        unsafe { syscall!(__NR_futex, word, operation, wake, most, to, value) }
    )
}
