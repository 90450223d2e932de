//! A link with one client and some servers, in simulated time. What must hold at every instant is checked at every instant.

use formats::time::Duration;
use std::collections::VecDeque;
use std::net::Ipv4Addr;

use dhcp_server::{Server, Settings};
use formats::wire::arp::{self, Packet};
use formats::wire::dhcp4::{self, Code, MessageType, Options};
use formats::wire::ethernet::{self, EtherType, Mac};
use formats::wire::{ipv4, udp};
use protocols::dhcp::{Action, Client, Config, Drop, Event, Lease, Notice, Phase};

/// The client's station.
pub(crate) const CLIENT: Mac = Mac([0x52, 0x54, 0, 0x12, 0x34, 0x56]);

pub(crate) const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

pub(crate) const fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A message that the client sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sent {
    pub(crate) at: Duration,
    pub(crate) kind: MessageType,
    pub(crate) transaction: u32,
    /// Through the kernel's UDP socket.
    pub(crate) unicast: bool,
    pub(crate) bytes: Vec<u8>,
}

impl Sent {
    pub(crate) fn option(&self, code: Code) -> Option<Vec<u8>> {
        let message = dhcp4::parse(&self.bytes).unwrap();
        Options::of(&message).unwrap().get(code).map(<[u8]>::to_vec)
    }
}

pub(crate) struct World {
    pub(crate) client: Client,
    pub(crate) servers: Vec<Server>,
    pub(crate) now: Duration,
    /// The answer of a frame takes so long.
    pub(crate) latency: Duration,
    /// Says of each frame on the link, in its order, whether it is lost.
    pub(crate) lost: Box<dyn FnMut(usize) -> bool>,
    /// A station that uses this address and answers questions about it.
    pub(crate) squatter: Option<(Mac, Ipv4Addr)>,
    pub(crate) carrier: bool,
    /// What is on the interface.
    pub(crate) interface: Option<Lease>,
    /// What is in the file.
    pub(crate) file: Option<Lease>,
    pub(crate) sent: Vec<Sent>,
    pub(crate) arps: Vec<(Duration, Packet)>,
    pub(crate) notices: Vec<Notice>,
    /// Each change of the interface's address.
    pub(crate) changes: Vec<(Duration, Option<Ipv4Addr>)>,
    travelling: VecDeque<(Duration, Vec<u8>)>,
    frames: usize,
    sends: VecDeque<Duration>,
}

pub(crate) fn config() -> Config {
    Config::new(CLIENT)
}

impl World {
    pub(crate) fn new(config: Config, settings: Vec<Settings>) -> Self {
        Self::with(Client::new(config, None, 42), settings)
    }

    pub(crate) fn with(client: Client, settings: Vec<Settings>) -> Self {
        Self {
            client,
            servers: settings.into_iter().map(Server::new).collect(),
            now: s(1),
            latency: ms(1),
            lost: Box::new(|_| false),
            squatter: None,
            carrier: false,
            interface: None,
            file: None,
            sent: Vec::new(),
            arps: Vec::new(),
            notices: Vec::new(),
            changes: Vec::new(),
            travelling: VecDeque::new(),
            frames: 0,
            sends: VecDeque::new(),
        }
    }

    /// A client on a link with the usual server, bound.
    pub(crate) fn bound(config: Config) -> Self {
        let mut world = Self::new(config, vec![Settings::usual(0)]);
        world.up();
        world.run(s(20));
        assert_eq!(world.phase(), Phase::Bound);
        world
    }

    pub(crate) fn up(&mut self) {
        self.carrier = true;
        self.event(Event::LinkUp { fresh: true });
    }

    pub(crate) fn down(&mut self) {
        self.carrier = false;
        self.travelling.clear();
        self.event(Event::LinkDown);
    }

    pub(crate) fn phase(&self) -> Phase {
        self.client.status().phase
    }

    pub(crate) fn drops(&self, reason: Drop) -> u32 {
        self.client.status().drops.get(reason)
    }

    pub(crate) fn address(&self) -> Option<Ipv4Addr> {
        self.interface.as_ref().map(|lease| lease.address)
    }

    pub(crate) fn event(&mut self, event: Event<'_>) {
        self.client.handle(event, self.now);
        self.carry_out();
        self.check();
    }

    /// Delivers a frame to the client now.
    pub(crate) fn deliver(&mut self, bytes: &[u8]) {
        self.event(Event::Frame { bytes, checksum_ready: true });
    }

    /// Lets time pass.
    pub(crate) fn run(&mut self, time: Duration) {
        self.run_until(self.now + time, |_| false);
    }

    /// Lets time pass until something is so, at most for a time; gives how long it took.
    pub(crate) fn run_to(&mut self, time: Duration, goal: impl Fn(&Self) -> bool) -> Duration {
        let start = self.now;
        self.run_until(start + time, &goal);
        assert!(goal(self), "not reached within {time:?}: {:?}", self.client.status());
        self.now - start
    }

    fn run_until(&mut self, end: Duration, goal: impl Fn(&Self) -> bool) {
        while !goal(self) {
            let frame = self.travelling.front().map(|(time, _)| *time);
            let deadline = self.client.deadline();
            let next = [frame, deadline].into_iter().flatten().min().filter(|time| *time <= end);
            let Some(next) = next else {
                self.now = self.now.max(end);
                return;
            };
            self.now = self.now.max(next);
            if frame.is_some_and(|time| time <= next)
                && let Some((_, bytes)) = self.travelling.pop_front()
            {
                self.deliver(&bytes);
            } else {
                self.event(Event::Deadline);
            }
        }
    }

    fn carry_out(&mut self) {
        while let Some(action) = self.client.next_action() {
            match action {
                Action::SendFrame(bytes) => self.send_frame(&bytes),
                Action::SendUdp { source, destination, payload } => {
                    assert_eq!(Some(source), self.address(), "sent from an address that we have");
                    self.note(&payload, true);
                    self.send_message(destination, &payload);
                }
                Action::Configure(lease) => {
                    let former = self.address().filter(|address| *address != lease.address);
                    assert_eq!(former, None, "the former address is taken off first");
                    self.changes.push((self.now, Some(lease.address)));
                    self.interface = Some(Lease::clone(&lease));
                }
                Action::Deconfigure(address) => {
                    assert_eq!(self.address(), Some(address), "only what is there is taken off");
                    self.changes.push((self.now, None));
                    self.interface = None;
                }
                Action::Save(lease) => self.file = Some(Lease::clone(&lease)),
                Action::Forget => self.file = None,
                Action::Log(notice) => {
                    assert!(!notice.to_string().is_empty());
                    self.notices.push(notice);
                }
            }
        }
    }

    fn send_frame(&mut self, bytes: &[u8]) {
        let frame = ethernet::parse(bytes).unwrap();
        assert_eq!(frame.source, CLIENT);
        self.count_send();
        if frame.kind == EtherType::ARP {
            let packet = arp::parse(frame.payload).unwrap();
            self.arps.push((self.now, packet));
            if let Some((station, address)) = self.squatter
                && packet.target == address
                && self.carrier
            {
                let answer = Packet { target: packet.sender, ..Packet::announcement(station, address) };
                self.travelling.push_back((self.now + self.latency, answer.frame()));
            }
            return;
        }
        let packet = ipv4::parse(frame.payload).unwrap();
        let datagram = udp::parse(&packet).unwrap();
        assert!(packet.checksum_right && datagram.checksum_right);
        assert_eq!((datagram.source, datagram.destination), (68, 67));
        self.note(datagram.payload, false);
        if self.is_lost() {
            return;
        }
        let answers: Vec<_> = self.servers.iter_mut().flat_map(|server| server.frame(bytes)).collect();
        self.travel(answers);
    }

    fn send_message(&mut self, destination: Ipv4Addr, payload: &[u8]) {
        self.count_send();
        if self.is_lost() {
            return;
        }
        let meant = self.servers.iter_mut().filter(|server| server.settings.address == destination);
        let answers: Vec<_> = meant.flat_map(|server| server.message(payload)).collect();
        self.travel(answers);
    }

    fn travel(&mut self, frames: Vec<Vec<u8>>) {
        for frame in frames {
            if !self.is_lost() {
                self.travelling.push_back((self.now + self.latency, frame));
            }
        }
    }

    fn is_lost(&mut self) -> bool {
        self.frames += 1;
        (self.lost)(self.frames - 1) || !self.carrier
    }

    fn note(&mut self, payload: &[u8], unicast: bool) {
        let message = dhcp4::parse(payload).unwrap();
        let options = Options::of(&message).unwrap();
        let kind = options.get(Code::MESSAGE_TYPE).unwrap();
        assert!(payload.len() >= 300, "relays drop shorter messages");
        self.sent.push(Sent {
            at: self.now,
            kind: MessageType(kind[0]),
            transaction: message.header.transaction,
            unicast,
            bytes: payload.to_vec(),
        });
    }

    /// No more than 24 frames at once and four a second after.
    fn count_send(&mut self) {
        self.sends.push_back(self.now);
        self.sends.retain(|time| *time + s(60) > self.now);
        assert!(self.sends.len() <= 24 + 240, "{} frames in a minute", self.sends.len());
    }

    /// What must hold whatever happens.
    fn check(&self) {
        assert!(self.client.deadline().is_none_or(|deadline| deadline > self.now), "deadline in the past");
        let status = self.client.status();
        assert_eq!(
            status.lease.map(|lease| &**lease),
            self.interface.as_ref(),
            "the status shows what is configured"
        );
        let Some(lease) = &self.interface else { return };
        assert!(lease.expires > self.now, "a lease is not kept past its end");
        let [first, ..] = lease.address.octets();
        assert!(!matches!(first, 0 | 127 | 224..), "{} is no host's address", lease.address);
        assert!((8..=32).contains(&lease.prefix));
        assert!(lease.renewal <= lease.rebinding && lease.rebinding <= lease.duration);
        for route in &lease.routes {
            assert!(route.gateway != Some(lease.address) && route.gateway != Some(Ipv4Addr::UNSPECIFIED));
        }
    }

    /// The kinds of the messages sent since a time.
    pub(crate) fn kinds_since(&self, time: Duration) -> Vec<MessageType> {
        self.sent.iter().filter(|sent| sent.at >= time).map(|sent| sent.kind).collect()
    }

    /// The last message of the client of a kind.
    pub(crate) fn last(&self, kind: MessageType) -> &Sent {
        self.sent.iter().rfind(|sent| sent.kind == kind).expect("message of that kind")
    }
}
