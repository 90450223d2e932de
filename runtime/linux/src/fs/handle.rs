//! Names for files that are no paths, which outlive renaming and reboots: open_by_handle_at(2).

use super::OpenFlags;
use crate::Result;
use crate::fd::{AsFd, OwnedFd};
use crate::path::PathArg;
use linux_raw_sys::general as kernel;

/// What names a file within its file system (`struct file_handle`), at most 128 bytes long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct FileHandle {
    length: u32,
    kind: i32,
    bytes: [u8; Self::MOST],
}

abi!(FileHandle: "the kernel keeps struct file_handle to itself (include/linux/fs.h)");

impl FileHandle {
    /// MAX_HANDLE_SZ: how long it can be.
    pub const MOST: usize = 128;

    /// Takes a handle that the kernel has written elsewhere; none if it is longer than any.
    pub(super) fn of(kind: i32, from: &[u8]) -> Option<Self> {
        let mut bytes = [0; Self::MOST];
        bytes.get_mut(..from.len())?.copy_from_slice(from);
        Some(Self { length: from.len() as u32, kind, bytes })
    }

    /// Gives the kind, which the file system chooses.
    pub const fn kind(&self) -> i32 {
        self.kind
    }

    /// Gives the bytes.
    pub fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.length as usize).unwrap_or_default()
    }
}

/// Gives the handle of a file at a path from a directory, and the number of its mount; symbolic links are not followed.
///
/// # Errors
/// `OPNOTSUPP` (the file system has none), `NOENT`, `ACCES`, `OVERFLOW`. See `name_to_handle_at(2)`.
pub fn name_to_handle_at<P: PathArg>(directory: impl AsFd, path: P) -> Result<(FileHandle, i32)> {
    let mut handle = FileHandle { length: FileHandle::MOST as u32, kind: 0, bytes: [0; FileHandle::MOST] };
    let mut mount = 0_i32;
    path.with(&mut |path| {
        let (path, handle, mount) = (path.as_ptr(), &raw mut handle, &raw mut mount);
        // SAFETY: the path is terminated; the kernel writes one structure, which says its room, and a number.
        unsafe { syscall!(__NR_name_to_handle_at, directory.as_fd(), path, handle, mount, 0_u32) }
    })?;
    Ok((handle, mount))
}

/// Opens the file of a handle; any file of the same mount says which file system is meant.
///
/// # Errors
/// `PERM` (needs CAP_DAC_READ_SEARCH), `STALE` (it is gone), `INVAL`, and those of [`open`](super::open()). See
/// `open_by_handle_at(2)`.
pub fn open_by_handle_at(beside: impl AsFd, handle: &FileHandle, flags: OpenFlags) -> Result<OwnedFd> {
    let flags = flags.bits() | kernel::O_LARGEFILE;
    // SAFETY: the kernel reads one structure, which says its length.
    unsafe { syscall!(__NR_open_by_handle_at, beside.as_fd(), &raw const *handle, flags) }.map(OwnedFd::made)
}
