//! A call each for what futex(2) does by numbers: futex_wait, futex_wake, futex_requeue of Linux 6.7.

use super::Sharing;
use crate::Result;
use crate::time::{Clock, Timespec};
use core::ptr;
use core::sync::atomic::AtomicU32;
use linux_raw_sys::general as kernel;

/// Words of 32 bits, the one size that kernels take so far.
const fn flags(sharing: Sharing) -> u32 {
    match sharing {
        Sharing::Private => kernel::FUTEX2_SIZE_U32 | kernel::FUTEX2_PRIVATE,
        Sharing::Shared => kernel::FUTEX2_SIZE_U32,
    }
}

/// Sleeps while the word has this value, until somebody wakes one of these bits, or a clock shows a time.
///
/// # Errors
/// `AGAIN` (the word has another value), `TIMEDOUT`, `INTR`, `INVAL` (no bit); `NOSYS` before Linux 6.7. See
/// `kernel/futex/syscalls.c`.
#[doc(alias = "futex_wait")]
pub fn wait_bits(
    word: &AtomicU32,
    value: u32,
    bits: u32,
    sharing: Sharing,
    until: Option<(Clock, Timespec)>,
) -> Result<()> {
    let clock = until.map_or(Clock::MONOTONIC, |(clock, _)| clock).0;
    let until = until.map(|(_, time)| time);
    let end = until.as_ref().map_or(ptr::null(), ptr::from_ref);
    let (word, value, bits) = (word.as_ptr(), value as usize, bits as usize);
    // SAFETY: the kernel reads the word, and a time if one is given.
    unsafe { syscall!(__NR_futex_wait, word, value, bits, flags(sharing), end, clock) }.map(drop)
}

/// Wakes at most this many threads that wait for one of these bits; gives how many.
///
/// # Errors
/// `INVAL` (no bit); `NOSYS` before Linux 6.7. See `kernel/futex/syscalls.c`.
#[doc(alias = "futex_wake")]
pub fn wake_bits(word: *const AtomicU32, bits: u32, count: u32, sharing: Sharing) -> Result<usize> {
    let count = count.min(i32::MAX as u32);
    // SAFETY: the kernel takes the address for a name.
    unsafe { syscall!(__NR_futex_wake, word, bits as usize, count, flags(sharing)) }
}

/// As [`requeue`](super::requeue), by the call of its own.
///
/// # Errors
/// `AGAIN` (the word has another value); `NOSYS` before Linux 6.7. See `kernel/futex/syscalls.c`.
#[doc(alias = "futex_requeue")]
pub fn move_waiters(
    from: &AtomicU32,
    value: u32,
    wake: u32,
    to: &AtomicU32,
    most: u32,
    sharing: Sharing,
) -> Result<usize> {
    let waiter = |word: &AtomicU32, value: u32| kernel::futex_waitv {
        val: value.into(),
        uaddr: word.as_ptr().expose_provenance() as u64,
        flags: flags(sharing),
        __reserved: 0,
    };
    let pair = [waiter(from, value), waiter(to, 0)];
    let [wake, most] = [wake, most].map(|count| count.min(i32::MAX as u32));
    // SAFETY: the kernel reads both descriptions and the first word, which is borrowed.
    unsafe { syscall!(__NR_futex_requeue, pair.as_ptr(), 0_u32, wake, most) }
}
