//! A counter as something to wait for: eventfd(2).

use crate::fd::{AsFd, OwnedFd};
use crate::fs::{read, write};
use crate::{Errno, Result};
use linux_raw_sys::general as kernel;

flags! {
    /// What a counter is to be.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct EventFlags: u32 {
        /// EFD_CLOEXEC: closed by execve.
        const CLOSE_ON_EXEC = kernel::EFD_CLOEXEC;
        /// EFD_NONBLOCK: calls give `AGAIN` instead of waiting.
        const NONBLOCK = kernel::EFD_NONBLOCK;
        /// EFD_SEMAPHORE: reading takes one at a time.
        const SEMAPHORE = kernel::EFD_SEMAPHORE;
        const _ = !0;
    }
}

/// Makes a counter.
///
/// # Errors
/// `MFILE`, `NFILE`, `NOMEM`. See `eventfd(2)`.
#[doc(alias = "eventfd2")]
pub fn eventfd(start: u32, flags: EventFlags) -> Result<OwnedFd> {
    // SAFETY: integers only.
    unsafe { syscall!(__NR_eventfd2, start, flags.bits()) }.map(OwnedFd::made)
}

/// Takes the count (of a semaphore: one), waiting until it is above zero.
///
/// # Errors
/// `AGAIN`, `INTR`. See `eventfd(2)`.
pub fn read_event(counter: impl AsFd) -> Result<u64> {
    let mut count = [0; 8];
    match read(counter, &mut count)? {
        8 => Ok(u64::from_ne_bytes(count)),
        _ => Err(Errno::IO),
    }
}

/// Adds to the count.
///
/// # Errors
/// `AGAIN`, `INTR`, `INVAL` (`u64::MAX`). See `eventfd(2)`.
pub fn write_event(counter: impl AsFd, add: u64) -> Result<()> {
    write(counter, &add.to_ne_bytes()).map(drop)
}
