//! The position of an open file: lseek(2).

use crate::Result;
use crate::fd::{AsFd, BorrowedFd};
use linux_raw_sys::general as kernel;

/// A place in a file, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    /// SEEK_SET: from the start.
    Start(u64),
    /// SEEK_CUR: from the position.
    Current(i64),
    /// SEEK_END: from the end.
    End(i64),
    /// SEEK_DATA: the first data at or after this offset.
    Data(u64),
    /// SEEK_HOLE: the first hole at or after this offset.
    Hole(u64),
}

/// Moves the position of a file; gives the new one, in bytes from the start.
///
/// # Errors
/// `SPIPE` for pipes, sockets and terminals; `INVAL` before the start; `NXIO` past the last data. See `lseek(2)`.
#[doc(alias = "SEEK_SET")]
pub fn lseek(file: impl AsFd, to: From) -> Result<u64> {
    let (offset, whence) = match to {
        From::Start(offset) => (offset as i64, kernel::SEEK_SET),
        From::Current(offset) => (offset, kernel::SEEK_CUR),
        From::End(offset) => (offset, kernel::SEEK_END),
        From::Data(offset) => (offset as i64, kernel::SEEK_DATA),
        From::Hole(offset) => (offset as i64, kernel::SEEK_HOLE),
    };
    move_to(file.as_fd(), offset, whence)
}

#[cfg(target_pointer_width = "64")]
fn move_to(file: BorrowedFd<'_>, offset: i64, whence: u32) -> Result<u64> {
    // SAFETY: integers only.
    unsafe { syscall!(__NR_lseek, file, offset, whence) }.map(|position| position as u64)
}

/// The kernel puts the halves together itself, so they come in the same order on every processor.
#[cfg(target_pointer_width = "32")]
#[doc(alias = "_llseek")]
fn move_to(file: BorrowedFd<'_>, offset: i64, whence: u32) -> Result<u64> {
    let (high, low) = ((offset >> 32) as u32, offset as u32);
    let mut position = 0_u64;
    // SAFETY: the kernel writes one number.
    unsafe { syscall!(__NR__llseek, file, high, low, &raw mut position, whence) }?;
    Ok(position)
}
