//! The room of a file: ftruncate(2), fallocate(2), and sharing it with another one.

use crate::fd::AsFd;
use crate::{Result, ioctl};
use ioctl::files as request;
use linux_raw_sys::general as kernel;

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
pub fn allocate(file: impl AsFd, offset: u64, length: u64) -> Result<()> {
    fallocate(file, Allocate::empty(), offset, length)
}

flags! {
    /// What is done with a part of a file, other than to reserve room for it.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Allocate: u32 {
        /// FALLOC_FL_KEEP_SIZE: the length of the file stays.
        const KEEP_SIZE = kernel::FALLOC_FL_KEEP_SIZE;
        /// FALLOC_FL_PUNCH_HOLE: the room is given back; only with `KEEP_SIZE`.
        const PUNCH_HOLE = kernel::FALLOC_FL_PUNCH_HOLE;
        /// FALLOC_FL_COLLAPSE_RANGE: the part is cut out, and the rest moves down.
        const COLLAPSE = kernel::FALLOC_FL_COLLAPSE_RANGE;
        /// FALLOC_FL_ZERO_RANGE: the part reads as zero.
        const ZERO = kernel::FALLOC_FL_ZERO_RANGE;
        /// FALLOC_FL_INSERT_RANGE: a hole is put in, and the rest moves up.
        const INSERT = kernel::FALLOC_FL_INSERT_RANGE;
        const _ = !0;
    }
}

/// Does this with a part of a file.
///
/// # Errors
/// Those of [`allocate`]; `INVAL` (an empty part, or one that is no whole number of blocks).
pub fn fallocate(file: impl AsFd, what: Allocate, offset: u64, length: u64) -> Result<()> {
    // SAFETY: integers only.
    unsafe { wide_syscall!(__NR_fallocate, file.as_fd(), what.bits(), offset, length) }.map(drop)
}

/// Makes a file the same as another one of its file system, in one step: they share the room until one of them changes.
///
/// # Errors
/// `OPNOTSUPP`, `XDEV`, `INVAL`, `NOTTY` (the file system cannot, or not these), `TXTBSY`, `NOSPC`. See `ioctl_ficlone(2)`.
#[doc(alias = "FICLONE")]
#[doc(alias = "reflink")]
pub fn share_room(to: impl AsFd, from: impl AsFd) -> Result<()> {
    let from = from.as_fd().as_raw().cast_unsigned();
    // SAFETY: the request takes the number of a descriptor, which is open as long as it is borrowed.
    unsafe { ioctl::with_number(to, request::FICLONE, from as usize) }.map(drop)
}

/// Gives the flags that a file system keeps for a file (`chattr`), as `FS_..._FL` in the kernel's `fs.h`.
///
/// # Errors
/// `NOTTY`, `OPNOTSUPP` (this file system keeps none). See `ioctl_iflags(2)`.
#[doc(alias = "FS_IOC_GETFLAGS")]
pub fn inode_flags(file: impl AsFd) -> Result<u32> {
    // SAFETY: the kernel writes 32 bits, whatever size the request's number says.
    unsafe { ioctl::get(file, request::FS_IOC_GETFLAGS) }
}

/// Sets them.
///
/// # Errors
/// Those of [`inode_flags`]; `PERM`, `ROFS`.
#[doc(alias = "FS_IOC_SETFLAGS")]
pub fn set_inode_flags(file: impl AsFd, flags: u32) -> Result<()> {
    // SAFETY: the kernel reads 32 bits, whatever size the request's number says.
    unsafe { ioctl::set(file, request::FS_IOC_SETFLAGS, &flags) }.map(drop)
}

/// Gives the number of a file's version, which network file servers tell one file from a later one with its place by.
///
/// # Errors
/// Those of [`inode_flags`].
#[doc(alias = "FS_IOC_GETVERSION")]
pub fn inode_version(file: impl AsFd) -> Result<u32> {
    // SAFETY: the kernel writes 32 bits, whatever size the request's number says.
    unsafe { ioctl::get(file, request::FS_IOC_GETVERSION) }
}

/// Sets it.
///
/// # Errors
/// Those of [`set_inode_flags`].
#[doc(alias = "FS_IOC_SETVERSION")]
pub fn set_inode_version(file: impl AsFd, version: u32) -> Result<()> {
    // SAFETY: the kernel reads 32 bits, whatever size the request's number says.
    unsafe { ioctl::set(file, request::FS_IOC_SETVERSION, &version) }.map(drop)
}

/// Gives the project that a file belongs to.
///
/// # Errors
/// Those of [`inode_flags`].
#[doc(alias = "FS_IOC_FSGETXATTR")]
pub fn project(file: impl AsFd) -> Result<u32> {
    // SAFETY: the kernel fills one `fsxattr` structure.
    unsafe { ioctl::get(file, request::FS_IOC_FSGETXATTR) }.map(|extended| extended.fsx_projid)
}

/// Sets it.
///
/// # Errors
/// Those of [`set_inode_flags`].
#[doc(alias = "FS_IOC_FSSETXATTR")]
pub fn set_project(file: impl AsFd, project: u32) -> Result<()> {
    let file = file.as_fd();
    // SAFETY: the kernel fills one such structure.
    let mut extended = unsafe { ioctl::get(file, request::FS_IOC_FSGETXATTR) }?;
    extended.fsx_projid = project;
    // SAFETY: the kernel reads one such structure.
    unsafe { ioctl::set(file, request::FS_IOC_FSSETXATTR, &extended) }.map(drop)
}
