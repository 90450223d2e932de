//! Names: links, symbolic links, renaming and removal.

use crate::fd::{AsFd, CWD};
use crate::path::PathArg;
use crate::{Errno, Result};
use core::ffi::CStr;
use linux_raw_sys::general as kernel;

flags! {
    /// What a rename does when the new name exists.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct RenameFlags: u32 {
        /// RENAME_NOREPLACE: fails with `EXIST`.
        const NO_REPLACE = kernel::RENAME_NOREPLACE;
        /// RENAME_EXCHANGE: changes places with it.
        const EXCHANGE = kernel::RENAME_EXCHANGE;
        /// RENAME_WHITEOUT: leaves a whiteout under the old name (overlay file systems).
        const WHITEOUT = kernel::RENAME_WHITEOUT;
        const _ = !0;
    }
}

/// Gives a file a second name.
///
/// # Errors
/// `EXIST`, `XDEV`, `NOENT`, `PERM` (a directory), `MLINK`, `ROFS`. See `link(2)`.
pub fn link<P: PathArg, Q: PathArg>(old: P, new: Q) -> Result<()> {
    link_at(CWD, old, CWD, new, false)
}

/// The same, from a path to a path of a directory each; with `follow`, of what a symbolic link leads to.
///
/// So a file without a name (O_TMPFILE) gets one: `/proc/self/fd/N` is such a link. An empty path means the open file
/// itself, without /proc; that takes CAP_DAC_READ_SEARCH, or from Linux 6.10 to have opened the file oneself.
///
/// # Errors
/// Those of [`link`].
#[doc(alias = "linkat")]
pub fn link_at<P: PathArg, Q: PathArg>(
    from: impl AsFd,
    old: P,
    to: impl AsFd,
    new: Q,
    follow: bool,
) -> Result<()> {
    let follow = if follow { kernel::AT_SYMLINK_FOLLOW } else { 0 };
    both(old, new, |old, new| {
        let flags = if old.is_empty() { kernel::AT_EMPTY_PATH } else { follow };
        // SAFETY: both paths are terminated strings that live through the call.
        unsafe { syscall!(__NR_linkat, from.as_fd(), old.as_ptr(), to.as_fd(), new.as_ptr(), flags) }
    })
}

/// Makes a symbolic link at `path` that says `target`.
///
/// # Errors
/// `EXIST`, `NOENT`, `ACCES`, `NOSPC`, `ROFS`. See `symlink(2)`.
pub fn symlink<P: PathArg, Q: PathArg>(target: P, path: Q) -> Result<()> {
    symlink_at(target, CWD, path)
}

/// The same, at a path from a directory.
///
/// # Errors
/// Those of [`symlink`].
#[doc(alias = "symlinkat")]
pub fn symlink_at<P: PathArg, Q: PathArg>(target: P, directory: impl AsFd, path: Q) -> Result<()> {
    both(target, path, |target, path| {
        // SAFETY: both paths are terminated strings that live through the call.
        unsafe { syscall!(__NR_symlinkat, target.as_ptr(), directory.as_fd(), path.as_ptr()) }
    })
}

/// Reads what a symbolic link says into the buffer; gives the part of it that was filled.
///
/// # Errors
/// `INVAL` (no symbolic link), `NOENT`, `ACCES`, `LOOP`; `NAMETOOLONG` if the buffer is too short to tell. See `readlink(2)`.
pub fn readlink<P: PathArg>(path: P, buffer: &mut [u8]) -> Result<&[u8]> {
    readlink_at(CWD, path, buffer)
}

/// The same, at a path from a directory; an empty path reads the link that the descriptor is (O_PATH, O_NOFOLLOW).
///
/// # Errors
/// Those of [`readlink`].
#[doc(alias = "readlinkat")]
pub fn readlink_at<P: PathArg>(directory: impl AsFd, path: P, buffer: &mut [u8]) -> Result<&[u8]> {
    let count = path.with(&mut |path| {
        // SAFETY: the path is terminated; the kernel writes at most `len` bytes into the borrowed slice.
        unsafe {
            syscall!(__NR_readlinkat, directory.as_fd(), path.as_ptr(), buffer.as_mut_ptr(), buffer.len())
        }
    })?;
    // The kernel cuts without a word: a full buffer may have lost the end.
    if count >= buffer.len() {
        return Err(Errno::NAMETOOLONG);
    }
    buffer.get(..count).ok_or(Errno::NAMETOOLONG)
}

/// Removes a name that is not a directory's.
///
/// # Errors
/// `NOENT`, `ISDIR`, `ACCES`, `PERM`, `BUSY`, `ROFS`. See `unlink(2)`.
pub fn unlink<P: PathArg>(path: P) -> Result<()> {
    unlink_at(CWD, path)
}

/// The same, at a path from a directory.
///
/// # Errors
/// Those of [`unlink`].
#[doc(alias = "unlinkat")]
pub fn unlink_at<P: PathArg>(directory: impl AsFd, path: P) -> Result<()> {
    path.with(&mut |path| {
        // SAFETY: the path is a terminated string that lives through the call.
        unsafe { syscall!(__NR_unlinkat, directory.as_fd(), path.as_ptr(), 0_u32) }
    })
    .map(drop)
}

/// Renames a file, replacing what has the new name in one step.
///
/// # Errors
/// `NOENT`, `XDEV`, `NOTEMPTY`, `ISDIR`, `NOTDIR`, `BUSY`, `ROFS`, `ACCES`. See `rename(2)`.
pub fn rename<P: PathArg, Q: PathArg>(old: P, new: Q) -> Result<()> {
    rename_at(CWD, old, CWD, new, RenameFlags::empty())
}

/// The same, from a path to a path of a directory each.
///
/// # Errors
/// Those of [`rename`]; `EXIST`, and `INVAL` where the file system knows no such flag.
#[doc(alias = "renameat2")]
pub fn rename_at<P: PathArg, Q: PathArg>(
    from: impl AsFd,
    old: P,
    to: impl AsFd,
    new: Q,
    flags: RenameFlags,
) -> Result<()> {
    both(old, new, |old, new| {
        // SAFETY: both paths are terminated strings that live through the call.
        unsafe {
            syscall!(__NR_renameat2, from.as_fd(), old.as_ptr(), to.as_fd(), new.as_ptr(), flags.bits())
        }
    })
}

fn both<P: PathArg, Q: PathArg>(a: P, b: Q, call: impl Fn(&CStr, &CStr) -> Result<usize>) -> Result<()> {
    a.with(&mut |a| b.with(&mut |b| call(a, b))).map(drop)
}
