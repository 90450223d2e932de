//! Attributes beside those that every file has: xattr(7).

use crate::Result;
use crate::fd::AsFd;
use crate::path::PathArg;
use linux_raw_sys::general as kernel;

/// What setting an attribute does with one of the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetAttribute {
    /// Replaces it, or makes a new one.
    Any,
    /// XATTR_CREATE: fails with `EXIST`.
    Create,
    /// XATTR_REPLACE: there must be one, else `NODATA`.
    Replace,
}

impl SetAttribute {
    const fn bits(self) -> u32 {
        match self {
            Self::Any => 0,
            Self::Create => kernel::XATTR_CREATE,
            Self::Replace => kernel::XATTR_REPLACE,
        }
    }
}

/// Reads an attribute of a file into the buffer, following symbolic links; gives its length. An empty buffer asks for the
/// length only.
///
/// # Errors
/// `NODATA` (no such attribute), `RANGE` (the buffer is too short), `OPNOTSUPP` (the file system has none, or not of this
/// kind), `NOENT`, `ACCES`. See `getxattr(2)`.
pub fn getxattr<P: PathArg, N: PathArg>(path: P, name: N, buffer: &mut [u8]) -> Result<usize> {
    path.with(&mut |path| {
        name.with(&mut |name| {
            let (room, size) = (buffer.as_mut_ptr(), buffer.len());
            // SAFETY: both strings are terminated; the kernel writes at most `size` bytes into the borrowed slice.
            unsafe { syscall!(__NR_getxattr, path.as_ptr(), name.as_ptr(), room, size) }
        })
    })
}

/// The same, of an open file.
///
/// # Errors
/// Those of [`getxattr`]; `BADF`.
pub fn fgetxattr<N: PathArg>(file: impl AsFd, name: N, buffer: &mut [u8]) -> Result<usize> {
    name.with(&mut |name| {
        let (room, size) = (buffer.as_mut_ptr(), buffer.len());
        // SAFETY: the name is terminated; the kernel writes at most `size` bytes into the borrowed slice.
        unsafe { syscall!(__NR_fgetxattr, file.as_fd(), name.as_ptr(), room, size) }
    })
}

/// Sets an attribute of a file, following symbolic links. Names begin with a kind: `user.`, `trusted.`, `security.`.
///
/// # Errors
/// `EXIST`, `NODATA`, `OPNOTSUPP`, `PERM`, `NOSPC`, `RANGE` (the name is too long), `2BIG`, `NOENT`. See `setxattr(2)`.
pub fn setxattr<P: PathArg, N: PathArg>(path: P, name: N, value: &[u8], how: SetAttribute) -> Result<()> {
    path.with(&mut |path| {
        name.with(&mut |name| {
            let (bytes, size) = (value.as_ptr(), value.len());
            // SAFETY: both strings are terminated; the kernel reads `size` bytes of the borrowed slice.
            unsafe { syscall!(__NR_setxattr, path.as_ptr(), name.as_ptr(), bytes, size, how.bits()) }
        })
    })
    .map(drop)
}

/// The same, of an open file.
///
/// # Errors
/// Those of [`setxattr`]; `BADF`.
pub fn fsetxattr<N: PathArg>(file: impl AsFd, name: N, value: &[u8], how: SetAttribute) -> Result<()> {
    name.with(&mut |name| {
        let (bytes, size) = (value.as_ptr(), value.len());
        // SAFETY: the name is terminated; the kernel reads `size` bytes of the borrowed slice.
        unsafe { syscall!(__NR_fsetxattr, file.as_fd(), name.as_ptr(), bytes, size, how.bits()) }
    })
    .map(drop)
}

/// Lists the names of a file's attributes into the buffer, each ended by a zero byte; gives how many bytes they are. An
/// empty buffer asks for the length only.
///
/// # Errors
/// `RANGE` (the buffer is too short), `OPNOTSUPP`, `NOENT`, `ACCES`. See `listxattr(2)`.
pub fn listxattr<P: PathArg>(path: P, buffer: &mut [u8]) -> Result<usize> {
    path.with(&mut |path| {
        // SAFETY: the path is terminated; the kernel writes at most `len` bytes into the borrowed slice.
        unsafe { syscall!(__NR_listxattr, path.as_ptr(), buffer.as_mut_ptr(), buffer.len()) }
    })
}

/// The same, of an open file.
///
/// # Errors
/// Those of [`listxattr`]; `BADF`.
pub fn flistxattr(file: impl AsFd, buffer: &mut [u8]) -> Result<usize> {
    // SAFETY: the kernel writes at most `len` bytes into the borrowed slice.
    unsafe { syscall!(__NR_flistxattr, file.as_fd(), buffer.as_mut_ptr(), buffer.len()) }
}

/// Removes an attribute of a file.
///
/// # Errors
/// `NODATA`, `OPNOTSUPP`, `PERM`, `NOENT`. See `removexattr(2)`.
pub fn removexattr<P: PathArg, N: PathArg>(path: P, name: N) -> Result<()> {
    path.with(&mut |path| {
        name.with(&mut |name| {
            // SAFETY: both strings are terminated and live through the call.
            unsafe { syscall!(__NR_removexattr, path.as_ptr(), name.as_ptr()) }
        })
    })
    .map(drop)
}

/// The same, of an open file.
///
/// # Errors
/// Those of [`removexattr`]; `BADF`.
pub fn fremovexattr<N: PathArg>(file: impl AsFd, name: N) -> Result<()> {
    name.with(&mut |name| {
        // SAFETY: the name is terminated and lives through the call.
        unsafe { syscall!(__NR_fremovexattr, file.as_fd(), name.as_ptr()) }
    })
    .map(drop)
}

/// Reads an attribute as [`getxattr`] does, of a symbolic link itself.
///
/// # Errors
/// Those of [`getxattr`].
pub fn lgetxattr<P: PathArg, N: PathArg>(path: P, name: N, buffer: &mut [u8]) -> Result<usize> {
    path.with(&mut |path| {
        name.with(&mut |name| {
            let (room, size) = (buffer.as_mut_ptr(), buffer.len());
            // SAFETY: both strings are terminated; the kernel writes at most `size` bytes into the borrowed slice.
            unsafe { syscall!(__NR_lgetxattr, path.as_ptr(), name.as_ptr(), room, size) }
        })
    })
}

/// Sets an attribute as [`setxattr`] does, of a symbolic link itself.
///
/// # Errors
/// Those of [`setxattr`].
pub fn lsetxattr<P: PathArg, N: PathArg>(path: P, name: N, value: &[u8], how: SetAttribute) -> Result<()> {
    path.with(&mut |path| {
        name.with(&mut |name| {
            let (bytes, size) = (value.as_ptr(), value.len());
            // SAFETY: both strings are terminated; the kernel reads `size` bytes of the borrowed slice.
            unsafe { syscall!(__NR_lsetxattr, path.as_ptr(), name.as_ptr(), bytes, size, how.bits()) }
        })
    })
    .map(drop)
}

/// Lists the names of attributes as [`listxattr`] does, of a symbolic link itself.
///
/// # Errors
/// Those of [`listxattr`].
pub fn llistxattr<P: PathArg>(path: P, buffer: &mut [u8]) -> Result<usize> {
    path.with(&mut |path| {
        // SAFETY: the path is terminated; the kernel writes at most `len` bytes into the borrowed slice.
        unsafe { syscall!(__NR_llistxattr, path.as_ptr(), buffer.as_mut_ptr(), buffer.len()) }
    })
}

/// Removes an attribute as [`removexattr`] does, of a symbolic link itself.
///
/// # Errors
/// Those of [`removexattr`].
pub fn lremovexattr<P: PathArg, N: PathArg>(path: P, name: N) -> Result<()> {
    path.with(&mut |path| {
        name.with(&mut |name| {
            // SAFETY: both strings are terminated and live through the call.
            unsafe { syscall!(__NR_lremovexattr, path.as_ptr(), name.as_ptr()) }
        })
    })
    .map(drop)
}

/// A value in the shape of the calls from a directory (Linux 6.13).
const fn value(address: u64, size: usize, how: u32) -> kernel::xattr_args {
    // The kernel refuses what is longer than 65536 bytes.
    let size = if size > u32::MAX as usize { u32::MAX } else { size as u32 };
    kernel::xattr_args { value: address, size, flags: how }
}

/// Reads an attribute as [`getxattr`] does, of what is at a path from a directory, and not of what a link there leads to.
///
/// # Errors
/// Those of [`getxattr`]; `NOSYS` before Linux 6.13. See `fs/xattr.c`, getxattrat.
pub fn getxattr_at<P: PathArg, N: PathArg>(
    directory: impl AsFd,
    path: P,
    name: N,
    buffer: &mut [u8],
) -> Result<usize> {
    let value = value(buffer.as_mut_ptr().expose_provenance() as u64, buffer.len(), 0);
    let (value, size) = (&raw const value, size_of::<kernel::xattr_args>());
    path.with(&mut |path| {
        name.with(&mut |name| {
            let (directory, flags) = (directory.as_fd(), kernel::AT_SYMLINK_NOFOLLOW);
            // SAFETY: both strings are terminated; the kernel reads the structure, and writes at most so many bytes into the
            // borrowed slice.
            unsafe { syscall!(__NR_getxattrat, directory, path.as_ptr(), flags, name.as_ptr(), value, size) }
        })
    })
}

/// Sets an attribute as [`setxattr`] does, of what is at a path from a directory, and not of what a link there leads to.
///
/// # Errors
/// Those of [`setxattr`]; `NOSYS` before Linux 6.13. See `fs/xattr.c`, setxattrat.
pub fn setxattr_at<P: PathArg, N: PathArg>(
    directory: impl AsFd,
    path: P,
    name: N,
    bytes: &[u8],
    how: SetAttribute,
) -> Result<()> {
    let value = value(bytes.as_ptr().expose_provenance() as u64, bytes.len(), how.bits());
    let (value, size) = (&raw const value, size_of::<kernel::xattr_args>());
    path.with(&mut |path| {
        name.with(&mut |name| {
            let (directory, flags) = (directory.as_fd(), kernel::AT_SYMLINK_NOFOLLOW);
            // SAFETY: both strings are terminated; the kernel reads the structure, and so many bytes of the borrowed slice.
            unsafe { syscall!(__NR_setxattrat, directory, path.as_ptr(), flags, name.as_ptr(), value, size) }
        })
    })
    .map(drop)
}

/// Lists the names of attributes as [`listxattr`] does, of what is at a path from a directory, and not of what a link there
/// leads to.
///
/// # Errors
/// Those of [`listxattr`]; `NOSYS` before Linux 6.13. See `fs/xattr.c`, listxattrat.
pub fn listxattr_at<P: PathArg>(directory: impl AsFd, path: P, buffer: &mut [u8]) -> Result<usize> {
    let (flags, start, length) = (kernel::AT_SYMLINK_NOFOLLOW, buffer.as_mut_ptr(), buffer.len());
    path.with(&mut |path| {
        // SAFETY: the path is terminated; the kernel writes at most so many bytes into the borrowed slice.
        unsafe { syscall!(__NR_listxattrat, directory.as_fd(), path.as_ptr(), flags, start, length) }
    })
}

/// Removes an attribute of what is at a path from a directory, and not of what a link there leads to.
///
/// # Errors
/// Those of [`removexattr`]; `NOSYS` before Linux 6.13. See `fs/xattr.c`, removexattrat.
pub fn removexattr_at<P: PathArg, N: PathArg>(directory: impl AsFd, path: P, name: N) -> Result<()> {
    path.with(&mut |path| {
        name.with(&mut |name| {
            let flags = kernel::AT_SYMLINK_NOFOLLOW;
            // SAFETY: both strings are terminated and live through the call.
            unsafe { syscall!(__NR_removexattrat, directory.as_fd(), path.as_ptr(), flags, name.as_ptr()) }
        })
    })
    .map(drop)
}
