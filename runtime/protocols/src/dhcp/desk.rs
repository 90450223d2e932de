//! What all states share: settings, chance, counters, and the actions on their way out.

use alloc::collections::VecDeque;
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::net::Ipv4Addr;
use formats::time::Duration;

use formats::file::lease::Lease;
use formats::wire::arp::Packet;
use formats::wire::dhcp4::MessageType;
use formats::wire::ethernet::Mac;

use super::message::{self, Outline, Route};
use super::timing::{Allowance, Ask, Random};
use super::{Action, Config, Drops, Notice};

/// The desk at which the states work.
#[derive(Clone, Debug)]
pub(super) struct Desk {
    pub(super) config: Config,
    pub(super) client_id: Vec<u8>,
    pub(super) random: Random,
    pub(super) drops: Drops,
    pub(super) actions: VecDeque<Action>,
    pub(super) sent: u32,
    pub(super) used: u32,
    /// Attempts that a server let fail since the last grant.
    pub(super) setbacks: u32,
    /// Addresses declined since a lease was last held to its renewal.
    pub(super) conflicts: u32,
    /// The time of the event at hand.
    pub(super) now: Duration,
    /// The machine's own stations on other links.
    pub(super) siblings: Vec<Mac>,
    allowance: Allowance,
}

impl Desk {
    pub(super) fn new(config: Config, drops: Drops, seed: u64) -> Self {
        Self {
            client_id: message::client_id(&config),
            config,
            random: Random::new(seed),
            drops,
            actions: VecDeque::new(),
            sent: 0,
            used: 0,
            setbacks: 0,
            conflicts: 0,
            now: Duration::ZERO,
            siblings: Vec::new(),
            allowance: Allowance::new(),
        }
    }

    pub(super) fn tell(&mut self, notice: Notice) {
        self.actions.push_back(Action::Log(notice));
    }

    /// Configures and keeps a lease.
    pub(super) fn configure(&mut self, lease: &Rc<Lease>) {
        self.actions.push_back(Action::Configure(lease.clone()));
        self.actions.push_back(Action::Save(lease.clone()));
    }

    pub(super) fn deconfigure(&mut self, address: Ipv4Addr) {
        self.actions.push_back(Action::Deconfigure(address));
    }

    pub(super) fn forget(&mut self) {
        self.actions.push_back(Action::Forget);
    }

    /// Looks for servers.
    pub(super) fn discover(&mut self, transaction: u32, seconds: u16, wanted: Option<Ipv4Addr>) {
        let outline = Outline { seconds, address: wanted, ..outline(MessageType::DISCOVER, transaction) };
        self.broadcast(&outline);
    }

    /// Asks for an address: of a server's offer, or, without a server, of a lease of before.
    pub(super) fn request(&mut self, ask: &Ask, address: Ipv4Addr, server: Option<Ipv4Addr>) {
        let outline = Outline {
            seconds: ask.seconds(),
            address: Some(address),
            server,
            ..outline(MessageType::REQUEST, ask.transaction)
        };
        self.broadcast(&outline);
    }

    /// Asks the server of a lease to prolong it, through the kernel's routes.
    pub(super) fn renew(&mut self, ask: &Ask, lease: &Lease) {
        let outline = Outline {
            seconds: ask.seconds(),
            client: lease.address,
            ..outline(MessageType::REQUEST, ask.transaction)
        };
        self.send_udp(&outline, lease.address, lease.server);
    }

    /// Asks every server to prolong a lease.
    pub(super) fn rebind(&mut self, ask: &Ask, lease: &Lease) {
        let outline = Outline {
            seconds: ask.seconds(),
            client: lease.address,
            ..outline(MessageType::REQUEST, ask.transaction)
        };
        self.send_frame(&outline, Route::broadcast(lease.address));
    }

    /// Says that an address is used by another.
    pub(super) fn decline(&mut self, lease: &Lease) {
        let transaction = self.random.transaction();
        let outline = Outline {
            address: Some(lease.address),
            server: Some(lease.server),
            ..outline(MessageType::DECLINE, transaction)
        };
        self.broadcast(&outline);
    }

    /// Gives an address back. Through the station that granted it where it is known: a packet that waits for the kernel to
    /// resolve an address is lost when the address is taken away at the same time.
    pub(super) fn release(&mut self, lease: &Lease, station: Option<Mac>) {
        let transaction = self.random.transaction();
        let outline = Outline {
            client: lease.address,
            server: Some(lease.server),
            ..outline(MessageType::RELEASE, transaction)
        };
        match station {
            Some(station) => {
                let route = Route { station, source: lease.address, destination: lease.server };
                self.send_frame(&outline, route);
            }
            None => self.send_udp(&outline, lease.address, lease.server),
        }
    }

    /// Sends an ARP question or claim.
    pub(super) fn arp(&mut self, packet: &Packet) {
        if self.allowance.take(self.now) {
            self.actions.push_back(Action::SendFrame(packet.frame()));
        }
    }

    fn broadcast(&mut self, outline: &Outline) {
        self.send_frame(outline, Route::broadcast(Ipv4Addr::UNSPECIFIED));
    }

    fn send_frame(&mut self, outline: &Outline, route: Route) {
        if self.allowed() {
            let message = message::message(&self.config, &self.client_id, outline);
            self.actions.push_back(Action::SendFrame(message::frame(&self.config, route, &message)));
        }
    }

    fn send_udp(&mut self, outline: &Outline, source: Ipv4Addr, destination: Ipv4Addr) {
        if self.allowed() {
            let payload = message::message(&self.config, &self.client_id, outline);
            self.actions.push_back(Action::SendUdp { source, destination, payload });
        }
    }

    fn allowed(&mut self) -> bool {
        let allowed = self.allowance.take(self.now);
        self.sent = self.sent.saturating_add(allowed.into());
        allowed
    }
}

const fn outline(kind: MessageType, transaction: u32) -> Outline {
    Outline { kind, transaction, seconds: 0, client: Ipv4Addr::UNSPECIFIED, address: None, server: None }
}
