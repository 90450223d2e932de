//! Sockets that ask whether a host is there, and hear what routers say: of echo requests (`ping`, `traceroute -I`) and of
//! datagrams to ports where nobody listens (`traceroute`).
//!
//! The kernel's own sockets for echo requests (icmp(7)) come first, which need no privileges where `net.ipv4.ping_group_range`
//! has the group; raw ones where they are refused. What routers say waits in the socket's queue of errors, so that
//! nobody needs privileges to hear it.

use alloc::vec::Vec;
use core::net::{IpAddr, SocketAddr};
use core::time::Duration;

use formats::wire::{icmp, ipv4};
use linux::fd::{AsFd, BorrowedFd, OwnedFd};
use linux::fs::IoSliceMut;
use linux::net::{
    Control, Family, InterfaceName, MessageFlags, Protocol, SocketFlags, SocketKind, Undelivered, bind,
    options, recvmsg, sendto, socket,
};
use linux::poll::{PollFd, PollFlags, poll};
use linux::process::getpid;
use linux::{Errno, Result};

use crate::{Failure, Io};

/// Room for the longest packet.
const ROOM: usize = 1 << 16;

/// What a probe's packets are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Echo requests.
    Echo,
    /// Datagrams of UDP, to this port and those behind it.
    Datagrams(u16),
}

/// A socket of probes.
pub(super) struct Probe {
    descriptor: OwnedFd,
    kind: Kind,
    is_ipv6: bool,
    /// Whether packets come with their header (IPv4), and who asks is ours to say.
    is_raw: bool,
    id: u16,
    buffer: Vec<u8>,
}

/// What was heard of a probe.
pub(super) struct Heard {
    /// Which one it was.
    pub(super) sequence: u16,
    /// Who says it.
    pub(super) from: Option<IpAddr>,
    /// How many hops the packet that came could still have made.
    pub(super) hops: Option<u32>,
    /// What is said.
    pub(super) what: News,
}

/// What is said of a probe.
pub(super) enum News {
    /// It was answered, with so many bytes from the header of ICMP on.
    Reply(usize),
    /// It did not arrive.
    Trouble(Undelivered),
}

impl Probe {
    /// Makes a socket.
    pub(super) fn open(kind: Kind, is_ipv6: bool) -> Result<Self> {
        let (family, echo) =
            if is_ipv6 { (Family::IPV6, Protocol::ICMPV6) } else { (Family::IPV4, Protocol::ICMP) };
        let make = |kind, protocol| socket(family, kind, SocketFlags::CLOSE_ON_EXEC, protocol);
        let (descriptor, is_raw) = match kind {
            Kind::Datagrams(_) => (make(SocketKind::DATAGRAM, Protocol::UDP)?, false),
            Kind::Echo => match make(SocketKind::DATAGRAM, echo) {
                Ok(descriptor) => (descriptor, false),
                Err(_) => (make(SocketKind::RAW, echo)?, true),
            },
        };
        if is_ipv6 {
            options::IPV6_RECEIVE_ERRORS.set(&descriptor, true)?;
            options::IPV6_RECEIVE_HOPS.set(&descriptor, true)?;
        } else {
            options::IPV4_RECEIVE_ERRORS.set(&descriptor, true)?;
            options::IPV4_RECEIVE_TTL.set(&descriptor, true)?;
            options::BROADCAST.set(&descriptor, true)?;
        }
        let id = (getpid().get() & 0xffff) as u16;
        Ok(Self { descriptor, kind, is_ipv6, is_raw, id, buffer: alloc::vec![0; ROOM] })
    }

    /// Limits how many hops packets make.
    pub(super) fn limit_hops(&self, hops: i32) -> Result<()> {
        let (one, many) = if self.is_ipv6 {
            (options::IPV6_HOPS, options::IPV6_MULTICAST_HOPS)
        } else {
            (options::IPV4_TTL, options::IPV4_MULTICAST_TTL)
        };
        one.set(self, hops).and_then(|()| many.set(self, hops))
    }

    /// Sets the type of service.
    pub(super) fn set_service(&self, service: u32) -> Result<()> {
        if self.is_ipv6 {
            options::IPV6_TRAFFIC_CLASS.set(self, service.cast_signed())
        } else {
            options::IPV4_TOS.set(self, service)
        }
    }

    /// Sends by an interface, or from an address, by the word that names either; says what is wrong with it.
    pub(super) fn source(&self, io: &mut Io<'_>, word: &[u8]) -> core::result::Result<(), Failure> {
        let address = core::str::from_utf8(word).ok().and_then(formats::internet::parse);
        let outcome = match (address, InterfaceName::new(word)) {
            (Some(address), _) => bind(self, &SocketAddr::new(address, 0)),
            (None, Some(name)) => options::bind_to_device(self, Some(name)),
            (None, None) => Err(Errno::NODEV),
        };
        outcome.map_err(|errno| io.complain(word, &errno).into())
    }

    /// Sends a probe.
    pub(super) fn send(&self, to: SocketAddr, sequence: u16, payload: &[u8]) -> Result<()> {
        let flags = MessageFlags::NO_SIGNAL;
        if let Kind::Datagrams(first) = self.kind {
            let to = SocketAddr::new(to.ip(), first.wrapping_add(sequence));
            return sendto(self, payload, flags, &to).map(drop);
        }
        let mut packet = Vec::with_capacity(icmp::HEADER_LENGTH + payload.len());
        icmp::emit_request(&mut packet, self.is_ipv6, self.id, sequence, payload);
        sendto(self, &packet, flags, &to).map(drop)
    }

    /// Waits until something comes or the time is over; says whether it came. Another descriptor may end the wait, too.
    pub(super) fn wait(&self, limit: Option<Duration>, other: Option<BorrowedFd<'_>>) -> bool {
        let other = other.map_or(PollFd::nothing(), |other| PollFd::borrowed(other, PollFlags::IN));
        let mut waited = [PollFd::new(self, PollFlags::IN), other];
        poll(&mut waited, limit).is_ok() && waited.iter().any(PollFd::is_ready)
    }

    /// Takes what has come of a probe of ours, without waiting.
    pub(super) fn hear(&mut self) -> Option<Heard> {
        // The queues hold packets of others as well, where the socket is raw.
        loop {
            let trouble = self.receive(MessageFlags::ERROR_QUEUE);
            let heard = match trouble {
                Ok(heard) => heard,
                Err(_) => match self.receive(MessageFlags::empty()) {
                    Ok(heard) => heard,
                    Err(Errno::AGAIN) => return None,
                    // What the queue of errors has told already, or will tell at once.
                    Err(_) => continue,
                },
            };
            if heard.is_some() {
                return heard;
            }
        }
    }

    fn receive(&mut self, flags: MessageFlags) -> Result<Option<Heard>> {
        let mut control = [0; 512];
        let mut buffer = core::mem::take(&mut self.buffer);
        let received = recvmsg(
            &self.descriptor,
            &mut [IoSliceMut::new(&mut buffer)],
            &mut control,
            flags | MessageFlags::DONT_WAIT,
        );
        let heard = received.map(|received| {
            let (mut hops, mut trouble) = (None, None);
            for control in received.control {
                match control {
                    Control::HopLimit(limit) => hops = Some(limit),
                    Control::Undelivered(why) => trouble = Some(why),
                    _ => {}
                }
            }
            let place = received.from.and_then(linux::net::Address::internet);
            let bytes = buffer.get(..received.count).unwrap_or_default();
            let sequence = self.sequence(bytes, place, trouble.is_some())?;
            let from = match trouble {
                Some(why) => why.from.and_then(linux::net::Address::internet),
                None => place,
            };
            let bytes = self.payload(bytes, trouble.is_some()).len();
            let what = trouble.map_or(News::Reply(bytes), News::Trouble);
            Some(Heard { sequence, from: from.map(|from| from.ip()), hops, what })
        });
        self.buffer = buffer;
        heard
    }

    /// Gives what is behind the header of IPv4, which raw sockets give with what comes.
    fn payload<'b>(&self, bytes: &'b [u8], is_own: bool) -> &'b [u8] {
        if !self.is_raw || self.is_ipv6 || is_own {
            return bytes;
        }
        ipv4::parse(bytes).map_or(&[], |packet| packet.payload)
    }

    /// Gives which of ours a packet answers, or was; nothing for those of others.
    fn sequence(&self, bytes: &[u8], place: Option<SocketAddr>, is_own: bool) -> Option<u16> {
        if let Kind::Datagrams(first) = self.kind {
            return Some(place?.port().wrapping_sub(first));
        }
        let echo = icmp::parse(self.payload(bytes, is_own), self.is_ipv6).ok()?;
        (echo.is_reply != is_own && (echo.id == self.id || !self.is_raw)).then_some(echo.sequence)
    }
}

impl AsFd for Probe {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.descriptor.as_fd()
    }
}

/// Writes a time in milliseconds, to a thousandth.
pub(super) fn milliseconds(time: Duration, out: &mut dyn query::Sink) {
    let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
    query::text::decimal(micros / 1000, out);
    out.put(b".");
    query::text::zero_padded(micros % 1000, 3, out);
}
