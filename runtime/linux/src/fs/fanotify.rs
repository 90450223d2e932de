//! Being told of what happens in whole file systems, or asked: fanotify(7).

use crate::Result;
use crate::fd::{AsFd, OwnedFd};
use crate::path::PathArg;

flags! {
    /// What kind of group it is, and how it tells (FAN_… of `linux/fanotify.h`).
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct GroupFlags: u32 {
        /// FAN_CLOEXEC: closed by execve.
        const CLOSE_ON_EXEC = 0x1;
        /// FAN_NONBLOCK: reading gives `AGAIN` in place of waiting.
        const NONBLOCK = 0x2;
        /// FAN_CLASS_CONTENT: may be asked for leave, once the content is there.
        const ASKED = 0x4;
        /// FAN_CLASS_PRE_CONTENT: may be asked for leave, before the content is there.
        const ASKED_EARLY = 0x8;
        /// FAN_UNLIMITED_QUEUE: no event is dropped.
        const ALL_EVENTS = 0x10;
        /// FAN_UNLIMITED_MARKS: no limit of marks.
        const ALL_MARKS = 0x20;
        /// FAN_REPORT_PIDFD: with a pidfd of who did it (Linux 5.15).
        const TELL_PIDFD = 0x80;
        /// FAN_REPORT_TID: the thread's number, not the process's.
        const TELL_THREAD = 0x100;
        /// FAN_REPORT_FID: files by handles, not by descriptors (Linux 5.1); what one without privileges needs.
        const TELL_HANDLE = 0x200;
        /// FAN_REPORT_DIR_FID: and the directories that they are in.
        const TELL_DIRECTORY = 0x400;
        /// FAN_REPORT_NAME: and their names there.
        const TELL_NAME = 0x800;
        /// FAN_REPORT_TARGET_FID: and what was made or removed, beside its directory (Linux 5.17).
        const TELL_TARGET = 0x1000;
        const _ = !0;
    }
}

flags! {
    /// The events that are told.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct FileEvents: u64 {
        /// FAN_ACCESS: read.
        const ACCESS = 0x1;
        /// FAN_MODIFY: written to.
        const MODIFY = 0x2;
        /// FAN_ATTRIB: owner, mode, times or number of links.
        const ATTRIBUTES = 0x4;
        /// FAN_CLOSE_WRITE: closed by one who could write.
        const CLOSE_WRITE = 0x8;
        /// FAN_CLOSE_NOWRITE: closed by one who could not.
        const CLOSE_OTHER = 0x10;
        /// FAN_OPEN: opened.
        const OPEN = 0x20;
        /// FAN_MOVED_FROM: a file left a directory.
        const MOVED_FROM = 0x40;
        /// FAN_MOVED_TO: a file came into a directory.
        const MOVED_TO = 0x80;
        /// FAN_CREATE: a file was made.
        const CREATE = 0x100;
        /// FAN_DELETE: a file was removed.
        const DELETE = 0x200;
        /// FAN_DELETE_SELF: what is marked was removed.
        const DELETE_SELF = 0x400;
        /// FAN_MOVE_SELF: what is marked has another name now.
        const MOVE_SELF = 0x800;
        /// FAN_OPEN_EXEC: opened to be run.
        const OPEN_EXECUTE = 0x1000;
        /// FAN_Q_OVERFLOW: told alone: events were dropped.
        const OVERFLOW = 0x4000;
        /// FAN_FS_ERROR: the file system is damaged (Linux 5.16).
        const DAMAGED = 0x8000;
        /// FAN_OPEN_PERM: asks for leave to open.
        const ASK_OPEN = 0x1_0000;
        /// FAN_ACCESS_PERM: asks for leave to read.
        const ASK_ACCESS = 0x2_0000;
        /// FAN_OPEN_EXEC_PERM: asks for leave to open to run it.
        const ASK_EXECUTE = 0x4_0000;
        /// FAN_EVENT_ON_CHILD: of the files in a marked directory, too.
        const OF_CHILDREN = 0x800_0000;
        /// FAN_RENAME: a file has another name, told with both (Linux 5.17).
        const RENAME = 0x1000_0000;
        /// FAN_ONDIR: of directories, too.
        const OF_DIRECTORIES = 0x4000_0000;
        const _ = !0;
    }
}

flags! {
    /// What is done to marks, and to which.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct MarkFlags: u32 {
        /// FAN_MARK_ADD: marks, or adds events.
        const ADD = 0x1;
        /// FAN_MARK_REMOVE: takes events away.
        const REMOVE = 0x2;
        /// FAN_MARK_DONT_FOLLOW: a symbolic link itself.
        const NO_FOLLOW = 0x4;
        /// FAN_MARK_ONLYDIR: fails with `NOTDIR` on anything else.
        const ONLY_DIRECTORY = 0x8;
        /// FAN_MARK_MOUNT: a whole mount.
        const MOUNT = 0x10;
        /// FAN_MARK_IGNORED_MASK: events that are not told.
        const IGNORE = 0x20;
        /// FAN_MARK_FLUSH: takes all marks away; no events are given.
        const FLUSH = 0x80;
        /// FAN_MARK_FILESYSTEM: a whole file system.
        const FILE_SYSTEM = 0x100;
        const _ = !0;
    }
}

/// Makes a group: a descriptor from which events are read, each with a `struct fanotify_event_metadata` before it. Descriptors
/// that come with events are opened for reading, closed by execve.
///
/// # Errors
/// `PERM` (without privileges only TELL_HANDLE is allowed, since Linux 5.13), `MFILE`, `INVAL`; `NOSYS` in a kernel without it.
/// See `fanotify_init(2)`.
pub fn fanotify_init(flags: GroupFlags) -> Result<OwnedFd> {
    let open = linux_raw_sys::general::O_CLOEXEC | linux_raw_sys::general::O_LARGEFILE;
    // SAFETY: integers only.
    unsafe { syscall!(__NR_fanotify_init, flags.bits(), open) }.map(OwnedFd::made)
}

/// Changes what a group is told of.
///
/// # Errors
/// `NOENT`, `INVAL`, `PERM`, `NODEV` and `XDEV` (the file system has no handles), `NOSPC` (too many marks), `BADF`. See
/// `fanotify_mark(2)`.
pub fn fanotify_mark<P: PathArg>(
    group: impl AsFd,
    how: MarkFlags,
    events: FileEvents,
    directory: impl AsFd,
    path: P,
) -> Result<()> {
    let (group, how, events, directory) = (group.as_fd(), how.bits(), events.bits(), directory.as_fd());
    path.with(&mut |path| {
        // SAFETY: the path is a terminated string that lives through the call.
        unsafe { wide_syscall!(__NR_fanotify_mark, group, how, events, directory, path.as_ptr()) }
    })
    .map(drop)
}
