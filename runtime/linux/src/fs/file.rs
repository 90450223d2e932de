//! The length of a file: ftruncate(2), fallocate(2).

use crate::Result;
use crate::fd::AsFd;

/// Sets the length of a file in bytes; what is added reads as zero.
///
/// # Errors
/// `INVAL`, `FBIG`, `PERM` (sealed), `BADF` (not open for writing), `INTR`. See `ftruncate(2)`.
pub fn ftruncate(file: impl AsFd, length: u64) -> Result<()> {
    // SAFETY: integers only.
    unsafe { wide_syscall!(__NR_ftruncate | __NR_ftruncate64, file.as_fd(), length) }.map(drop)
}

/// Reserves room for `length` bytes from `offset`, and makes the file that long at least.
///
/// # Errors
/// `NOSPC`, `OPNOTSUPP` (the file system cannot), `FBIG`, `INTR`. See `fallocate(2)`.
#[doc(alias = "fallocate")]
pub fn allocate(file: impl AsFd, offset: u64, length: u64) -> Result<()> {
    // SAFETY: integers only.
    unsafe { wide_syscall!(__NR_fallocate, file.as_fd(), 0_u32, offset, length) }.map(drop)
}
