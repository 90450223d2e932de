//! The kernel's network tables, asked and changed over an rtnetlink socket.
//!
//! What can be asked stands with the objects: [`crate::links`], [`crate::addresses`], [`crate::routes`],
//! [`crate::neighbours`]. To be told of changes, see [`Monitor`]; of each message as it comes, [`Listener`].

mod listener;
mod monitor;

use alloc::string::ToString;
use alloc::vec::Vec;
use core::fmt::Display;

use formats::netlink::{Flags, Message, Writer};
use linux::Errno;
use linux::fd::{AsFd, BorrowedFd, OwnedFd};
use linux::net::options::{set_netlink_cap_ack, set_netlink_extended_ack, set_netlink_strict_check};
use linux::net::{Address, Family, MessageFlags, NetlinkAddress, Protocol, SocketFlags, SocketKind};
use protocols::netlink::{Client, Failure, Progress, Refusal};

use crate::error::{Cause, Error, Explanation, Result};

pub use listener::Listener;
pub use monitor::{Event, Groups, Monitor};

/// Room for one datagram. The kernel fills as much of it as a reader offers, up to this size: with fewer, larger parts a
/// dump is done sooner and is less often interrupted.
const ROOM: usize = 32 << 10;

/// A socket that asks the kernel, one exchange at a time, and waits for the answer.
#[derive(Debug)]
pub struct Socket {
    descriptor: OwnedFd,
    client: Client,
    /// Never holds a byte: its spare room receives, so that nobody has to zero it.
    room: Vec<u8>,
}

impl Socket {
    /// Opens a socket with strict checks and explained errors; four system calls, and none to bind it.
    ///
    /// # Errors
    /// `PROTONOSUPPORT` (no network in the kernel), `MFILE`, `NFILE`.
    pub fn open() -> Result<Self> {
        let descriptor = open(SocketFlags::CLOSE_ON_EXEC)?;
        // A kernel before 4.20 lacks one or the other and is no worse for it.
        let _ = set_netlink_strict_check(&descriptor, true);
        let _ = set_netlink_extended_ack(&descriptor, true);
        let _ = set_netlink_cap_ack(&descriptor, true);
        Ok(Self { descriptor, client: Client::default(), room: Vec::with_capacity(ROOM) })
    }

    /// Gives the list of requests of the next exchange, empty: fill it, then call [`Self::send`].
    pub fn requests(&mut self) -> &mut Client {
        self.client.clear();
        &mut self.client
    }

    /// Sends the listed changes as one datagram and waits for their outcome. The kernel works through all of them, also
    /// when it refuses one; the error is the first refusal.
    ///
    /// # Errors
    /// What the kernel says, about `object`.
    pub fn send(&mut self, doing: &'static str, object: &dyn Display) -> Result<()> {
        let outcome = self.exchange(&mut |_| (), &mut || ());
        outcome.map_err(|cause| error(doing, object, cause))
    }

    /// Makes one change; `body` writes the request's payload.
    ///
    /// # Errors
    /// What the kernel says, about `object`.
    pub fn change(
        &mut self,
        doing: &'static str,
        object: &dyn Display,
        kind: u16,
        flags: Flags,
        body: &dyn Fn(&mut Writer<'_>),
    ) -> Result<()> {
        let listed = self.requests().request(kind, flags, body);
        listed.map_err(|cause| error(doing, object, cause.into()))?;
        self.send(doing, object)
    }

    /// Asks for objects: all of a table with [`Flags::DUMP`], else one; `read` makes an object of an answer's payload.
    ///
    /// An answer that `read` cannot take is left out: one odd object shall not hide the others. A dump during which the
    /// table changed is asked for again.
    ///
    /// # Errors
    /// What the kernel says, about `object`; [`Cause::Unsteady`] when the table changed during each of eight dumps.
    pub fn ask<T>(
        &mut self,
        object: &dyn Display,
        kind: u16,
        flags: Flags,
        body: &dyn Fn(&mut Writer<'_>),
        read: fn(&[u8]) -> core::result::Result<T, formats::Error>,
    ) -> Result<Vec<T>> {
        let objects = core::cell::RefCell::new(Vec::new());
        self.ask_each(
            object,
            (kind, flags),
            body,
            &mut |message| {
                if let Ok(read) = read(message.payload) {
                    objects.borrow_mut().push(read);
                }
            },
            &mut || objects.borrow_mut().clear(),
        )?;
        Ok(objects.into_inner())
    }

    /// Does what asking for objects of every type has in common.
    fn ask_each(
        &mut self,
        object: &dyn Display,
        (kind, flags): (u16, Flags),
        body: &dyn Fn(&mut Writer<'_>),
        take: &mut dyn FnMut(Message<'_>),
        again: &mut dyn FnMut(),
    ) -> Result<()> {
        const DOING: &str = "get";
        let listed = self.requests().request(kind, flags, body);
        listed.map_err(|cause| error(DOING, object, cause.into()))?;
        self.exchange(take, again).map_err(|cause| error(DOING, object, cause))
    }

    /// Sends the requests and receives until the exchange is over; `again` is called before a dump is repeated.
    fn exchange(
        &mut self,
        take: &mut dyn FnMut(Message<'_>),
        again: &mut dyn FnMut(),
    ) -> core::result::Result<(), Cause> {
        send(&self.descriptor, self.client.start())?;
        loop {
            match self.receive(take)? {
                Progress::More => {}
                Progress::Done => return Ok(()),
                Progress::Restart => {
                    again();
                    send(&self.descriptor, self.client.restart())?;
                }
                Progress::Failed(failure) => return Err(cause(failure)),
            }
        }
    }

    fn receive(&mut self, take: &mut dyn FnMut(Message<'_>)) -> linux::Result<Progress> {
        // Asking for the true length shows a datagram that was cut.
        let room = self.room.spare_capacity_mut();
        let size = room.len();
        match linux::net::recvfrom_uninit(&self.descriptor, room, MessageFlags::TRUNCATED) {
            Ok((count, _, _)) if count > size => {
                self.room.reserve(count);
                Ok(self.client.overrun())
            }
            Ok((_, datagram, sender)) => Ok(self.client.handle(datagram, port(sender), take)),
            Err(Errno::INTR) => Ok(Progress::More),
            Err(Errno::NOBUFS) => Ok(self.client.overrun()),
            Err(errno) => Err(errno),
        }
    }
}

impl AsFd for Socket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.descriptor.as_fd()
    }
}

fn open(flags: SocketFlags) -> Result<OwnedFd> {
    linux::net::socket(Family::NETLINK, SocketKind::RAW, flags, Protocol::NETLINK_ROUTE)
        .map_err(|errno| Error::new("open", b"rtnetlink socket", errno))
}

fn send(socket: &OwnedFd, bytes: &[u8]) -> linux::Result<()> {
    linux::retry(|| linux::net::send(socket, bytes, MessageFlags::empty())).map(drop)
}

/// Receives one datagram into the spare room of a list; none if another process than the kernel sent it.
///
/// # Errors
/// `NOBUFS`: the datagram was cut, or others were lost; what receiving gives.
fn datagram<'room>(socket: &OwnedFd, room: &'room mut Vec<u8>) -> linux::Result<Option<&'room [u8]>> {
    let spare = room.spare_capacity_mut();
    let size = spare.len();
    // Asking for the true length shows a datagram that was cut.
    let (count, datagram, sender) = linux::net::recvfrom_uninit(socket, spare, MessageFlags::TRUNCATED)?;
    if count > size {
        return Err(Errno::NOBUFS);
    }
    Ok((port(sender) == 0).then_some(datagram))
}

/// Gives the port of a sender; the kernel's is 0, and a sender of another family is nobody.
fn port(sender: Option<Address>) -> u32 {
    match sender {
        Some(Address::Netlink(NetlinkAddress { port, .. })) => port,
        _ => u32::MAX,
    }
}

pub(crate) fn cause(failure: Failure) -> Cause {
    match failure {
        Failure::Interrupted => Cause::Unsteady,
        Failure::Malformed(error) => Cause::Format(error),
        Failure::Refused(Refusal { errno, reason, attribute, .. }) => {
            let errno = u16::try_from(errno).ok().and_then(Errno::new).unwrap_or(Errno::PROTO);
            if reason.is_none() && attribute.is_none() {
                return Cause::Kernel(errno);
            }
            Cause::Explained(Explanation { errno, reason, attribute }.into())
        }
    }
}

pub(crate) fn error(doing: &'static str, object: &dyn Display, cause: Cause) -> Error {
    Error::new(doing, object.to_string().as_bytes(), cause)
}
