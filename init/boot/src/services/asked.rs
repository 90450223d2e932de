//! What workers pass on to process 1: a datagram each, of a few bytes, with a name and descriptors where some are to be kept.

use alloc::string::String;
use alloc::vec::Vec;

use ::services::manager::Request;
use linux::fd::{AsFd, BorrowedFd, OwnedFd};
use linux::fs::{IoSlice, IoSliceMut};
use linux::net::{
    Control, Family, MessageFlags, SendControl, SocketFlags, SocketKind, UnixAddress, control_room, recvmsg,
    sendmsg, socketpair,
};
use linux::process::{Pid, kill};
use linux::signal::Signal;
use linux::{Result, retry};

use super::Shared;
use super::foreign::Foreign;

/// The services that a worker knows: their count since process 1 began, modulo 256. A worker's numbers of services are those of its own.
pub(super) type Generation = u8;

/// How many bytes come before the name.
const HEAD: usize = 4;

/// The longest name of descriptors.
const NAME: usize = 255;

/// How many descriptors come at once at most.
pub(super) const FILES: usize = 32;

/// Something that process 1 is asked for, or told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// Something of a service.
    Of(usize, Request),
    /// That a service reads its settings again.
    Reload(usize),
    /// That the files are read again.
    Read,
    /// That process 1 becomes its successor.
    Succeed,
    /// That a service is ready.
    Ready(usize),
    /// That a service lives.
    Alive(usize),
    /// That descriptors are kept for a service.
    Keep(usize),
    /// That those of a name are not kept any more.
    Forget(usize),
}

/// The same with what belongs to it.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) asked: Asked,
    pub(super) generation: Generation,
    pub(super) name: String,
    pub(super) files: Vec<Foreign>,
}

impl Asked {
    /// Says whether someone waits until it was heard.
    pub(super) const fn is_request(self) -> bool {
        matches!(self, Self::Of(..) | Self::Reload(_) | Self::Read | Self::Succeed)
    }

    fn of(bytes: [u8; HEAD]) -> Option<Self> {
        let [verb, _, low, high] = bytes;
        let at = usize::from(u16::from_le_bytes([low, high]));
        Some(match verb {
            0 => Self::Of(at, Request::Start),
            1 => Self::Of(at, Request::Stop),
            2 => Self::Of(at, Request::Restart),
            3 => Self::Reload(at),
            4 => Self::Read,
            5 => Self::Ready(at),
            6 => Self::Alive(at),
            7 => Self::Keep(at),
            8 => Self::Forget(at),
            9 => Self::Succeed,
            _ => return None,
        })
    }

    /// Gives it for the services as they are now, by where each was before; none if that one is gone.
    pub(super) fn moved(self, former: &[Option<usize>]) -> Option<Self> {
        let now = |at: usize| former.iter().position(|was| *was == Some(at));
        Some(match self {
            Self::Of(at, request) => Self::Of(now(at)?, request),
            Self::Reload(at) => Self::Reload(now(at)?),
            Self::Ready(at) => Self::Ready(now(at)?),
            Self::Alive(at) => Self::Alive(now(at)?),
            Self::Keep(at) => Self::Keep(now(at)?),
            Self::Forget(at) => Self::Forget(now(at)?),
            Self::Read | Self::Succeed => self,
        })
    }

    fn bytes(self, generation: Generation) -> [u8; HEAD] {
        let (verb, at) = match self {
            Self::Of(at, Request::Start) => (0, at),
            Self::Of(at, Request::Stop) => (1, at),
            Self::Of(at, Request::Restart) => (2, at),
            Self::Reload(at) => (3, at),
            Self::Read => (4, 0),
            Self::Ready(at) => (5, at),
            Self::Alive(at) => (6, at),
            Self::Keep(at) => (7, at),
            Self::Forget(at) => (8, at),
            Self::Succeed => (9, 0),
        };
        let [low, high] = (at as u16).to_le_bytes();
        [verb, generation, low, high]
    }
}

/// Makes the two ends: that of process 1, and that of its workers.
///
/// # Errors
/// Those of `socketpair(2)`.
pub(super) fn ends() -> Result<(OwnedFd, OwnedFd)> {
    socketpair(Family::UNIX, SocketKind::DATAGRAM, SocketFlags::CLOSE_ON_EXEC)
}

/// Tells process 1 something; waits only as long as it has more to hear than fits.
///
/// # Errors
/// Those of `sendmsg(2)`.
pub(super) fn tell(shared: &Shared, asked: Asked, name: &str, files: &[Foreign]) -> Result<()> {
    let mut room = [0; control_room(FILES * 4)];
    let mut control = SendControl::new(&mut room);
    let files: Vec<BorrowedFd<'_>> = files.iter().map(AsFd::as_fd).collect();
    if !files.is_empty() {
        control.add_descriptors(&files)?;
    }
    let control = (!files.is_empty()).then_some(&control);
    let head = asked.bytes(shared.generation);
    let slices = [IoSlice::new(&head), IoSlice::new(name.as_bytes())];
    retry(|| sendmsg(&shared.requests.1, None::<&UnixAddress>, &slices, control, MessageFlags::NO_SIGNAL))?;
    // It looks at the other end when a signal wakes it.
    kill(Pid::INIT, Some(Signal::IO))
}

/// Gives what has come next; none of what makes no sense.
///
/// # Errors
/// `AGAIN`: nothing has come. Those of `recvmsg(2)`.
pub(super) fn hear(from: &OwnedFd) -> Result<Option<Message>> {
    let (mut head, mut name, mut room) = ([0; HEAD], [0; NAME], [0; control_room(FILES * 4)]);
    let mut buffers = [IoSliceMut::new(&mut head), IoSliceMut::new(&mut name)];
    let flags = MessageFlags::DONT_WAIT | MessageFlags::CLOSE_ON_EXEC;
    let received = recvmsg(from, &mut buffers, &mut room, flags)?;
    let count = received.count;
    let files = received.control.flat_map(|control| match control {
        Control::Descriptors(files) => files.map(Foreign::from).collect(),
        _ => Vec::new(),
    });
    let files = files.collect();
    let name = count.checked_sub(HEAD).and_then(|length| name.get(..length));
    let name = name.and_then(|name| core::str::from_utf8(name).ok());
    let [_, generation, ..] = head;
    Ok(name.zip(Asked::of(head)).map(|(name, asked)| Message { asked, generation, name: name.into(), files }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_survives_the_way() {
        for asked in [
            Asked::Of(0, Request::Start),
            Asked::Of(7, Request::Stop),
            Asked::Of(65_535, Request::Restart),
            Asked::Reload(300),
            Asked::Read,
            Asked::Ready(1),
            Asked::Alive(2),
            Asked::Keep(3),
            Asked::Forget(4),
            Asked::Succeed,
        ] {
            assert_eq!(Asked::of(asked.bytes(7)), Some(asked));
        }
        assert_eq!(Asked::of([99, 0, 0, 0]), None);
    }

    #[test]
    fn numbers_follow_their_services() {
        // What was the third is the first now, the second is gone, and another came in between.
        let former = [Some(2), None, Some(0)];
        assert_eq!(Asked::Ready(0).moved(&former), Some(Asked::Ready(2)));
        assert_eq!(Asked::Keep(2).moved(&former), Some(Asked::Keep(0)));
        assert_eq!(Asked::Of(1, Request::Stop).moved(&former), None);
        assert_eq!(Asked::Read.moved(&[]), Some(Asked::Read));
    }
}
