//! Changing what is known of a file: permissions, owner, times; and asking what one may do with it.

use super::{Mode, Timestamp};
use crate::Result;
use crate::fd::{AsFd, BorrowedFd, CWD};
use crate::path::PathArg;
use crate::time::Timespec;
#[cfg(target_pointer_width = "32")]
use crate::time::narrow::Narrow;
use core::ffi::c_char;
use core::ptr;
use linux_raw_sys::general as kernel;

/// Sets the permissions of a file.
///
/// # Errors
/// `NOENT`, `PERM`, `ROFS`, `ACCES`. See `chmod(2)`.
pub fn chmod<P: PathArg>(path: P, mode: Mode) -> Result<()> {
    chmod_at(CWD, path, mode)
}

/// The same, at a path from a directory.
///
/// # Errors
/// Those of [`chmod`].
#[doc(alias = "fchmodat")]
pub fn chmod_at<P: PathArg>(directory: impl AsFd, path: P, mode: Mode) -> Result<()> {
    path.with(&mut |path| {
        // SAFETY: the path is a terminated string that lives through the call.
        unsafe { syscall!(__NR_fchmodat, directory.as_fd(), path.as_ptr(), mode.bits()) }
    })
    .map(drop)
}

/// Sets the permissions of what is at a path from a directory, and never those of what a symbolic link there leads to.
///
/// # Errors
/// Those of [`chmod`]; `OPNOTSUPP` for a symbolic link; `NOSYS` before Linux 6.6. See `fchmodat(2)`.
#[doc(alias = "fchmodat2")]
pub fn chmod_itself<P: PathArg>(directory: impl AsFd, path: P, mode: Mode) -> Result<()> {
    path.with(&mut |path| {
        let flags = kernel::AT_SYMLINK_NOFOLLOW;
        // SAFETY: the path is a terminated string that lives through the call.
        unsafe { syscall!(__NR_fchmodat2, directory.as_fd(), path.as_ptr(), mode.bits(), flags) }
    })
    .map(drop)
}

/// Sets the permissions of an open file.
///
/// # Errors
/// `BADF`, `PERM`, `ROFS`. See `fchmod(2)`.
pub fn fchmod(file: impl AsFd, mode: Mode) -> Result<()> {
    // SAFETY: integers only.
    unsafe { syscall!(__NR_fchmod, file.as_fd(), mode.bits()) }.map(drop)
}

/// Sets owner and group of a file, each if given, following symbolic links.
///
/// # Errors
/// `NOENT`, `PERM`, `ROFS`, `ACCES`. See `chown(2)`.
pub fn chown<P: PathArg>(path: P, user: Option<u32>, group: Option<u32>) -> Result<()> {
    chown_at(CWD, path, user, group, true)
}

/// The same, at a path from a directory; without `follow`, of a symbolic link itself.
///
/// # Errors
/// Those of [`chown`].
#[doc(alias = "fchownat")]
#[doc(alias = "lchown")]
pub fn chown_at<P: PathArg>(
    directory: impl AsFd,
    path: P,
    user: Option<u32>,
    group: Option<u32>,
    follow: bool,
) -> Result<()> {
    let flags = if follow { 0 } else { kernel::AT_SYMLINK_NOFOLLOW };
    let (user, group) = (owner(user), owner(group));
    path.with(&mut |path| {
        // SAFETY: the path is a terminated string that lives through the call.
        unsafe { syscall!(__NR_fchownat, directory.as_fd(), path.as_ptr(), user, group, flags) }
    })
    .map(drop)
}

/// Sets owner and group of an open file, each if given.
///
/// # Errors
/// `BADF`, `PERM`, `ROFS`. See `fchown(2)`.
pub fn fchown(file: impl AsFd, user: Option<u32>, group: Option<u32>) -> Result<()> {
    // SAFETY: integers only.
    unsafe { syscall!(__NR_fchown | __NR_fchown32, file.as_fd(), owner(user), owner(group)) }.map(drop)
}

/// The kernel's word for leaving it is -1.
fn owner(number: Option<u32>) -> u32 {
    number.unwrap_or(u32::MAX)
}

flags! {
    /// What one wants to do with a file; no bit asks whether it exists.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Access: u32 {
        /// F_OK: it is there.
        const EXISTS = kernel::F_OK;
        /// R_OK.
        const READ = kernel::R_OK;
        /// W_OK.
        const WRITE = kernel::W_OK;
        /// X_OK.
        const EXECUTE = kernel::X_OK;
        const _ = !0;
    }
}

/// Asks whether the real user may do this with a file.
///
/// # Errors
/// `ACCES` or `ROFS` if not; `NOENT`, `LOOP`, `NOTDIR`. See `access(2)`.
pub fn access<P: PathArg>(path: P, wanted: Access) -> Result<()> {
    faccess(CWD, path, wanted)
}

/// The same, at a path from a directory.
///
/// # Errors
/// Those of [`access`].
#[doc(alias = "faccessat")]
pub fn faccess<P: PathArg>(directory: impl AsFd, path: P, wanted: Access) -> Result<()> {
    path.with(&mut |path| {
        // SAFETY: the path is a terminated string that lives through the call.
        unsafe { syscall!(__NR_faccessat, directory.as_fd(), path.as_ptr(), wanted.bits()) }
    })
    .map(drop)
}

/// The same, as the effective user and group, not the real ones: what opening would say.
///
/// # Errors
/// Those of [`access`]; `NOSYS` before Linux 5.8. See `faccessat2(2)`, AT_EACCESS.
#[doc(alias = "faccessat2")]
pub fn faccess_effective<P: PathArg>(directory: impl AsFd, path: P, wanted: Access) -> Result<()> {
    path.with(&mut |path| {
        let (wanted, flags) = (wanted.bits(), kernel::AT_EACCESS);
        // SAFETY: the path is a terminated string that lives through the call.
        unsafe { syscall!(__NR_faccessat2, directory.as_fd(), path.as_ptr(), wanted, flags) }
    })
    .map(drop)
}

/// A time to be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetTime {
    /// UTIME_NOW: the present.
    Now,
    /// UTIME_OMIT: leaves it.
    Keep,
    /// This one.
    At(Timestamp),
}

/// Sets the times of last access and last change of a file, following symbolic links.
///
/// # Errors
/// `NOENT`, `ACCES`, `PERM`, `ROFS`, `INVAL` (nanoseconds out of range), `OVERFLOW` (after 2038, on a 32-bit kernel before
/// Linux 5.1). See `utimensat(2)`.
#[doc(alias = "utimensat")]
pub fn set_times<P: PathArg>(path: P, accessed: SetTime, modified: SetTime) -> Result<()> {
    set_times_at(CWD, path, accessed, modified, true)
}

/// The same, at a path from a directory; without `follow`, of a symbolic link itself.
///
/// # Errors
/// Those of [`set_times`].
pub fn set_times_at<P: PathArg>(
    directory: impl AsFd,
    path: P,
    accessed: SetTime,
    modified: SetTime,
    follow: bool,
) -> Result<()> {
    let flags = if follow { 0 } else { kernel::AT_SYMLINK_NOFOLLOW };
    path.with(&mut |path| put_times(directory.as_fd(), path.as_ptr(), accessed, modified, flags)).map(drop)
}

/// The same, of an open file.
///
/// # Errors
/// Those of [`set_times`]; `BADF`.
#[doc(alias = "futimens")]
pub fn set_open_times(file: impl AsFd, accessed: SetTime, modified: SetTime) -> Result<()> {
    put_times(file.as_fd(), ptr::null(), accessed, modified, 0).map(drop)
}

/// The path is a terminated string, or null for the descriptor itself.
fn put_times(
    directory: BorrowedFd<'_>,
    path: *const c_char,
    accessed: SetTime,
    modified: SetTime,
    flags: u32,
) -> Result<usize> {
    let times = [accessed, modified].map(|time| {
        let (seconds, nanoseconds) = match time {
            SetTime::Now => (0, kernel::UTIME_NOW),
            SetTime::Keep => (0, kernel::UTIME_OMIT),
            SetTime::At(time) => (time.seconds, time.nanoseconds),
        };
        Timespec { seconds, nanoseconds: nanoseconds.into() }
    });
    let both = times.as_ptr();
    timed!(
        // SAFETY: the path is terminated or null; the kernel reads the two times.
        unsafe { syscall!(__NR_utimensat | __NR_utimensat_time64, directory, path, both, flags) },
        {
            let times = [Narrow::exact(times[0])?, Narrow::exact(times[1])?];
            // SAFETY: as above.
            unsafe { syscall!(__NR_utimensat, directory, path, times.as_ptr(), flags) }
        }
    )
}
