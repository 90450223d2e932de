//! The DHCP client, against a network that does what the input says.
//!
//! The first byte chooses the settings, then each step is a byte and what it needs (numbers are big-endian):
//!
//! - 0 `ms:u16`: time passes. 1: to the deadline. 2 `s:u16`: a thousand times as many seconds pass.
//! - 3: link up, fresh. 4: link up. 5: link down. 6: release. 7: renew.
//! - 8 `length:u16 bytes`: a frame, byte for byte.
//! - 9 `type:u8 server:u8 host:u8 length:u8 options`: a server's answer to the last question, with these options
//!   after the type, the server and a lease of an hour.
//! - 10 `type:u8 server:u8 host:u8 length:u8 options`: the same without any option but these.
//! - 11 `operation:u8 host:u8`: an ARP packet of another station about our address or that host's.
//!
//! Promised, whatever comes: frames that can be read, within the allowance; only addresses that a host may have are
//! configured; nothing is kept past its end; no deadline stays in the past.

use formats::time::Duration;
use std::net::Ipv4Addr;
use std::rc::Rc;

use formats::file::lease::{self, Entry, Lease, Leases};
use formats::wire::arp::{self, Operation as ArpOperation, Packet};
use formats::wire::dhcp4::{self, Code, Header, MAGIC_COOKIE, Message, Operation, Options, put};
use formats::wire::ethernet::{self, EtherType, Mac};
use formats::wire::{ipv4, udp};
use protocols::dhcp::{Action, Client, ClientId, Config, Conflict, Event, RoutePolicy};

const US: Mac = Mac([0x52, 0x54, 0, 0x12, 0x34, 0x56]);
const SERVER: Mac = Mac([0x52, 0x55, 10, 0, 2, 2]);
const START: Duration = Duration::from_secs(5);

/// Plays the script of the input to a client; gives how often it configured its link.
pub(crate) fn dhcp(data: &[u8]) -> u32 {
    let mut script = Script(data);
    let Some(mut stage) = script.byte().map(Stage::new) else { return 0 };
    while let Some(step) = script.byte() {
        if stage.step(step, &mut script).is_none() {
            break;
        }
    }
    // Whatever was said, a client that is left alone ends what has ended.
    stage.pass(Duration::from_secs(1 << 32));
    stage.configurations
}

/// The input, read from its front.
struct Script<'a>(&'a [u8]);

impl<'a> Script<'a> {
    fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn short(&mut self) -> Option<u16> {
        self.take(2)?.first_chunk().copied().map(u16::from_be_bytes)
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }
}

/// The client, and what its driver knows.
struct Stage {
    client: Client,
    now: Duration,
    /// Header of the last message sent.
    asked: Option<Header>,
    configured: Option<Lease>,
    configurations: u32,
    frames: u64,
}

impl Stage {
    fn new(settings: u8) -> Self {
        let bit = |bit: u8| settings >> bit & 1 == 1;
        let config = Config {
            conflict: [Conflict::Optimistic, Conflict::Short, Conflict::Full][usize::from(settings & 3) % 3],
            client_id: if bit(2) { ClientId::Hardware } else { ClientId::Duid },
            ipv6_only: bit(3),
            hostname: bit(4).then(|| String::from("cave.example.org")),
            routes: if bit(5) { RoutePolicy::DefaultOnly } else { RoutePolicy::All },
            rapid_commit: bit(6),
            ..Config::new(US)
        };
        let saved = bit(7).then(|| Lease {
            duration: Duration::from_secs(3600),
            renewal: Duration::from_secs(1800),
            rebinding: Duration::from_secs(3000),
            expires: START + Duration::from_secs(2000),
            ..Lease::bare(Ipv4Addr::new(10, 0, 2, 15), 24, Ipv4Addr::new(10, 0, 2, 2))
        });
        let client = Client::new(config, saved.map(Into::into), 7);
        Self { client, now: START, asked: None, configured: None, configurations: 0, frames: 0 }
    }

    fn step(&mut self, step: u8, script: &mut Script<'_>) -> Option<()> {
        match step % 12 {
            0 => self.pass(Duration::from_millis(script.short()?.into())),
            1 => self.pass_to_deadline(),
            2 => self.pass(Duration::from_secs(script.short()?.into()) * 100),
            3 => self.handle(Event::LinkUp { fresh: true }),
            4 => self.handle(Event::LinkUp { fresh: false }),
            5 => self.handle(Event::LinkDown),
            6 => self.handle(Event::Release),
            7 => self.handle(Event::Renew),
            8 => {
                let length = script.short()?;
                let bytes = script.take(length.into())?;
                self.handle(Event::Frame { bytes, checksum_ready: length % 2 == 0 });
            }
            9 => self.answer(script, true)?,
            10 => self.answer(script, false)?,
            _ => {
                let (operation, host) = (script.byte()?, script.byte()?);
                self.arp(operation, host);
            }
        }
        Some(())
    }

    fn pass(&mut self, time: Duration) {
        self.now += time;
        self.handle(Event::Deadline);
    }

    fn pass_to_deadline(&mut self) {
        // A deadline at the end of time is never waited for.
        let near = self.client.deadline().filter(|deadline| *deadline < Duration::from_secs(1 << 40));
        if let Some(deadline) = near {
            self.now = self.now.max(deadline);
            self.handle(Event::Deadline);
        }
    }

    fn handle(&mut self, event: Event<'_>) {
        self.client.handle(event, self.now);
        let mut actions = 0;
        while let Some(action) = self.client.next_action() {
            actions += 1;
            assert!(actions < 100, "no end of actions");
            self.act(action);
        }
        let allowance = 24 + 1 + (self.now - START).as_millis() / 250;
        assert!(self.frames <= allowance, "{} frames by {:?}", self.frames, self.now);
        let late = self.client.deadline().filter(|deadline| *deadline <= self.now);
        assert_eq!(late, None, "a deadline stays in the past at {:?}", self.now);
        let status = self.client.status();
        assert_eq!(
            status.lease.map(|lease| lease.address),
            self.configured.as_ref().map(|lease| lease.address)
        );
        if let Some(lease) = status.lease.filter(|lease| lease.duration != Lease::FOREVER) {
            assert!(lease.expires > self.now, "{} is kept past its end", lease.address);
        }
        assert!(status.drops.iter().all(|(reason, count)| count > 0 && !reason.name().is_empty()));
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::SendFrame(frame) => {
                self.frames += 1;
                self.sent(&frame);
            }
            Action::SendUdp { source, destination, payload } => {
                self.frames += 1;
                assert_eq!(self.configured.as_ref().map(|lease| lease.address), Some(source));
                assert!(is_host(destination));
                self.asked = Some(question(&payload));
            }
            Action::Configure(lease) => {
                proper(&lease);
                self.configured = Some(Lease::clone(&lease));
                self.configurations += 1;
            }
            Action::Deconfigure(address) => {
                let former = self.configured.take().map(|lease| lease.address);
                assert_eq!(former, Some(address), "takes away what is not there");
            }
            Action::Save(lease) => saved(lease),
            Action::Forget => {}
            Action::Log(notice) => assert!(!notice.to_string().is_empty()),
        }
    }

    fn sent(&mut self, frame: &[u8]) {
        let frame = ethernet::parse(frame).unwrap();
        assert_eq!(frame.source, US);
        match frame.kind {
            EtherType::ARP => assert_eq!(arp::parse(frame.payload).unwrap().sender_hardware, US),
            kind => {
                assert_eq!(kind, EtherType::IPV4);
                let packet = ipv4::parse(frame.payload).unwrap();
                let datagram = udp::parse(&packet).unwrap();
                assert!(packet.checksum_right && datagram.checksum_right);
                assert_eq!((datagram.source, datagram.destination), (68, 67));
                self.asked = Some(question(datagram.payload));
            }
        }
    }

    /// Makes a server's answer; `full` adds what every answer must have.
    fn answer(&mut self, script: &mut Script<'_>, full: bool) -> Option<()> {
        let (kind, server, host) = (script.byte()?, script.byte()?, script.byte()?);
        let length = script.byte()?;
        let options = script.take(length.into())?;
        let Some(asked) = self.asked else { return Some(()) };
        let server = Ipv4Addr::new(10, 0, 2, server);
        let header = Header {
            operation: Operation::REPLY,
            yours: Ipv4Addr::new(10, 0, 2, host),
            ..Header::request(US, asked.transaction)
        };
        let mut payload = Vec::new();
        header.emit(&mut payload);
        payload.extend_from_slice(&MAGIC_COOKIE.to_be_bytes());
        if full {
            put(&mut payload, Code(53), &[kind]);
            put(&mut payload, Code(54), &server.octets());
            put(&mut payload, Code(51), &3600_u32.to_be_bytes());
        }
        payload.extend_from_slice(options);
        payload.push(255);
        let mut frame = Vec::new();
        ethernet::emit(&mut frame, US, SERVER, EtherType::IPV4);
        let from = udp::Endpoint { address: server, port: 67 };
        let to = udp::Endpoint { address: header.yours, port: 68 };
        udp::emit(&mut frame, from, to, &payload).unwrap();
        self.handle(Event::Frame { bytes: &frame, checksum_ready: true });
        Some(())
    }

    fn arp(&mut self, operation: u8, host: u8) {
        let ours = self.configured.as_ref().map(|lease| lease.address);
        let address = ours.filter(|_| host == 0).unwrap_or(Ipv4Addr::new(10, 0, 2, host));
        let packet = Packet {
            operation: ArpOperation(u16::from(operation % 4)),
            sender_hardware: if operation & 128 == 0 { SERVER } else { US },
            sender: if operation & 64 == 0 { address } else { Ipv4Addr::UNSPECIFIED },
            target_hardware: Mac::ZERO,
            target: address,
        };
        let frame = packet.frame();
        self.handle(Event::Frame { bytes: &frame, checksum_ready: true });
    }
}

/// Reads a message of the client's as a server would.
fn question(payload: &[u8]) -> Header {
    let message: Message<'_> = dhcp4::parse(payload).unwrap();
    let options = Options::of(&message).unwrap();
    assert_eq!(message.header.operation, Operation::REQUEST);
    assert_eq!(message.header.hardware, US);
    assert!(options.get(Code(53)).is_some_and(|kind| kind.len() == 1));
    message.header
}

fn is_host(address: Ipv4Addr) -> bool {
    let [first, ..] = address.octets();
    first != 0 && !address.is_loopback() && !address.is_multicast() && first < 240
}

/// Checks what is to be configured.
fn proper(lease: &Lease) {
    assert!(is_host(lease.address), "{}", lease.address);
    assert_ne!(lease.address, lease.server);
    assert!((1..=32).contains(&lease.prefix));
    assert!(lease.renewal <= lease.rebinding && lease.rebinding <= lease.duration);
    assert!(lease.mtu.is_none_or(|mtu| mtu >= 68));
    for route in &lease.routes {
        assert!(route.prefix <= 32);
        let mask = u32::MAX.checked_shl(32 - u32::from(route.prefix)).unwrap_or(0);
        assert_eq!(u32::from(route.destination) & !mask, 0, "bits behind the prefix of a route");
        assert!(route.gateway.is_none_or(is_host));
    }
    for address in lease.dns.iter().chain(&lease.routers).chain(&lease.ntp) {
        assert!(is_host(*address), "{address}");
    }
    for name in lease.search.iter().chain(&lease.domain).chain(&lease.hostname) {
        assert!(dhcp4::is_domain_name(name), "{name:?}");
    }
}

/// What is kept must be read again as it was.
fn saved(lease: Rc<Lease>) {
    // The message is for scripts, and is not kept.
    let lease = Rc::new(Lease { message: Vec::new(), ..Lease::clone(&lease) });
    let entry = Entry { interface: String::from("eth0"), lease: Some(lease), ..Entry::default() };
    let leases = Leases { entries: vec![entry], ..Leases::default() };
    let mut file = Vec::new();
    lease::emit(&leases, &mut file);
    assert_eq!(lease::parse(&file), Ok(leases));
}
