//! Where this process stands in the tree: chdir(2), chroot(2), getcwd(2), umask(2).

use super::Mode;
use crate::fd::AsFd;
use crate::path::PathArg;
use crate::{Errno, Result};

/// Changes the current directory.
///
/// # Errors
/// `NOENT`, `NOTDIR`, `ACCES`, `LOOP`. See `chdir(2)`.
pub fn chdir<P: PathArg>(path: P) -> Result<()> {
    path.with(&mut |path| {
        // SAFETY: the path is a terminated string that lives through the call.
        unsafe { syscall!(__NR_chdir, path.as_ptr()) }
    })
    .map(drop)
}

/// Changes the current directory to an open one.
///
/// # Errors
/// `BADF`, `NOTDIR`, `ACCES`. See `fchdir(2)`.
pub fn fchdir(directory: impl AsFd) -> Result<()> {
    // SAFETY: a descriptor only.
    unsafe { syscall!(__NR_fchdir, directory.as_fd()) }.map(drop)
}

/// Changes the root directory; the current directory stays where it is.
///
/// # Errors
/// `PERM` (needs CAP_SYS_CHROOT), `NOENT`, `NOTDIR`, `ACCES`. See `chroot(2)`.
pub fn chroot<P: PathArg>(path: P) -> Result<()> {
    path.with(&mut |path| {
        // SAFETY: the path is a terminated string that lives through the call.
        unsafe { syscall!(__NR_chroot, path.as_ptr()) }
    })
    .map(drop)
}

/// Reads the path of the current directory into the buffer; gives the part of it that was filled.
///
/// # Errors
/// `RANGE` (the buffer is too short), `NOENT` (it was removed, or lies outside the root). See `getcwd(2)`.
pub fn getcwd(buffer: &mut [u8]) -> Result<&[u8]> {
    // SAFETY: the kernel writes at most `len` bytes into the borrowed slice.
    let with_end = unsafe { syscall!(__NR_getcwd, buffer.as_mut_ptr(), buffer.len()) }?;
    let path = buffer.get(..with_end.saturating_sub(1)).ok_or(Errno::RANGE)?;
    // The kernel says "(unreachable)" in front of a directory outside the root.
    if path.starts_with(b"/") { Ok(path) } else { Err(Errno::NOENT) }
}

/// Sets the permissions that new files of this process are not given; gives the former ones.
///
/// See `umask(2)`.
pub fn umask(mode: Mode) -> Mode {
    // SAFETY: an integer only; the call always succeeds.
    let former = unsafe { syscall!(__NR_umask, mode.bits()) };
    Mode::octal(former.unwrap_or_default() as u32)
}
