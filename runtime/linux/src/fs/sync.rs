//! From memory to the device: sync(2), fsync(2).

use crate::Result;
use crate::fd::AsFd;

/// Writes everything that is waiting in memory to the devices, and waits for it.
///
/// See `sync(2)`.
pub fn sync() {
    // SAFETY: no arguments; the call always succeeds.
    let _ = unsafe { syscall!(__NR_sync) };
}

/// Writes what is waiting for the file system of this file.
///
/// # Errors
/// `BADF`, `IO`, `NOSPC`. See `syncfs(2)`.
pub fn syncfs(file: impl AsFd) -> Result<()> {
    // SAFETY: a descriptor only.
    unsafe { syscall!(__NR_syncfs, file.as_fd()) }.map(drop)
}

/// Writes the file's data and metadata to the device.
///
/// # Errors
/// `BADF`, `IO`, `NOSPC`, `ROFS`, `INVAL` (not a file that can), `INTR`. See `fsync(2)`.
pub fn fsync(file: impl AsFd) -> Result<()> {
    // SAFETY: a descriptor only.
    unsafe { syscall!(__NR_fsync, file.as_fd()) }.map(drop)
}

/// Writes the file's data, and of its metadata what is needed to read it.
///
/// # Errors
/// Those of [`fsync`]. See `fdatasync(2)`.
pub fn fdatasync(file: impl AsFd) -> Result<()> {
    // SAFETY: a descriptor only.
    unsafe { syscall!(__NR_fdatasync, file.as_fd()) }.map(drop)
}
