//! What a group of fanotify(7) tells: events one by one, with the descriptors that come with them.

use super::{FileEvents, FileHandle, GroupFlags, MarkFlags, fanotify_init, fanotify_mark, read, write};
use crate::fd::{AsFd, BorrowedFd, CWD, OwnedFd};
use crate::path::PathArg;
use crate::{Errno, Result};
use core::mem::offset_of;

/// The head of an event (`struct fanotify_event_metadata`).
#[repr(C)]
struct Head {
    length: u32,
    version: u8,
    reserved: u8,
    head_length: u16,
    events: [u32; 2],
    file: i32,
    process: i32,
}

abi!(Head starts "struct fanotify_event_metadata" {
    length: "event_len", version: "vers", head_length: "metadata_len", events: "mask", file: "fd", process: "pid",
});

/// FANOTIFY_METADATA_VERSION: the one that has been for long.
const VERSION: u8 = 3;

/// What is told beside the head (`FAN_EVENT_INFO_TYPE_…`).
mod kind {
    /// FAN_EVENT_INFO_TYPE_FID.
    pub(super) const FILE: u8 = 1;
    /// FAN_EVENT_INFO_TYPE_DFID_NAME.
    pub(super) const NAME: u8 = 2;
    /// FAN_EVENT_INFO_TYPE_DFID.
    pub(super) const DIRECTORY: u8 = 3;
    /// FAN_EVENT_INFO_TYPE_PIDFD.
    pub(super) const PROCESS: u8 = 4;
    /// FAN_EVENT_INFO_TYPE_OLD_DFID_NAME.
    pub(super) const FROM: u8 = 10;
    /// FAN_EVENT_INFO_TYPE_NEW_DFID_NAME.
    pub(super) const TO: u8 = 12;
}

/// An event.
#[derive(Debug)]
pub struct FileEvent<'a> {
    /// What has happened; several things to one file may be told as one event.
    pub events: FileEvents,
    /// Who did it: a process, or with TELL_THREAD a thread; 0 if it is not for us to know.
    pub process: i32,
    /// The file, open for reading; none where files are told by handles.
    pub file: Option<OwnedFd>,
    /// The descriptor of who did it, with TELL_PIDFD and if it has not ended.
    pub pidfd: Option<OwnedFd>,
    more: &'a [u8],
}

/// Which file an event is about, by handles of a file system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About<'a> {
    /// This file.
    File(FileHandle),
    /// A file in this directory: with TELL_NAME its name there, `.` for the directory itself; else empty.
    Name(FileHandle, &'a [u8]),
    /// With RENAME: where it was.
    From(FileHandle, &'a [u8]),
    /// With RENAME: where it is.
    To(FileHandle, &'a [u8]),
}

impl<'a> FileEvent<'a> {
    /// Gives the files that it is about, where they are told by handles.
    pub fn about(&self) -> impl Iterator<Item = About<'a>> + use<'a> {
        Records { rest: self.more }.filter_map(|(kind, record)| {
            // The number of the file system (8 bytes), the handle's length and kind, the handle, and a name that ends with a zero.
            let (head, rest) = record.get(8..)?.split_first_chunk::<8>()?;
            let (lengths, _) = head.as_chunks();
            let [length, of_kind] = [0, 1].map(|at| lengths.get(at).map(|word| u32::from_ne_bytes(*word)));
            let (handle, rest) = rest.split_at_checked(length? as usize)?;
            let handle = FileHandle::of(of_kind?.cast_signed(), handle)?;
            let name = rest.split(|byte| *byte == 0).next().unwrap_or_default();
            match kind {
                kind::FILE => Some(About::File(handle)),
                kind::NAME => Some(About::Name(handle, name)),
                kind::DIRECTORY => Some(About::Name(handle, b"")),
                kind::FROM => Some(About::From(handle, name)),
                kind::TO => Some(About::To(handle, name)),
                _ => None,
            }
        })
    }

    /// Answers an event that asks for leave: who asks waits until then.
    ///
    /// # Errors
    /// `NOENT` (nobody asks), `BADF` (it has no file), `INVAL`. See `fanotify(7)`.
    pub fn answer(&self, group: &NotifyGroup, may: bool) -> Result<()> {
        let file = self.file.as_ref().ok_or(Errno::BADF)?.as_fd().as_raw();
        // FAN_ALLOW and FAN_DENY.
        let answer = if may { 1_u32 } else { 2 };
        let mut response = [0; 8];
        let (front, back) = response.split_at_mut(4);
        front.copy_from_slice(&file.to_ne_bytes());
        back.copy_from_slice(&answer.to_ne_bytes());
        write(group, &response).map(drop)
    }
}

/// The records behind an event's head: of each the kind, and what follows its four bytes of head.
#[derive(Clone)]
struct Records<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Records<'a> {
    type Item = (u8, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let &[kind, _, low, high] = self.rest.first_chunk()?;
        let (record, rest) = self.rest.split_at_checked(u16::from_ne_bytes([low, high]).into())?;
        self.rest = rest;
        Some((kind, record.get(4..)?))
    }
}

/// The events that one call has given. Descriptors of those that nobody takes are closed.
#[derive(Debug)]
pub struct FileEventList<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for FileEventList<'a> {
    type Item = FileEvent<'a>;

    fn next(&mut self) -> Option<FileEvent<'a>> {
        let bytes = self.rest;
        let number = |at: usize| bytes.get(at..)?.first_chunk().map(|bytes| u32::from_ne_bytes(*bytes));
        let length = number(offset_of!(Head, length))? as usize;
        let short = bytes.get(offset_of!(Head, head_length)..)?.first_chunk()?;
        let (event, rest) = bytes.split_at_checked(length)?;
        let more = event.get(usize::from(u16::from_ne_bytes(*short))..)?;
        if length < size_of::<Head>() || bytes.get(offset_of!(Head, version)) != Some(&VERSION) {
            return None;
        }
        self.rest = rest;
        let events = u64::from_ne_bytes(*event.get(offset_of!(Head, events)..)?.first_chunk()?);
        let pidfd = Records { rest: more }.find(|(kind, _)| *kind == kind::PROCESS);
        let pidfd =
            pidfd.and_then(|(_, record)| record.first_chunk().map(|bytes| i32::from_ne_bytes(*bytes)));
        Some(FileEvent {
            events: FileEvents::from_bits_retain(events),
            process: number(offset_of!(Head, process))?.cast_signed(),
            file: owned(number(offset_of!(Head, file))?.cast_signed()),
            pidfd: pidfd.and_then(owned),
            more,
        })
    }
}

/// Takes a descriptor that has come with an event; FAN_NOFD and its like are none.
fn owned(number: i32) -> Option<OwnedFd> {
    usize::try_from(number).ok().map(OwnedFd::made)
}

impl Drop for FileEventList<'_> {
    fn drop(&mut self) {
        self.for_each(drop);
    }
}

/// A group of its own: what reads from any other descriptor could not know which descriptors have come with its events.
///
/// With `MarkFlags::FILE_SYSTEM` it is told of all folders of a file system, new ones too; an inotify has to follow them one by one.
#[derive(Debug)]
pub struct NotifyGroup(OwnedFd);

impl NotifyGroup {
    /// Makes one that is told of nothing yet.
    ///
    /// # Errors
    /// Those of [`fanotify_init`].
    pub fn new(flags: GroupFlags) -> Result<Self> {
        fanotify_init(flags).map(Self)
    }

    /// Marks what it is to be told of.
    ///
    /// # Errors
    /// Those of [`fanotify_mark`].
    pub fn mark<P: PathArg>(&self, how: MarkFlags, events: FileEvents, path: P) -> Result<()> {
        fanotify_mark(self, how, events, CWD, path)
    }

    /// Reads the next events into the buffer; 4 KiB hold many.
    ///
    /// # Errors
    /// `AGAIN` (there are none, and the group is nonblocking), `INTR`, `INVAL` (the buffer is too short for the next one), `MFILE`. See
    /// `fanotify(7)`.
    pub fn read<'buffer>(&self, buffer: &'buffer mut [u8]) -> Result<FileEventList<'buffer>> {
        let count = read(self, buffer)?;
        Ok(FileEventList { rest: buffer.get(..count).unwrap_or_default() })
    }
}

impl AsFd for NotifyGroup {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file made in a directory, told by its handle and name.
    fn record() -> Vec<u8> {
        let mut more = vec![kind::NAME, 0];
        more.extend(28_u16.to_ne_bytes());
        more.extend([1; 8]); // the file system
        more.extend(4_u32.to_ne_bytes());
        more.extend(129_i32.to_ne_bytes());
        more.extend(b"HAND");
        more.extend(b"a\0\0\0");
        let mut bytes = (24 + more.len() as u32).to_ne_bytes().to_vec();
        bytes.extend([VERSION, 0]);
        bytes.extend(24_u16.to_ne_bytes());
        bytes.extend(FileEvents::CREATE.bits().to_ne_bytes());
        bytes.extend((-1_i32).to_ne_bytes());
        bytes.extend(77_i32.to_ne_bytes());
        bytes.extend(more);
        bytes
    }

    #[test]
    fn an_event_by_handle_and_name() {
        let bytes = [record(), record()].concat();
        let mut list = FileEventList { rest: &bytes };
        let event = list.next().unwrap();
        assert_eq!((event.events, event.process), (FileEvents::CREATE, 77));
        assert!(event.file.is_none() && event.pidfd.is_none());
        let about: Vec<_> = event.about().collect();
        assert_eq!(about, [About::Name(FileHandle::of(129, b"HAND").unwrap(), b"a")]);
        assert_eq!(list.count(), 1);
    }

    #[test]
    fn cut_events_end_the_list() {
        let bytes = record();
        for length in 0..bytes.len() {
            assert_eq!(FileEventList { rest: &bytes[..length] }.count(), 0, "{length}");
        }
        let event = FileEvent { more: &bytes[24..40], ..FileEventList { rest: &bytes }.next().unwrap() };
        assert_eq!(event.about().count(), 0);
    }
}
