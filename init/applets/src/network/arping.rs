//! `arping` (BusyBox's, Thomas Habets's options are not known): asks on the link who has an IPv4 address.
//!
//! The first request goes to all, later ones to who answered. Files are given up before the first answer is read.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;
use core::net::{IpAddr, Ipv4Addr};
use core::time::Duration;

use formats::netlink::Family;
use formats::wire::arp::{self, Operation, Packet};
use formats::wire::ethernet::{self, EtherType, Mac};
use linux::fd::{AsFd, OwnedFd};
use linux::net::{
    Family as SocketFamily, MessageFlags, PacketAddress, Protocol, SocketFlags, SocketKind, bind, recv,
    sendto, socket,
};
use linux::poll::{PollFd, PollFlags, poll};
use linux::signal::{Signal, SignalSet};
use linux::time::monotonic;
use system::links::{self, Extent, LinkFlags};
use system::netlink::Socket;
use system::{addresses, routes};

use super::held::Signals;
use super::probe::milliseconds;
use super::{classic, names, values};
use crate::{Applet, Failure, Flag, Io, Keeps, Outcome, Parsed, Run, Status, sandbox};

pub(crate) const APPLET: Applet = Applet {
    name: "arping",
    summary: "Ask on the link who has an IPv4 address",
    usage: "[OPTION]... HOST",
    flags: flags![
        Flag::new(b'f', "", "end at the first answer"),
        Flag::new(b'q', "", "say nothing"),
        Flag::new(b'b', "", "ask all, always"),
        Flag::new(b'D', "", "find out whether anyone has HOST's address, and fail if so"),
        Flag::new(b'U', "", "tell all that we have HOST's address"),
        Flag::new(b'A', "", "the same, with answers in place of requests"),
        Flag::with(b'c', "", "N", "end after N packets"),
        Flag::with(b'w', "", "TIME", "end after this time"),
        Flag::with(b'i', "", "TIME", "wait so long between two (1 second)"),
        Flag::with(b'I', "", "INTERFACE", "by this link; otherwise by the one that leads to HOST"),
        Flag::with(b's', "", "ADDRESS", "ask from this address"),
    ],
    run: Run::Confined(Keeps::Needed, run),
};

/// A run.
struct Session<'p> {
    descriptor: OwnedFd,
    index: u32,
    /// Requests as they are sent, but for who is asked.
    packet: Packet,
    /// Who answered: later requests go to him alone.
    station: Option<Mac>,
    parsed: &'p Parsed<'p>,
    sent: u64,
    broadcasts: u64,
    received: u64,
    requests: u64,
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let [host] = parsed.operands[..] else { return Ok(parsed.usage(io)) };
    let count = values::number(io, parsed.value(b'c'), u64::MAX)?;
    let deadline = values::time(io, parsed.value(b'w'))?;
    let interval = values::time(io, parsed.value(b'i'))?.unwrap_or(Duration::from_secs(1));
    let IpAddr::V4(target) = names::find(io, host, Some(false))?.ip() else {
        return Ok(io.misuse(host, "not an IPv4 address"));
    };
    let (session, name) = open(io, parsed, target)?;
    sandbox::to_open_files();
    if !parsed.has(b'q') {
        let _ = writeln!(io.out, "ARPING {target} from {} {name}", session.packet.sender);
        io.out.flush();
    }
    Ok(session.run(io, count, deadline, interval))
}

/// Finds the link and our address on it, and opens the socket; gives the link's name, too.
fn open<'p>(
    io: &mut Io<'_>,
    parsed: &'p Parsed<'p>,
    target: Ipv4Addr,
) -> Result<(Session<'p>, String), Failure> {
    let mut netlink = Socket::open()?;
    let route = routes::get(&mut netlink, &routes::to(target.into()));
    let link = match parsed.value(b'I') {
        Some(name) => links::find(&mut netlink, classic::text(io, name)?, Extent::SKIP_STATISTICS)?,
        None => {
            let index = route.as_ref().ok().and_then(|route| route.output).unwrap_or(0);
            links::get(&mut netlink, index, Extent::SKIP_STATISTICS)?
        }
    };
    let name = link.name.as_bytes();
    if !link.flags.contains(LinkFlags::UP) {
        return Err(io.complain(name, &linux::Errno::NETDOWN).into());
    }
    let hardware = link.address.ethernet().filter(|_| link.is_ethernet()).map(Mac);
    let hardware = hardware.ok_or_else(|| io.complain(name, &"no link with ARP"))?;
    let sender = match parsed.value(b's') {
        Some(word) => match classic::read_address(word) {
            Some((IpAddr::V4(address), None)) => address,
            _ => return Err(io.misuse(word, "not an IPv4 address").into()),
        },
        None if parsed.has(b'D') => Ipv4Addr::UNSPECIFIED,
        None if parsed.has_any(b"UA") => target,
        None => {
            let own = addresses::dump(&mut netlink, Family::INET, link.index)?;
            let preferred = route.ok().filter(|route| route.output == Some(link.index));
            let first = own.first().map(|address| address.local);
            match preferred.and_then(|route| route.preferred_source).or(first) {
                Some(IpAddr::V4(address)) => address,
                _ => Ipv4Addr::UNSPECIFIED,
            }
        }
    };
    let arp = EtherType::ARP.0;
    let descriptor =
        socket(SocketFamily::PACKET, SocketKind::RAW, SocketFlags::CLOSE_ON_EXEC, Protocol::DEFAULT)
            .and_then(|descriptor| {
                bind(&descriptor, &PacketAddress::interface(link.index, arp))?;
                Ok(descriptor)
            })
            .map_err(|errno| io.complain(b"socket", &errno))?;
    let operation = if parsed.has(b'A') { Operation::REPLY } else { Operation::REQUEST };
    let packet = Packet { operation, sender, ..Packet::probe(hardware, target) };
    let session = Session {
        descriptor,
        index: link.index,
        packet,
        station: None,
        parsed,
        sent: 0,
        broadcasts: 0,
        received: 0,
        requests: 0,
    };
    Ok((session, link.name))
}

impl Session<'_> {
    fn run(
        mut self,
        io: &mut Io<'_>,
        count: Option<u64>,
        deadline: Option<Duration>,
        interval: Duration,
    ) -> Status {
        let signals = match Signals::hold(SignalSet::of(&[Signal::INT, Signal::TERM])) {
            Ok(signals) => signals,
            Err(errno) => return io.complain(b"signals", &errno),
        };
        let start = monotonic();
        let end = deadline.map(|deadline| start.saturating_add(deadline));
        let (mut next, mut last_sent) = (start, start);
        loop {
            let now = monotonic();
            if end.is_some_and(|end| end <= now) || signals.take().is_some() || io.out.is_broken() {
                break;
            }
            if next <= now {
                // Who asks whether an address is taken waits for answers to the last request as well.
                if count.is_some_and(|count| self.sent >= count) {
                    break;
                }
                if let Err(errno) = self.send() {
                    return io.complain(b"send", &errno);
                }
                (last_sent, next) = (now, now + interval);
            }
            let until = end.into_iter().chain([next]).min().unwrap_or(next);
            let mut waited =
                [PollFd::new(&self.descriptor, PollFlags::IN), PollFd::new(&signals, PollFlags::IN)];
            let _ = poll(&mut waited, Some(until.saturating_sub(monotonic())));
            let ends_at_first = self.parsed.has_any(b"fD");
            if self.hear(io, last_sent)
                && (ends_at_first || count.is_some_and(|count| self.received >= count))
            {
                break;
            }
        }
        self.show(io);
        match (self.parsed.has(b'D'), self.parsed.has_any(b"UA")) {
            (true, _) => Status::from(self.received == 0),
            (false, true) => Status::SUCCESS,
            (false, false) => Status::from(self.received > 0),
        }
    }

    fn send(&mut self) -> linux::Result<()> {
        let station = self.station.filter(|_| !self.parsed.has(b'b'));
        let mut packet = self.packet;
        if packet.operation == Operation::REPLY {
            packet.target_hardware = packet.sender_hardware;
        }
        let to = station.unwrap_or(Mac::BROADCAST);
        let mut frame = Vec::with_capacity(60);
        ethernet::emit(&mut frame, to, packet.sender_hardware, EtherType::ARP);
        packet.emit(&mut frame);
        frame.resize(60, 0);
        let place = PacketAddress::station(self.index, EtherType::ARP.0, to.0);
        sendto(&self.descriptor, &frame, MessageFlags::NO_SIGNAL, &place)?;
        self.sent += 1;
        self.broadcasts += u64::from(station.is_none());
        Ok(())
    }

    /// Takes what has come; says whether an answer was among it.
    fn hear(&mut self, io: &mut Io<'_>, sent: Duration) -> bool {
        let mut is_answered = false;
        let mut buffer = [0; 256];
        while let Ok(length) = recv(self.descriptor.as_fd(), &mut buffer, MessageFlags::DONT_WAIT) {
            let frame = ethernet::parse(buffer.get(..length).unwrap_or_default());
            let Some((frame, packet)) =
                frame.ok().and_then(|frame| Some((frame, arp::parse(frame.payload).ok()?)))
            else {
                continue;
            };
            if !self.is_meant(&packet) {
                continue;
            }
            is_answered = true;
            self.received += 1;
            let is_request = packet.operation == Operation::REQUEST;
            self.requests += u64::from(is_request);
            self.station = Some(packet.sender_hardware);
            if !self.parsed.has(b'q') {
                let how = if frame.destination == Mac::BROADCAST { "Broadcast" } else { "Unicast" };
                let what = if is_request { "request" } else { "reply" };
                let _ = write!(io.out, "{how} {what} from {} [{}] ", packet.sender, packet.sender_hardware);
                milliseconds(monotonic().saturating_sub(sent), &mut io.out);
                io.out.put(b"ms\n");
                io.out.flush();
            }
        }
        is_answered
    }

    /// Says whether a packet answers, or shows that somebody else has the address.
    fn is_meant(&self, packet: &Packet) -> bool {
        let is_ours = packet.sender_hardware == self.packet.sender_hardware;
        if is_ours || packet.sender != self.packet.target {
            return false;
        }
        let is_reply = packet.operation == Operation::REPLY;
        self.parsed.has(b'D')
            || (is_reply || packet.operation == Operation::REQUEST)
                && (packet.target == self.packet.sender || self.parsed.has_any(b"UA"))
    }

    fn show(&self, io: &mut Io<'_>) {
        if self.parsed.has(b'q') {
            return;
        }
        let _ = writeln!(io.out, "Sent {} probe(s) ({} broadcast(s))", self.sent, self.broadcasts);
        let _ = write!(io.out, "Received {} response(s)", self.received);
        if self.requests > 0 {
            let _ = write!(io.out, " ({} request(s))", self.requests);
        }
        io.out.put(b"\n");
    }
}
