//! The worker that hears what services say of themselves (`sd_notify(3)`): that they are ready, that they live, which descriptors
//! are to be kept for them until they start again. Process 1 is passed on that, and reads no byte of it.
//!
//! Process 1 keeps the sockets, so that nothing is lost when this worker is replaced or a service starts again. Whoever is the
//! service's user can write to its socket, and is believed.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use ::services::{Service, notice};
use linux::fd::OwnedFd;
use linux::fs::{self, IoSliceMut, Mode};
use linux::net::{
    Control, Family, MessageFlags, Protocol, SocketFlags, SocketKind, UnixAddress, bind, control_room,
    recvmsg, socket as make,
};
use linux::poll::{self, PollFd, PollFlags};
use linux::retry;

use super::asked::{self, Asked};
use super::foreign::Foreign;
use super::{Shared, Unit};
use crate::log::Log;
use crate::up;

/// The name of descriptors that were given none, as of systemd.
const STORED: &str = "stored";

/// Gives where a service says it.
pub(super) fn path(service: &Service) -> String {
    format!("/run/spelunk/notify-{}", service.name)
}

/// Makes the socket for that, which its user alone may write to.
///
/// # Errors
/// Those of `socket(2)` and `bind(2)`.
pub(super) fn socket(service: &Service) -> linux::Result<OwnedFd> {
    let path = path(service);
    up::make_folder();
    // That of a former service of this name.
    let _ = fs::unlink(path.as_str());
    let socket = make(Family::UNIX, SocketKind::DATAGRAM, SocketFlags::CLOSE_ON_EXEC, Protocol::DEFAULT)?;
    bind(&socket, &UnixAddress::path(path.as_bytes())?)?;
    fs::chmod(path.as_str(), Mode::octal(0o600))?;
    if let Some(numbers) = &service.numbers {
        fs::chown(path.as_str(), Some(numbers.user), None)?;
    }
    Ok(socket)
}

/// Works until it is ended.
pub(super) fn run(shared: &Shared, units: &[Unit], log: Log) -> i32 {
    let sources: Vec<(usize, &Unit, &OwnedFd)> =
        units.iter().enumerate().filter_map(|(at, unit)| Some((at, unit, unit.notices.as_ref()?))).collect();
    loop {
        let mut entries: Vec<PollFd<'_>> =
            sources.iter().map(|(_, _, socket)| PollFd::new(*socket, PollFlags::IN)).collect();
        if retry(|| poll::poll(&mut entries, None)).is_err() {
            return 1;
        }
        for (entry, (at, unit, socket)) in entries.iter().zip(&sources) {
            if entry.is_ready()
                && let Err(cause) = pass_on(shared, *at, unit, socket, log)
            {
                log.error(format_args!("{}: pass on its notice: {cause}", unit.name));
            }
        }
    }
}

/// Takes a message, and passes on what it says.
fn pass_on(shared: &Shared, at: usize, unit: &Unit, socket: &OwnedFd, log: Log) -> linux::Result<()> {
    let (mut bytes, mut room) = ([0; 4096], [0; control_room(asked::FILES * 4)]);
    let flags = MessageFlags::DONT_WAIT | MessageFlags::CLOSE_ON_EXEC;
    let received = recvmsg(socket, &mut [IoSliceMut::new(&mut bytes)], &mut room, flags)?;
    let count = received.count;
    let mut files = Vec::new();
    for control in received.control {
        if let Control::Descriptors(more) = control {
            files.extend(more.map(Foreign::from));
        }
    }
    let notice = notice::parse(bytes.get(..count).unwrap_or_default());
    if let Some(status) = notice.status {
        log.debug(format_args!("{}: {status}", unit.name));
    }
    if notice.keeps && !files.is_empty() {
        asked::tell(shared, Asked::Keep(at), notice.name.unwrap_or(STORED), &files)?;
    }
    if notice.forgets {
        asked::tell(shared, Asked::Forget(at), notice.name.unwrap_or(STORED), &[])?;
    }
    if notice.is_ready {
        asked::tell(shared, Asked::Ready(at), "", &[])?;
    }
    if notice.is_alive {
        asked::tell(shared, Asked::Alive(at), "", &[])?;
    }
    Ok(())
}
