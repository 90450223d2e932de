//! A DHCP server for IPv4 (RFC 2131), without sockets: a message in, an answer out. Times are arguments.
//!
//! An address goes to the station that it belongs to, else to the one that had it last, else to the one that asks for it, else the
//! first that nobody has; when there is none, the one whose lease ended first. A lease that was offered is held back for a while, and
//! so is an address that a client declined.

#[cfg(test)]
mod tests;

use alloc::vec::Vec;
use core::net::Ipv4Addr;

use formats::time::Duration;
use formats::wire::dhcp4::{
    self, Code, Header, MAGIC_COOKIE, MessageType, Operation, Options, mask_prefix_by_class,
};
use formats::wire::ethernet::Mac;

/// What the server gives.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The server's address.
    pub address: Ipv4Addr,
    /// The first address to give.
    pub first: Ipv4Addr,
    /// The last one.
    pub last: Ipv4Addr,
    /// Leases at once.
    pub most: usize,
    /// How long a lease is if the client does not ask for less.
    pub lease: Duration,
    /// The shortest lease.
    pub least: Duration,
    /// How long an address is held back that was offered.
    pub offer: Duration,
    /// The same of one that was declined.
    pub decline: Duration,
    /// Addresses of stations that are always the same.
    pub fixed: Vec<(Mac, Ipv4Addr)>,
    /// More options of offers and grants, as they are sent.
    pub options: Vec<(Code, Vec<u8>)>,
    /// The next server of the boot.
    pub next_server: Ipv4Addr,
    /// Its name, at most 63 bytes.
    pub server_name: Vec<u8>,
    /// The file to boot, at most 127 bytes.
    pub boot_file: Vec<u8>,
}

/// An address that somebody has, was offered or has declined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Who has it; zero if it was declined.
    pub station: Mac,
    /// The address.
    pub address: Ipv4Addr,
    /// When it ends.
    pub ends: Duration,
    /// What the client calls itself.
    pub name: Vec<u8>,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What it is.
    pub kind: MessageType,
    /// The message.
    pub bytes: Vec<u8>,
    /// Where it goes; none for to all on the link.
    pub to: Option<Ipv4Addr>,
    /// Whether it goes to a relay, at the port of servers.
    pub is_relayed: bool,
    /// The address that it gives.
    pub address: Ipv4Addr,
}

/// The server.
#[derive(Debug)]
pub struct Server {
    settings: Settings,
    /// Those that are known, over or not.
    pub leases: Vec<Lease>,
}

impl Server {
    /// Starts with the leases that are known from before.
    pub fn new(settings: Settings, leases: Vec<Lease>) -> Self {
        Self { settings, leases }
    }

    /// Takes a message, and gives what answers it.
    pub fn handle(&mut self, bytes: &[u8], now: Duration) -> Option<Answer> {
        let message = dhcp4::parse(bytes).ok()?;
        let header = &message.header;
        let options = Options::of(&message).ok()?;
        let kind = MessageType(dhcp4::byte(options.get(Code::MESSAGE_TYPE)?).ok()?);
        let is_ethernet = (header.hardware_type, header.hardware_length) == (1, 6);
        if header.operation != Operation::REQUEST || !is_ethernet || !header.hardware.is_unicast() {
            return None;
        }
        let address = |code| options.get(code).and_then(|value| dhcp4::address(value).ok());
        let (server, wanted) = (address(Code::SERVER), address(Code::REQUESTED_ADDRESS));
        if server.is_some_and(|server| server != self.settings.address) {
            // The client chose another one: what was offered is free.
            self.leases
                .retain(|lease| lease.station != header.hardware || lease.ends > now + self.settings.offer);
            return None;
        }
        match kind {
            MessageType::DISCOVER => {
                let address = self.choose(header.hardware, wanted, now)?;
                self.note(header.hardware, address, now + self.settings.offer, &options);
                Some(self.grant(header, &options, MessageType::OFFER, address))
            }
            MessageType::REQUEST => self.request(header, &options, wanted, server, now),
            MessageType::DECLINE => {
                let declined = self
                    .leases
                    .iter_mut()
                    .find(|lease| lease.station == header.hardware && Some(lease.address) == wanted)?;
                declined.station = Mac::ZERO;
                declined.ends = now + self.settings.decline;
                None
            }
            MessageType::RELEASE => {
                let is_his =
                    |lease: &&mut Lease| lease.station == header.hardware && lease.address == header.client;
                self.leases.iter_mut().find(is_his)?.ends = now;
                None
            }
            MessageType::INFORM => Some(self.inform(header, &options)),
            _ => None,
        }
    }

    fn request(
        &mut self,
        header: &Header,
        options: &Options<'_>,
        wanted: Option<Ipv4Addr>,
        server: Option<Ipv4Addr>,
        now: Duration,
    ) -> Option<Answer> {
        let address = wanted.unwrap_or(header.client);
        if self.choose(header.hardware, Some(address), now) == Some(address) {
            let ends = now + self.seconds(options);
            self.note(header.hardware, address, ends, options);
            return Some(self.grant(header, options, MessageType::ACK, address));
        }
        // Of networks that are not ours others may know more (RFC 2131, 4.3.2).
        let is_ours = self.owns(address) || server.is_some() || !self.is_near(address);
        is_ours.then(|| {
            let mut answer = self.draft(header, MessageType::NAK, Ipv4Addr::UNSPECIFIED, &[]);
            (answer.to, answer.is_relayed) = relayed(header);
            answer
        })
    }

    /// Says whether an address may be given.
    fn owns(&self, address: Ipv4Addr) -> bool {
        (self.settings.first..=self.settings.last).contains(&address)
    }

    /// Says whether an address is of our network.
    fn is_near(&self, address: Ipv4Addr) -> bool {
        let mask = self.settings.options.iter().find(|(code, _)| *code == Code::SUBNET_MASK);
        let bits = mask.and_then(|(_, mask)| dhcp4::mask_prefix(mask).ok());
        let bits = bits.unwrap_or(mask_prefix_by_class(self.settings.address));
        let difference = address.to_bits() ^ self.settings.address.to_bits();
        difference.checked_shr(32 - u32::from(bits)).unwrap_or(0) == 0
    }

    /// Chooses the address of a station.
    fn choose(&self, station: Mac, wanted: Option<Ipv4Addr>, now: Duration) -> Option<Ipv4Addr> {
        if let Some((_, address)) = self.settings.fixed.iter().find(|(known, _)| *known == station) {
            return Some(*address);
        }
        let find = |address: Ipv4Addr| self.leases.iter().find(|lease| lease.address == address);
        let may_have = |address: &Ipv4Addr| {
            self.owns(*address)
                && *address != self.settings.address
                && !matches!(address.octets(), [.., 0 | 255])
                && self.settings.fixed.iter().all(|(_, fixed)| fixed != address)
                && find(*address).is_none_or(|lease| lease.station == station || lease.ends <= now)
        };
        let own = self.leases.iter().find(|lease| lease.station == station).map(|lease| lease.address);
        if let Some(address) = own.into_iter().chain(wanted).find(may_have) {
            return Some(address);
        }
        if self.leases.iter().filter(|lease| lease.ends > now).count() >= self.settings.most {
            return None;
        }
        let all = || (self.settings.first.to_bits()..=self.settings.last.to_bits()).map(Ipv4Addr::from_bits);
        let fresh = all().find(|address| find(*address).is_none() && may_have(address));
        fresh.or_else(|| {
            let over = self.leases.iter().filter(|lease| may_have(&lease.address));
            over.min_by_key(|lease| lease.ends).map(|lease| lease.address)
        })
    }

    /// Notes that a station has an address.
    fn note(&mut self, station: Mac, address: Ipv4Addr, ends: Duration, options: &Options<'_>) {
        let name = options.get(Code::HOST_NAME).unwrap_or_default().to_vec();
        let before = self.leases.iter().find(|lease| lease.station == station && lease.address == address);
        // An offer does not cut short what was granted.
        let ends = before.map_or(ends, |lease| if ends < lease.ends { lease.ends } else { ends });
        self.leases.retain(|lease| lease.station != station && lease.address != address);
        self.leases.push(Lease { station, address, ends, name });
    }

    /// Gives how long a lease is.
    fn seconds(&self, options: &Options<'_>) -> Duration {
        let wanted = options.get(Code::LEASE_TIME).and_then(|value| dhcp4::seconds(value).ok());
        wanted.map_or(self.settings.lease, |wanted| wanted.min(self.settings.lease)).max(self.settings.least)
    }

    fn grant(&self, header: &Header, options: &Options<'_>, kind: MessageType, address: Ipv4Addr) -> Answer {
        let seconds = u32::try_from(self.seconds(options).as_secs()).unwrap_or(u32::MAX);
        let mut answer = self.draft(header, kind, address, &seconds.to_be_bytes());
        (answer.to, answer.is_relayed) = relayed(header);
        if answer.to.is_none() && !header.client.is_unspecified() {
            answer.to = Some(header.client);
        }
        answer
    }

    fn inform(&self, header: &Header, _: &Options<'_>) -> Answer {
        let mut answer = self.draft(header, MessageType::ACK, Ipv4Addr::UNSPECIFIED, &[]);
        answer.to = Some(header.client).filter(|client| !client.is_unspecified());
        answer
    }

    fn draft(&self, header: &Header, kind: MessageType, yours: Ipv4Addr, seconds: &[u8]) -> Answer {
        let settings = &self.settings;
        let mut bytes = Vec::with_capacity(576);
        let is_refusal = kind == MessageType::NAK;
        let client = if is_refusal { Ipv4Addr::UNSPECIFIED } else { header.client };
        let next_server = settings.next_server;
        Header { operation: Operation::REPLY, hops: 0, seconds: 0, client, yours, next_server, ..*header }
            .emit(&mut bytes);
        for (at, text, most) in [(44, &settings.server_name, 63), (108, &settings.boot_file, 127)] {
            bytes.iter_mut().skip(at).zip(text.iter().take(most)).for_each(|(to, from)| *to = *from);
        }
        bytes.extend_from_slice(&MAGIC_COOKIE.to_be_bytes());
        dhcp4::put(&mut bytes, Code::MESSAGE_TYPE, &[kind.0]);
        dhcp4::put(&mut bytes, Code::SERVER, &settings.address.octets());
        if !seconds.is_empty() {
            dhcp4::put(&mut bytes, Code::LEASE_TIME, seconds);
        }
        if !is_refusal {
            for (code, value) in &settings.options {
                dhcp4::put(&mut bytes, *code, value);
            }
        }
        bytes.push(Code::END.0);
        // The smallest that old relays and clients take (RFC 1542, 2.1).
        bytes.resize(bytes.len().max(300), 0);
        Answer { kind, bytes, to: None, is_relayed: false, address: yours }
    }
}

/// Gives the relay that a message came through.
fn relayed(header: &Header) -> (Option<Ipv4Addr>, bool) {
    let relay = Some(header.relay).filter(|relay| !relay.is_unspecified());
    (relay, relay.is_some())
}
