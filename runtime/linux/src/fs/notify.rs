//! Being told of changes to files: inotify(7).

use crate::Result;
use crate::fd::{AsFd, OwnedFd};
use crate::path::PathArg;
use linux_raw_sys::general as kernel;

flags! {
    /// How a descriptor for changes behaves.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct NotifyFlags: u32 {
        /// IN_CLOEXEC: closed by execve.
        const CLOSE_ON_EXEC = kernel::O_CLOEXEC;
        /// IN_NONBLOCK: reading gives `AGAIN` instead of waiting.
        const NONBLOCK = kernel::O_NONBLOCK;
        const _ = !0;
    }
}

flags! {
    /// The changes that are told.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct NotifyEvents: u32 {
        /// IN_MODIFY: written to.
        const MODIFY = kernel::IN_MODIFY;
        /// IN_ATTRIB: owner, mode, times or number of links.
        const ATTRIBUTES = kernel::IN_ATTRIB;
        /// IN_CLOSE_WRITE: closed by one who could write.
        const CLOSE_WRITE = kernel::IN_CLOSE_WRITE;
        /// IN_OPEN: opened.
        const OPEN = kernel::IN_OPEN;
        /// IN_MOVED_FROM: a file left this directory.
        const MOVED_FROM = kernel::IN_MOVED_FROM;
        /// IN_MOVED_TO: a file came into this directory under a name.
        const MOVED_TO = kernel::IN_MOVED_TO;
        /// IN_CREATE: a file was made in this directory.
        const CREATE = kernel::IN_CREATE;
        /// IN_DELETE: a file was removed from this directory.
        const DELETE = kernel::IN_DELETE;
        /// IN_DELETE_SELF: the watched file itself was removed.
        const DELETE_SELF = kernel::IN_DELETE_SELF;
        /// IN_MOVE_SELF: the watched file itself has another name now.
        const MOVE_SELF = kernel::IN_MOVE_SELF;
        /// IN_ONLYDIR: fails with `NOTDIR` on anything else.
        const ONLY_DIRECTORY = kernel::IN_ONLYDIR;
        const _ = !0;
    }
}

/// Makes a descriptor that is ready to read when something watched has changed.
///
/// # Errors
/// `MFILE` (the user's limit too), `NOMEM`; `NOSYS` in a kernel without it. See `inotify_init(2)`.
#[doc(alias = "inotify_init1")]
pub fn inotify_init(flags: NotifyFlags) -> Result<OwnedFd> {
    // SAFETY: an integer only.
    unsafe { syscall!(__NR_inotify_init1, flags.bits()) }.map(OwnedFd::made)
}

/// Watches a file or directory; gives the number that its events carry.
///
/// # Errors
/// `NOENT`, `ACCES`, `NOTDIR`, `NOSPC` (the user's limit), `INVAL`. See `inotify_add_watch(2)`.
pub fn inotify_add_watch<P: PathArg>(watcher: impl AsFd, path: P, events: NotifyEvents) -> Result<i32> {
    path.with(&mut |path| {
        // SAFETY: the path is a terminated string that lives through the call.
        unsafe { syscall!(__NR_inotify_add_watch, watcher.as_fd(), path.as_ptr(), events.bits()) }
    })
    .map(|number| number as i32)
}

/// Ends a watch; reading gives a last event of it (IN_IGNORED).
///
/// # Errors
/// `INVAL` (no such watch), `BADF`. See `inotify_rm_watch(2)`.
pub fn inotify_rm_watch(watcher: impl AsFd, number: i32) -> Result<()> {
    // SAFETY: integers only.
    unsafe { syscall!(__NR_inotify_rm_watch, watcher.as_fd(), number) }.map(drop)
}
