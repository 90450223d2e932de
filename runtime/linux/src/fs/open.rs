//! Opening files: openat(2), openat2(2).

use crate::Result;
use crate::fd::{AsFd, CWD, OwnedFd};
use crate::fs::Mode;
use crate::path::PathArg;
use linux_raw_sys::general as kernel;

flags! {
    /// How a file is opened: the access, then what is done on the way. `O_CLOEXEC` is not implied.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct OpenFlags: u32 {
        /// O_RDONLY: no bit, so it is there unless another access is.
        const READ = kernel::O_RDONLY;
        /// O_WRONLY: for writing.
        const WRITE = kernel::O_WRONLY;
        /// O_RDWR: for both.
        const READ_WRITE = kernel::O_RDWR;
        /// O_CREAT: makes the file if there is none.
        const CREATE = kernel::O_CREAT;
        /// O_EXCL: fails if there is one.
        const EXCLUSIVE = kernel::O_EXCL;
        /// O_NOCTTY: a terminal does not become the controlling one.
        const NO_CONTROLLING_TERMINAL = kernel::O_NOCTTY;
        /// O_TRUNC: empties it.
        const TRUNCATE = kernel::O_TRUNC;
        /// O_APPEND: each write goes to the end.
        const APPEND = kernel::O_APPEND;
        /// O_NONBLOCK: calls give `AGAIN` instead of waiting.
        const NONBLOCK = kernel::O_NONBLOCK;
        /// O_SYNC: a write returns when the data is on the device.
        const SYNC = kernel::O_SYNC;
        /// O_ASYNC: its owner gets a signal when there is something; only for `set_status_flags`.
        const ASYNC = kernel::FASYNC;
        /// O_DSYNC: the same, without the times.
        const DATA_SYNC = kernel::O_DSYNC;
        /// O_DIRECT: past the page cache.
        const DIRECT = kernel::O_DIRECT;
        /// O_LARGEFILE: may be longer than 2 GiB; [`openat`] says it wherever it must be said, and `status_flags` shows it.
        const LARGE_FILE = kernel::O_LARGEFILE;
        /// O_NOFOLLOW: fails with `LOOP` on a symbolic link.
        const NO_FOLLOW = kernel::O_NOFOLLOW;
        /// O_NOATIME: leaves the time of last access.
        const NO_ACCESS_TIME = kernel::O_NOATIME;
        /// O_CLOEXEC: closed by execve.
        const CLOSE_ON_EXEC = kernel::O_CLOEXEC;
        /// O_PATH: only as a place in the tree.
        const PATH = kernel::O_PATH;
        /// O_TMPFILE: a file without a name, in the directory given.
        const TEMPORARY = kernel::O_TMPFILE;
        /// O_DIRECTORY: fails with `NOTDIR` on anything else.
        const DIRECTORY = kernel::O_DIRECTORY;
        const _ = !0;
    }
}

/// Opens a file by its path from the current directory; see [`openat`].
///
/// # Errors
/// Those of [`openat`].
#[doc(alias = "O_RDONLY")]
pub fn open<P: PathArg>(path: P, flags: OpenFlags, mode: Mode) -> Result<OwnedFd> {
    openat(CWD, path, flags, mode)
}

/// Opens a file by its path from a directory; `mode` counts only if a file is made, less the umask.
///
/// # Errors
/// `NOENT`, `ACCES`, `EXIST`, `ISDIR`, `NOTDIR`, `LOOP`, `MFILE`, `NFILE`, `NOSPC`, `ROFS`, `TXTBSY`, `NXIO` (a fifo without
/// reader), `INTR` (a fifo or a slow device). See `open(2)`.
pub fn openat<P: PathArg>(directory: impl AsFd, path: P, flags: OpenFlags, mode: Mode) -> Result<OwnedFd> {
    let flags = flags.bits() | LARGE;
    path.with(&mut |path| {
        // SAFETY: the path is a terminated string that lives through the call.
        unsafe { syscall!(__NR_openat, directory.as_fd(), path.as_ptr(), flags, mode.bits()) }
    })
    .map(OwnedFd::made)
}

/// 64-bit kernels add the bit themselves; 32-bit ones refuse a long file without it.
const LARGE: u32 = if size_of::<usize>() == size_of::<u64>() { 0 } else { kernel::O_LARGEFILE };

flags! {
    /// What a path may lead through (`linux/openat2.h`).
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Resolve: u64 {
        /// RESOLVE_BENEATH: nothing outside the directory; a path that leads there gives `XDEV`.
        const BENEATH = kernel::RESOLVE_BENEATH as u64;
        /// RESOLVE_IN_ROOT: the directory is the root, for `..` and for absolute links.
        const IN_ROOT = kernel::RESOLVE_IN_ROOT as u64;
        /// RESOLVE_NO_SYMLINKS: no symbolic link at any place.
        const NO_SYMLINKS = kernel::RESOLVE_NO_SYMLINKS as u64;
        /// RESOLVE_NO_MAGICLINKS: no link of /proc that leads to an open file.
        const NO_MAGIC_LINKS = kernel::RESOLVE_NO_MAGICLINKS as u64;
        /// RESOLVE_NO_XDEV: nothing that is mounted below.
        const NO_MOUNTS = kernel::RESOLVE_NO_XDEV as u64;
        /// RESOLVE_CACHED: only what needs no device; else `AGAIN` (Linux 5.12).
        const CACHED = kernel::RESOLVE_CACHED as u64;
        const _ = !0;
    }
}

/// Opens a file by its path from a directory, which may lead only where `resolve` allows.
///
/// # Errors
/// Those of [`openat`]; `XDEV` and `LOOP` where the path leads where it may not, `AGAIN` where a rename made that uncertain,
/// `INVAL` for a flag or bit that the kernel does not know, `NOSYS` before Linux 5.6. See `openat2(2)`.
pub fn openat2<P: PathArg>(
    directory: impl AsFd,
    path: P,
    flags: OpenFlags,
    mode: Mode,
    resolve: Resolve,
) -> Result<OwnedFd> {
    // Unlike openat, the call refuses a mode where no file is made.
    let makes = flags.intersects(OpenFlags::CREATE | OpenFlags::TEMPORARY.difference(OpenFlags::DIRECTORY));
    // Nor any flag beside the one for a mere place.
    let large = if flags.contains(OpenFlags::PATH) { 0 } else { LARGE };
    let how = kernel::open_how {
        flags: (flags.bits() | large).into(),
        mode: if makes { mode.bits().into() } else { 0 },
        resolve: resolve.bits(),
    };
    path.with(&mut |path| {
        let (how, size) = (&raw const how, size_of::<kernel::open_how>());
        // SAFETY: the path is a terminated string that lives through the call; the kernel reads one structure.
        unsafe { syscall!(__NR_openat2, directory.as_fd(), path.as_ptr(), how, size) }
    })
    .map(OwnedFd::made)
}
