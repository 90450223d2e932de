//! One link with its client: events go in, actions are carried out.

use alloc::rc::Rc;
use alloc::vec::Vec;
use core::net::{Ipv4Addr, SocketAddrV4};
use formats::time::Duration;

use formats::file::lease::Entry;
use linux::fd::OwnedFd;
use linux::net::{self, Family, InterfaceName, MessageFlags, Protocol, SocketFlags, SocketKind, options};
use linux::random::{self, RandomFlags};
use linux::{Errno, time};
use protocols::dhcp::{Action, Client, Config, Event, Lease, Mac, Notice, Phase, Status};

use super::facts::Facts;
use super::kernel::Kernel;
use super::socket::PacketSocket;
use super::state::{self, Known};
use super::store::Store;
use super::{Observer, Options, Weight, requests};

/// The ports of DHCP (RFC 2131 section 4.1).
const CLIENT_PORT: u16 = 68;
const SERVER_PORT: u16 = 67;

/// A link that is served.
#[derive(Debug)]
pub struct Interface {
    facts: Facts,
    hardware: Mac,
    client: Client,
    /// Open from the first carrier on.
    socket: Option<PacketSocket>,
    /// Open while a server is asked to renew: without a receiver the kernel would refuse its answer with ICMP.
    renewal: Option<OwnedFd>,
    /// What the link looks like now.
    applied: Option<Rc<Lease>>,
    /// The largest packet before a lease changed it.
    former_mtu: Option<u32>,
    /// Whether the network may still be waking at the next start of the carrier: not when a client carries on.
    fresh: bool,
    /// A lease that is to be applied when it has been kept, and what is to be done after that.
    pub(super) pending: Option<Rc<Lease>>,
    later: Vec<Action>,
    /// Whether leases changed, so that the resolver file may have to.
    pub(super) changed: bool,
    /// Whether a lease was applied that nobody was told of.
    pub(super) configured: bool,
    /// Whether anything happened since the state was last kept.
    pub(super) touched: bool,
}

/// What an interface needs of the engine to carry out actions.
pub(super) struct Means<'a> {
    pub(super) kernel: &'a mut Kernel,
    pub(super) store: Option<&'a Store>,
    pub(super) options: &'a Options,
    pub(super) observer: &'a mut dyn Observer,
}

impl Interface {
    /// Makes the client of a link: one that carries on where `inherited` was left, else one that knows the lease of
    /// before a reboot, if there is one.
    pub(super) fn new(
        facts: Facts,
        hardware: Mac,
        inherited: Option<&Entry>,
        saved: Option<Rc<Lease>>,
        config: Config,
    ) -> Self {
        let known = inherited.map(Known::of);
        let former_mtu = known.as_ref().and_then(|known| known.former_mtu);
        let applied = known.as_ref().and_then(|known| known.lease.cloned());
        let seed = seed(hardware);
        let client = match known {
            Some(Known { lease: Some(lease), drops, .. }) => {
                Client::resume(config, lease.clone(), drops, seed)
            }
            Some(Known { drops, .. }) => Client::new(config, saved, seed).with_drops(drops),
            None => Client::new(config, saved, seed),
        };
        Self {
            facts: Facts { running: false, ..facts },
            hardware,
            client,
            socket: None,
            renewal: None,
            fresh: applied.is_none(),
            changed: applied.is_some(),
            applied,
            former_mtu,
            pending: None,
            later: Vec::new(),
            configured: false,
            touched: true,
        }
    }

    /// Takes over the largest packet of before the lease of an earlier run, if that lease's is still set.
    pub(super) fn recall_mtu(&mut self, noted: &Entry) {
        let known = Known::of(noted);
        if known.lease.and_then(|lease| lease.mtu).map(u32::from) == Some(self.facts.mtu) {
            self.former_mtu = known.former_mtu;
        }
    }

    /// Gives what is known of the link.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Gives the link's name.
    pub fn name(&self) -> &str {
        &self.facts.name
    }

    /// Gives the client's state, lease and counters.
    pub fn status(&self) -> Status<'_> {
        self.client.status()
    }

    /// Gives the lease that the link looks like now.
    pub fn lease(&self) -> Option<&Lease> {
        self.applied.as_deref()
    }

    /// Gives what a successor has to know, and a user may.
    pub fn entry(&self) -> Entry {
        let lease = self.pending.as_ref().or(self.applied.as_ref());
        state::entry(self.name(), &Status { lease, ..self.client.status() }, self.former_mtu)
    }

    /// Says whether the client can hear nothing although its link runs: no packet socket was to be had.
    pub fn is_deaf(&self) -> bool {
        self.facts.running && self.socket.is_none()
    }

    pub(super) fn set_siblings(&mut self, stations: &[Mac]) {
        self.client.set_siblings(stations);
    }

    pub(super) fn hardware(&self) -> Mac {
        self.hardware
    }

    pub(super) fn socket(&self) -> Option<&PacketSocket> {
        self.socket.as_ref()
    }

    pub(super) fn deadline(&self) -> Option<Duration> {
        self.client.deadline()
    }

    /// Takes news about the link, and lets the client know when its carrier came or went.
    pub(super) fn update(&mut self, facts: Facts, now: Duration, means: &mut Means<'_>) {
        let before = core::mem::replace(&mut self.facts, facts);
        // The kernel tells of changes once a second at most: a carrier that went and came meanwhile shows in the count only.
        if before.running && self.facts.running && before.carrier_changes != self.facts.carrier_changes {
            self.handle(Event::LinkDown, now, means);
            self.handle(Event::LinkUp { fresh: true }, now, means);
        }
        match (before.running, self.facts.running) {
            (false, true) => {
                if let Err(errno) = self.open() {
                    means.observer.say(Weight::Fault, self.name(), format_args!("packet socket: {errno}"));
                }
                let fresh = core::mem::replace(&mut self.fresh, true);
                if !means.options.dormant {
                    self.handle(Event::LinkUp { fresh }, now, means);
                }
            }
            (true, false) => self.handle(Event::LinkDown, now, means),
            _ => {}
        }
    }

    fn open(&mut self) -> linux::Result<()> {
        if self.socket.is_none() {
            self.socket = Some(PacketSocket::open(self.facts.index)?);
        }
        Ok(())
    }

    /// Takes one frame from the socket, if there is one.
    pub(super) fn receive(&mut self, buffer: &mut [u8], now: Duration, means: &mut Means<'_>) {
        let Some(socket) = &self.socket else { return };
        match socket.receive(buffer) {
            Ok(Some(frame)) => {
                let before = means.observer.wants_details().then(|| self.client.status().drops.clone());
                let (bytes, checksum_ready) = (frame.bytes, frame.checksum_ready);
                self.handle(Event::Frame { bytes, checksum_ready }, now, means);
                if let Some(before) = before {
                    for (reason, count) in self.client.status().drops.iter() {
                        if count > before.get(reason) {
                            means.observer.say(
                                Weight::Detail,
                                self.name(),
                                format_args!("dropped: {}", reason.name()),
                            );
                        }
                    }
                }
            }
            Ok(None) => {}
            // The link was switched off, which is told through netlink; the error comes once.
            Err(Errno::NETDOWN) => {}
            // Another error stays for ever, and would wake us for ever: begin anew.
            Err(errno) => {
                means.observer.say(Weight::Fault, self.name(), format_args!("packet socket: {errno}"));
                self.socket = None;
                if self.facts.running && self.open().is_err() {
                    self.facts.running = false;
                }
            }
        }
    }

    /// Gives the client an event and carries out what follows.
    pub(super) fn handle(&mut self, event: Event<'_>, now: Duration, means: &mut Means<'_>) {
        self.touched = true;
        self.client.handle(event, now);
        while let Some(action) = self.client.next_action() {
            self.perform(action, means);
        }
        if self.renewal.is_some() && self.client.status().phase != Phase::Renewing {
            self.renewal = None;
        }
    }

    /// Does what an action asks for, or lets it wait until the lease at hand is in place.
    fn perform(&mut self, action: Action, means: &mut Means<'_>) {
        let waits = match action {
            Action::SendFrame(_) | Action::SendUdp { .. } => self.pending.is_some(),
            // A disk takes its time.
            Action::Save(_) | Action::Forget => true,
            Action::Configure(_) | Action::Deconfigure(_) | Action::Log(_) => false,
        };
        if waits {
            self.later.push(action);
        } else {
            self.carry_out(action, means);
        }
    }

    fn carry_out(&mut self, action: Action, means: &mut Means<'_>) {
        match action {
            Action::SendFrame(frame) => self.send_frame(&frame, means),
            Action::SendUdp { source, destination, payload } => {
                if let Err(errno) = self.send_udp(source, destination, &payload) {
                    means.observer.say(
                        Weight::Detail,
                        self.name(),
                        format_args!("send to {destination}: {errno}"),
                    );
                }
            }
            Action::Configure(lease) => self.pending = Some(lease),
            Action::Deconfigure(address) => self.deconfigure(address, means),
            Action::Save(lease) => {
                if let Some(store) = means.store {
                    let mut entry = self.entry();
                    entry.lease = Some(lease);
                    self.report(store.save(entry), means);
                }
            }
            Action::Forget => {
                if let Some(store) = means.store {
                    self.report(store.forget(self.name()), means);
                }
            }
            Action::Log(notice) => {
                // That a lease is in place is told when it is, in the driver's words.
                let is_step = matches!(notice, Notice::Offered { .. } | Notice::Bound { .. });
                let weight = if is_step { Weight::Detail } else { Weight::Notice };
                means.observer.say(weight, self.name(), format_args!("{notice}"));
            }
        }
    }

    fn report(&self, result: crate::Result<()>, means: &mut Means<'_>) {
        if let Err(error) = result {
            means.observer.say(Weight::Fault, self.name(), format_args!("{error}"));
        }
    }

    fn send_frame(&mut self, frame: &[u8], means: &mut Means<'_>) {
        let Some(socket) = &mut self.socket else { return };
        let sent = match arp_target(frame) {
            Some(address) => socket.watch(address).and_then(|()| socket.send(frame)),
            None => socket.send(frame),
        };
        // The client sends again: a full queue or a link that went down a moment ago is nothing new to it.
        if let Err(errno) = sent {
            means.observer.say(Weight::Detail, self.name(), format_args!("send: {errno}"));
        }
    }

    fn send_udp(&mut self, source: Ipv4Addr, destination: Ipv4Addr, payload: &[u8]) -> linux::Result<()> {
        if self.renewal.is_none() {
            let flags = SocketFlags::CLOSE_ON_EXEC | SocketFlags::NONBLOCK;
            let socket = net::socket(Family::IPV4, SocketKind::DATAGRAM, flags, Protocol::DEFAULT)?;
            options::set_reuse_address(&socket, true)?;
            options::bind_to_device(&socket, InterfaceName::new(self.facts.name.as_bytes()))?;
            net::bind(&socket, &SocketAddrV4::new(source, CLIENT_PORT))?;
            self.renewal = Some(socket);
        }
        let to = SocketAddrV4::new(destination, SERVER_PORT);
        let Some(socket) = &self.renewal else { return Ok(()) };
        net::sendto(socket, payload, MessageFlags::empty(), &to).map(drop)
    }

    /// Makes the link look like the pending lease.
    pub(super) fn apply(&mut self, now: Duration, means: &mut Means<'_>) {
        let Some(lease) = self.pending.take() else { return };
        if means.options.only_tells() {
            (self.configured, self.changed) = (true, true);
            self.applied = Some(lease);
            return;
        }
        let index = self.facts.index;
        let requests = &mut means.kernel.requests;
        requests.clear();
        requests::configure(requests, index, &lease, now);
        if let Some(former) = &self.applied {
            if (former.address, former.prefix) == (lease.address, lease.prefix) {
                requests::remove_routes(requests, index, former, &lease);
            } else {
                requests::deconfigure(requests, index, former.address, former.prefix);
            }
        }
        let mtu = lease.mtu.map(u32::from).or(self.former_mtu).filter(|mtu| *mtu != self.facts.mtu);
        if let Some(mtu) = mtu {
            requests::mtu(requests, index, mtu);
            self.former_mtu.get_or_insert(self.facts.mtu);
        }
        match means.kernel.exchange() {
            Ok(()) => self.configured = true,
            Err(refused) => {
                let what = match refused.request {
                    Some(0) | None => "address",
                    Some(request) if request <= lease.routes.len() => "route",
                    Some(_) => "largest packet or former routes",
                };
                let address = lease.address;
                means.observer.say(
                    Weight::Fault,
                    self.name(),
                    format_args!("configure {address}: {what}: {}", refused.cause),
                );
                self.configured = !matches!(refused.request, Some(0) | None);
            }
        }
        if means.options.take_hostname
            && let Some(name) = &lease.hostname
            && let Err(errno) = linux::system::sethostname(name.as_bytes())
        {
            means.observer.say(Weight::Fault, self.name(), format_args!("set host name {name}: {errno}"));
        }
        self.applied = Some(lease);
        self.changed = true;
    }

    /// Does what waited for the lease to be in place.
    pub(super) fn catch_up(&mut self, means: &mut Means<'_>) {
        for action in core::mem::take(&mut self.later) {
            self.carry_out(action, means);
        }
    }

    /// Takes the lease off the link without a word to the server: the client is about to end.
    pub(super) fn strip(&mut self, means: &mut Means<'_>) {
        self.pending = None;
        if let Some(address) = self.applied.as_ref().map(|lease| lease.address) {
            self.deconfigure(address, means);
        }
    }

    /// Takes an address off the link, with the routes that depend on it.
    fn deconfigure(&mut self, address: Ipv4Addr, means: &mut Means<'_>) {
        if self.pending.as_ref().is_some_and(|lease| lease.address == address) {
            self.pending = None;
        }
        let Some(former) = self.applied.take_if(|lease| lease.address == address) else { return };
        self.changed = true;
        if let Some(socket) = self.renewal.take() {
            let_out(&socket);
        }
        if means.options.only_tells() {
            return;
        }
        let requests = &mut means.kernel.requests;
        requests.clear();
        requests::deconfigure(requests, self.facts.index, address, former.prefix);
        if let Some(mtu) = self.former_mtu.take() {
            requests::mtu(requests, self.facts.index, mtu);
        }
        if let Err(refused) = means.kernel.exchange() {
            // The kernel has removed it already when its time was over.
            means.observer.say(
                Weight::Detail,
                self.name(),
                format_args!("remove {address}: {}", refused.cause),
            );
        }
    }
}

/// Waits until a datagram has left, but not long: the RELEASE to a server whose station the kernel has to ask for first would
/// be lost with the address that it comes from.
fn let_out(socket: &OwnedFd) {
    const STEP: Duration = Duration::from_millis(1);
    const STEPS: usize = 200;
    for _ in 0..STEPS {
        if net::unsent(socket).is_ok_and(|bytes| bytes > 0) {
            time::sleep(STEP.into());
        } else {
            break;
        }
    }
}

/// Gives the address that an ARP packet asks for or announces; `None` for other frames.
fn arp_target(frame: &[u8]) -> Option<Ipv4Addr> {
    let target = frame.get(38..42).filter(|_| frame.get(12..14) == Some(&[8, 6]))?;
    <[u8; 4]>::try_from(target).ok().map(Ipv4Addr::from)
}

/// Gives a number that differs between machines and starts, for transaction numbers and jitter.
fn seed(hardware: Mac) -> u64 {
    let mut bytes = [0; 8];
    match random::getrandom(&mut bytes, RandomFlags::NONBLOCK) {
        Ok(8) => u64::from_ne_bytes(bytes),
        // Early in a boot there may be no random numbers yet; the time in nanoseconds and who we are must do.
        _ => {
            let [a, b, c, d, e, f] = hardware.0;
            let station = u64::from_be_bytes([a, b, c, d, e, f, 0, 0]);
            station ^ crate::machine::uptime().as_nanos().wrapping_mul(0x9e37_79b9_7f4a_7c15)
        }
    }
}

/// Makes the settings of a link's client from those of all.
pub(super) fn config(options: &Options, facts: &Facts, hardware: Mac) -> Config {
    let mtu = u16::try_from(facts.mtu).unwrap_or(u16::MAX);
    Config { hardware, mtu, ..options.config.clone() }
}
