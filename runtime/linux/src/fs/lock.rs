//! Advisory locks on whole files: flock(2).

use crate::Result;
use crate::fd::AsFd;
use linux_raw_sys::general as kernel;

/// What is to be held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lock {
    /// LOCK_SH: together with other shared ones.
    Shared,
    /// LOCK_EX: alone.
    Exclusive,
    /// LOCK_UN: nothing any more.
    Unlock,
}

/// Takes or gives back a lock of an open file; with `wait` false it gives `AGAIN` where it would wait.
///
/// # Errors
/// `AGAIN`, `INTR`, `NOLCK`, `BADF`. See `flock(2)`.
pub fn flock(file: impl AsFd, lock: Lock, wait: bool) -> Result<()> {
    let operation = match lock {
        Lock::Shared => kernel::LOCK_SH,
        Lock::Exclusive => kernel::LOCK_EX,
        Lock::Unlock => kernel::LOCK_UN,
    };
    let operation = operation | if wait { 0 } else { kernel::LOCK_NB };
    // SAFETY: integers only.
    unsafe { syscall!(__NR_flock, file.as_fd(), operation) }.map(drop)
}
