//! Requests of a file system that its device hears of: to hold still, and to tell what is free.

use crate::fd::AsFd;
use crate::{Result, ioctl};
use ioctl::files as request;
use linux_raw_sys::general as kernel;

/// Holds a file system still: what was written is on the device, and what is written now waits until [`thaw`].
///
/// # Errors
/// `BUSY` (it is held already), `OPNOTSUPP`, `PERM`.
#[doc(alias = "FIFREEZE")]
pub fn freeze(folder: impl AsFd) -> Result<()> {
    // SAFETY: it takes nothing, whatever its definition says.
    unsafe { ioctl::plain(folder, request::FIFREEZE) }.map(drop)
}

/// Lets it go on.
///
/// # Errors
/// `INVAL` (it is not held), `PERM`.
#[doc(alias = "FITHAW")]
pub fn thaw(folder: impl AsFd) -> Result<()> {
    // SAFETY: it takes nothing, whatever its definition says.
    unsafe { ioctl::plain(folder, request::FITHAW) }.map(drop)
}

/// Tells the device what is free from an offset on, in stretches of at least `shortest` bytes; gives how many bytes it told.
///
/// # Errors
/// `OPNOTSUPP`, `NOTTY` (the file system cannot), `INVAL`, `PERM`.
#[doc(alias = "FITRIM")]
pub fn trim(folder: impl AsFd, offset: u64, length: u64, shortest: u64) -> Result<u64> {
    let mut range = kernel::fstrim_range { start: offset, len: length, minlen: shortest };
    // SAFETY: it reads and writes one such structure.
    unsafe { ioctl::update(folder, request::FITRIM, &mut range) }?;
    Ok(range.len)
}
