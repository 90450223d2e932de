//! What a script that is a service says of itself to the one that looks after it, as `systemd-notify` does: READY=1, STATUS=text,
//! WATCHDOG=1, FDSTORE=1 with descriptors.

use alloc::vec::Vec;

use linux::Errno;
use linux::fd::{AsFd, BorrowedFd, OwnedFd};
use linux::fs::{IoSlice, dup_number};
use linux::net::{
    Family, MessageFlags, Protocol, SendControl, SocketFlags, SocketKind, UnixAddress, control_room, sendmsg,
    socket,
};

use super::FD;
use crate::{Io, Outcome, Parsed, Status};

/// More descriptors than that come in several messages.
const MOST: usize = 32;

pub(super) fn run(io: &mut Io<'_>, parsed: &Parsed<'_>, words: &[&[u8]]) -> Outcome {
    let Some(path) = io.variable("NOTIFY_SOCKET").map(<[u8]>::to_vec) else {
        return Ok(io.complain(b"notify", &"NOTIFY_SOCKET is not set"));
    };
    let mut files = Vec::new();
    for word in parsed.values(FD) {
        let number = core::str::from_utf8(word).ok().and_then(|word| word.parse().ok()).filter(|at| *at >= 0);
        let Some(number) = number.filter(|_| files.len() < MOST) else {
            return Ok(io.misuse(word, "the number of a descriptor is expected, 32 times at most"));
        };
        match dup_number(number) {
            Ok(file) => files.push(file),
            Err(cause) => return Ok(io.complain(word, &cause)),
        }
    }
    match send(&path, &words.join(&b'\n'), &files) {
        Ok(()) => Ok(Status::SUCCESS),
        Err(cause) => Ok(io.complain(&path, &cause)),
    }
}

fn send(path: &[u8], message: &[u8], files: &[OwnedFd]) -> Result<(), Errno> {
    let socket = socket(Family::UNIX, SocketKind::DATAGRAM, SocketFlags::CLOSE_ON_EXEC, Protocol::DEFAULT)?;
    let address = match path.strip_prefix(b"@") {
        Some(name) => UnixAddress::abstract_name(name)?,
        None => UnixAddress::path(path)?,
    };
    let mut room = [0; control_room(MOST * 4)];
    let mut control = SendControl::new(&mut room);
    let files: Vec<BorrowedFd<'_>> = files.iter().map(AsFd::as_fd).collect();
    control.add_descriptors(&files)?;
    let control = (!files.is_empty()).then_some(&control);
    sendmsg(&socket, Some(&address), &[IoSlice::new(message)], control, MessageFlags::NO_SIGNAL).map(drop)
}
