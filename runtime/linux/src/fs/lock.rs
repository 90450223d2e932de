//! Advisory locks: on whole files flock(2), on ranges fcntl(2) with F_OFD_SETLK.

use crate::fd::AsFd;
use crate::{Errno, Result};
use core::ops::Range;
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

/// Takes or gives back a lock on a range of bytes of an open file; with `wait` false it gives `AGAIN` where it would wait.
///
/// The lock belongs to the open file, not to the process: it ends when the last descriptor of that open file is closed,
/// and two threads that have opened the file keep each other out. A range up to `u64::MAX` goes on for ever.
///
/// # Errors
/// `AGAIN`, `INTR`, `NOLCK`, `BADF` (a shared lock wants the file open for reading, an exclusive one for writing), `INVAL`
/// (an empty range, or one beyond 2^63). See `fcntl(2)`, open file description locks.
#[doc(alias = "F_OFD_SETLK")]
pub fn lock_range(file: impl AsFd, range: Range<u64>, lock: Lock, wait: bool) -> Result<()> {
    let mut request = request(range, lock)?;
    let operation = if wait { kernel::F_OFD_SETLKW } else { kernel::F_OFD_SETLK };
    // SAFETY: the kernel reads one structure.
    unsafe { syscall!(__NR_fcntl | __NR_fcntl64, file.as_fd(), operation, &raw mut request) }.map(drop)
}

/// Says whether such a lock could be taken: gives the lock in the way, if there is one.
///
/// # Errors
/// `BADF`, `INVAL`. See `fcntl(2)`, F_OFD_GETLK.
#[doc(alias = "F_OFD_GETLK")]
pub fn lock_in_the_way(file: impl AsFd, range: Range<u64>, lock: Lock) -> Result<Option<Lock>> {
    let mut request = request(range, lock)?;
    // SAFETY: the kernel reads one structure and writes it.
    unsafe { syscall!(__NR_fcntl | __NR_fcntl64, file.as_fd(), kernel::F_OFD_GETLK, &raw mut request) }?;
    Ok(match request.l_type as u32 {
        kernel::F_UNLCK => None,
        kernel::F_RDLCK => Some(Lock::Shared),
        _ => Some(Lock::Exclusive),
    })
}

fn request(range: Range<u64>, lock: Lock) -> Result<kernel::flock64> {
    let kind = match lock {
        Lock::Shared => kernel::F_RDLCK,
        Lock::Exclusive => kernel::F_WRLCK,
        Lock::Unlock => kernel::F_UNLCK,
    };
    // The kernel's word for a range without end is a length of zero.
    let length =
        if range.end == u64::MAX { 0 } else { range.end.checked_sub(range.start).ok_or(Errno::INVAL)? };
    if length == 0 && range.end != u64::MAX {
        return Err(Errno::INVAL);
    }
    Ok(kernel::flock64 {
        l_type: kind as _,
        l_whence: kernel::SEEK_SET as _,
        l_start: i64::try_from(range.start).map_err(|_| Errno::INVAL)?,
        l_len: i64::try_from(length).map_err(|_| Errno::INVAL)?,
        l_pid: 0,
    })
}
