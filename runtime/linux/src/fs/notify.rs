//! Being told of changes to files: inotify(7).

use super::read;
use crate::Result;
use crate::fd::{AsFd, OwnedFd};
use crate::path::PathArg;
use core::mem::offset_of;
use linux_raw_sys::general as kernel;
use linux_raw_sys::general::inotify_event;

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
    /// The changes that are told, how they are watched for, and what is told of them.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct NotifyEvents: u32 {
        /// IN_ACCESS: read.
        const ACCESS = kernel::IN_ACCESS;
        /// IN_MODIFY: written to.
        const MODIFY = kernel::IN_MODIFY;
        /// IN_ATTRIB: owner, mode, times or number of links.
        const ATTRIBUTES = kernel::IN_ATTRIB;
        /// IN_CLOSE_WRITE: closed by one who could write.
        const CLOSE_WRITE = kernel::IN_CLOSE_WRITE;
        /// IN_CLOSE_NOWRITE: closed by one who could not.
        const CLOSE_OTHER = kernel::IN_CLOSE_NOWRITE;
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
        /// IN_DONT_FOLLOW: a symbolic link itself.
        const NO_FOLLOW = kernel::IN_DONT_FOLLOW;
        /// IN_EXCL_UNLINK: nothing of files that have lost their names here.
        const NAMED_ALONE = kernel::IN_EXCL_UNLINK;
        /// IN_MASK_ADD: beside what is watched for already, not in place of it.
        const AND_THESE = kernel::IN_MASK_ADD;
        /// IN_ONESHOT: once.
        const ONCE = kernel::IN_ONESHOT;
        /// IN_ISDIR: told beside others: of a directory.
        const OF_DIRECTORY = kernel::IN_ISDIR;
        /// IN_UNMOUNT: told: the file system is gone.
        const UNMOUNTED = kernel::IN_UNMOUNT;
        /// IN_Q_OVERFLOW: told: changes were dropped, since nobody took them.
        const OVERFLOW = kernel::IN_Q_OVERFLOW;
        /// IN_IGNORED: told: the watch has ended.
        const ENDED = kernel::IN_IGNORED;
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

/// A change that is told (`struct inotify_event`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change<'a> {
    /// The watch's number; -1 with OVERFLOW.
    pub watch: i32,
    /// What has happened: one change, and what is told of it.
    pub events: NotifyEvents,
    /// What MOVED_FROM and MOVED_TO of the same move have in common; else 0.
    pub cookie: u32,
    /// The name in the watched directory; empty where the watched file itself is meant.
    pub name: &'a [u8],
}

/// The changes that one call has given.
#[derive(Clone, Debug)]
pub struct Changes<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Changes<'a> {
    type Item = Change<'a>;

    fn next(&mut self) -> Option<Change<'a>> {
        let (head, rest) = self.rest.split_at_checked(size_of::<inotify_event>())?;
        let number = |at: usize| head.get(at..)?.first_chunk().map(|bytes| u32::from_ne_bytes(*bytes));
        let (name, rest) = rest.split_at_checked(number(offset_of!(inotify_event, len))? as usize)?;
        self.rest = rest;
        Some(Change {
            watch: number(offset_of!(inotify_event, wd))?.cast_signed(),
            events: NotifyEvents::from_bits_retain(number(offset_of!(inotify_event, mask))?),
            cookie: number(offset_of!(inotify_event, cookie))?,
            // Zeros fill it up.
            name: name.split(|byte| *byte == 0).next().unwrap_or_default(),
        })
    }
}

/// Reads the next changes into the buffer, in their order. One of 272 bytes holds any change.
///
/// # Errors
/// `AGAIN` (there are none, and the descriptor is nonblocking), `INTR`, `INVAL` (the buffer is too short for the next one), `BADF`. See
/// `inotify(7)`.
pub fn inotify_read(watcher: impl AsFd, buffer: &mut [u8]) -> Result<Changes<'_>> {
    let count = read(watcher, buffer)?;
    Ok(Changes { rest: buffer.get(..count).unwrap_or_default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A move within a watched directory, and the end of the watch, as a kernel of this order writes them.
    fn records() -> Vec<u8> {
        let head = |numbers: [u32; 4]| numbers.into_iter().flat_map(u32::to_ne_bytes).collect::<Vec<u8>>();
        // Number, events, cookie, length of the name.
        let mut bytes = head([1, NotifyEvents::MOVED_FROM.bits(), 7, 16]);
        bytes.extend(b"name\0\0\0\0\0\0\0\0\0\0\0\0");
        bytes.extend(head([1, (NotifyEvents::MOVED_TO | NotifyEvents::OF_DIRECTORY).bits(), 7, 16]));
        bytes.extend(b"exactlysixteen!!");
        bytes.extend(head([u32::MAX, NotifyEvents::OVERFLOW.bits(), 0, 0]));
        bytes
    }

    #[test]
    fn changes_come_with_their_names() {
        let bytes = records();
        let changes: Vec<_> = Changes { rest: &bytes }.collect();
        assert_eq!(changes.len(), 3);
        let [from, to, lost] = [0, 1, 2].map(|at| changes[at]);
        assert_eq!((from.events, from.cookie, from.name), (NotifyEvents::MOVED_FROM, 7, b"name".as_slice()));
        assert_eq!((to.cookie, to.name), (7, b"exactlysixteen!!".as_slice()));
        assert!(to.events.contains(NotifyEvents::OF_DIRECTORY));
        assert_eq!((lost.watch, lost.events, lost.name), (-1, NotifyEvents::OVERFLOW, b"".as_slice()));
    }

    #[test]
    fn a_cut_record_ends_the_list() {
        let bytes = records();
        for length in 0..bytes.len() {
            assert!(Changes { rest: &bytes[..length] }.count() < 3, "{length}");
        }
    }
}
