//! A DHCP server without sockets: a frame in, frames out. Each of its messages passes a hook as a [`Draft`] before it becomes
//! bytes, so that a test can make any server that is wrong in one way, and the bytes pass another.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use formats::wire::dhcp4::{
    self, CLIENT_PORT, Code, Header, MAGIC_COOKIE, MessageType, Operation, Options, SERVER_PORT,
};
use formats::wire::ethernet::{self, EtherType, Mac};
use formats::wire::udp::{self, Endpoint};
use formats::wire::{checksum, ipv4};

/// What a server gives to everybody.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The server's station.
    pub hardware: Mac,
    /// Its address, which is also its server id.
    pub address: Ipv4Addr,
    /// The subnet mask.
    pub mask: Ipv4Addr,
    /// The first address of the pool.
    pub first: Ipv4Addr,
    /// Addresses in the pool.
    pub count: u32,
    /// Lease time in seconds.
    pub seconds: u32,
    /// Further options of offers and grants, in this order.
    pub options: Vec<(Code, Vec<u8>)>,
    /// Whether it refuses addresses that it does not know, or is silent about them.
    pub authoritative: bool,
    /// Whether it grants at once when the client can (RFC 4039).
    pub rapid_commit: bool,
    /// Whether it answers.
    pub silent: bool,
}

impl Settings {
    /// Makes a usual server at 10.9.N.1: a /24, addresses from .50 on, a router, a name server, an hour.
    pub fn usual(network: u8) -> Self {
        let address = Ipv4Addr::new(10, 9, network, 1);
        Self {
            hardware: Mac([2, 0, 0, 9, network, 1]),
            address,
            mask: Ipv4Addr::new(255, 255, 255, 0),
            first: Ipv4Addr::new(10, 9, network, 50),
            count: 50,
            seconds: 3600,
            options: vec![
                (Code::ROUTERS, address.octets().to_vec()),
                (Code::NAME_SERVERS, address.octets().to_vec()),
            ],
            authoritative: true,
            rapid_commit: false,
            silent: false,
        }
    }

    fn owns(&self, address: Ipv4Addr) -> bool {
        let offset = u32::from(address).wrapping_sub(u32::from(self.first));
        offset < self.count
    }
}

/// A message before it becomes bytes, each part open to change.
#[derive(Clone, Debug)]
pub struct Draft {
    /// What it is, for the hook to choose by; the bytes come from `options`.
    pub kind: MessageType,
    /// The station that it goes to.
    pub station: Mac,
    /// Where it comes from.
    pub source: Endpoint,
    /// Where it goes.
    pub destination: Endpoint,
    /// Options of the IPv4 header, a multiple of four bytes.
    pub header_options: Vec<u8>,
    /// The fixed part.
    pub header: Header,
    /// The field for the server's name, 64 bytes.
    pub server_name: Vec<u8>,
    /// The field for the boot file, 128 bytes.
    pub file: Vec<u8>,
    /// The cookie, or what stands in its place.
    pub cookie: Vec<u8>,
    /// The options in their order.
    pub options: Vec<(Code, Vec<u8>)>,
    /// What follows the options: the end mark.
    pub tail: Vec<u8>,
}

impl Draft {
    /// Sets an option, in the place of the first of its kind.
    pub fn set(&mut self, code: Code, value: &[u8]) {
        match self.options.iter_mut().find(|(known, _)| *known == code) {
            Some((_, old)) => *old = value.to_vec(),
            None => self.options.push((code, value.to_vec())),
        }
    }

    /// Removes an option.
    pub fn remove(&mut self, code: Code) {
        self.options.retain(|(known, _)| *known != code);
    }

    /// Gives the DHCP message alone.
    pub fn message(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.header.emit(&mut bytes);
        bytes.truncate(44);
        bytes.extend_from_slice(&self.server_name);
        bytes.extend_from_slice(&self.file);
        bytes.extend_from_slice(&self.cookie);
        for (code, value) in &self.options {
            dhcp4::put(&mut bytes, *code, value);
        }
        bytes.extend_from_slice(&self.tail);
        bytes
    }

    /// Gives the whole frame with right lengths and sums.
    pub fn frame(&self, from: Mac) -> Vec<u8> {
        let mut bytes = Vec::new();
        ethernet::emit(&mut bytes, self.station, from, EtherType::IPV4);
        udp::emit(&mut bytes, self.source, self.destination, &self.message())
            .expect("message that fits a packet");
        insert_header_options(&mut bytes, &self.header_options);
        bytes
    }
}

/// Puts options behind a header without any, and sets lengths and sum again.
fn insert_header_options(frame: &mut Vec<u8>, options: &[u8]) {
    let at = ethernet::HEADER_LENGTH;
    let header = ipv4::HEADER_LENGTH + options.len();
    frame.splice(at + ipv4::HEADER_LENGTH..at + ipv4::HEADER_LENGTH, options.iter().copied());
    frame[at] = 0x40 | u8::try_from(header / 4).expect("short header options");
    let total = u16::try_from(frame.len() - at).expect("message that fits a packet");
    frame[at + 2..at + 4].copy_from_slice(&total.to_be_bytes());
    seal_ip(frame);
}

/// Sets the sum of a frame's IPv4 header again, after a change in it.
pub fn seal_ip(frame: &mut [u8]) {
    let at = ethernet::HEADER_LENGTH;
    let header = usize::from(frame[at] & 15) * 4;
    frame[at + 10..at + 12].fill(0);
    let sum = checksum::Sum::new().bytes(&frame[at..at + header]).finish();
    frame[at + 10..at + 12].copy_from_slice(&sum.to_be_bytes());
}

/// Changes a message before it becomes bytes.
pub type DraftHook = Box<dyn FnMut(&mut Draft)>;
/// Changes or drops the bytes of a frame, or adds frames.
pub type FrameHook = Box<dyn FnMut(MessageType, Vec<u8>) -> Vec<Vec<u8>>>;

/// The server.
pub struct Server {
    /// What it gives; may be changed at any time.
    pub settings: Settings,
    /// Changes each of its messages.
    pub on_draft: DraftHook,
    /// Changes each of its frames.
    pub on_frame: FrameHook,
    /// The kinds of messages that it got, in order.
    pub received: Vec<MessageType>,
    /// Addresses that clients declined.
    pub declined: Vec<Ipv4Addr>,
    bindings: BTreeMap<Mac, Ipv4Addr>,
}

impl Server {
    /// Starts with nobody bound.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            on_draft: Box::new(|_| {}),
            on_frame: Box::new(|_, frame| vec![frame]),
            received: Vec::new(),
            declined: Vec::new(),
            bindings: BTreeMap::new(),
        }
    }

    /// Forgets all clients, as a restart without a lease file does.
    pub fn restart(&mut self) {
        self.bindings.clear();
    }

    /// Gives the address of a client.
    pub fn binding(&self, client: Mac) -> Option<Ipv4Addr> {
        self.bindings.get(&client).copied()
    }

    /// Takes a frame as it travels on the link, and gives the frames that answer it.
    pub fn frame(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        let Ok(frame) = ethernet::parse(bytes) else { return Vec::new() };
        let addressed = frame.destination == Mac::BROADCAST || frame.destination == self.settings.hardware;
        if !addressed || frame.kind != EtherType::IPV4 {
            return Vec::new();
        }
        let Ok(packet) = ipv4::parse(frame.payload) else { return Vec::new() };
        match udp::parse(&packet) {
            Ok(datagram) if datagram.destination == SERVER_PORT && datagram.checksum_right => {
                self.message(datagram.payload)
            }
            _ => Vec::new(),
        }
    }

    /// Takes a message that came through a socket, and gives the frames that answer it.
    pub fn message(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        let Ok(message) = dhcp4::parse(bytes) else { return Vec::new() };
        let Ok(options) = Options::of(&message) else { return Vec::new() };
        let kind = options.get(Code::MESSAGE_TYPE).and_then(|kind| dhcp4::byte(kind).ok()).map(MessageType);
        let Some(kind) = kind.filter(|_| message.header.operation == Operation::REQUEST) else {
            return Vec::new();
        };
        self.received.push(kind);
        if self.settings.silent {
            return Vec::new();
        }
        let answer = match kind {
            MessageType::DISCOVER => self.discover(&message.header, &options),
            MessageType::REQUEST => self.request(&message.header, &options),
            MessageType::DECLINE => {
                self.declined.extend(self.bindings.remove(&message.header.hardware));
                None
            }
            MessageType::RELEASE => {
                self.bindings.remove(&message.header.hardware);
                None
            }
            _ => None,
        };
        let Some(mut draft) = answer else { return Vec::new() };
        (self.on_draft)(&mut draft);
        (self.on_frame)(draft.kind, draft.frame(self.settings.hardware))
    }

    fn discover(&mut self, header: &Header, options: &Options<'_>) -> Option<Draft> {
        let wanted = options.get(Code::REQUESTED_ADDRESS).and_then(|value| dhcp4::address(value).ok());
        let address = self.choose(header.hardware, wanted)?;
        if self.settings.rapid_commit && options.get(Code::RAPID_COMMIT).is_some() {
            self.bindings.insert(header.hardware, address);
            let mut draft = self.draft(header, MessageType::ACK, address);
            draft.set(Code::RAPID_COMMIT, &[]);
            return Some(draft);
        }
        Some(self.draft(header, MessageType::OFFER, address))
    }

    /// Chooses the client's address, else the one that it wants, else the first that is free.
    fn choose(&self, client: Mac, wanted: Option<Ipv4Addr>) -> Option<Ipv4Addr> {
        let free = |address: &Ipv4Addr| {
            self.settings.owns(*address)
                && !self.declined.contains(address)
                && !self.bindings.iter().any(|(owner, bound)| bound == address && *owner != client)
        };
        let pool =
            (0..self.settings.count).map(|offset| Ipv4Addr::from(u32::from(self.settings.first) + offset));
        self.binding(client).into_iter().chain(wanted).chain(pool).find(free)
    }

    fn request(&mut self, header: &Header, options: &Options<'_>) -> Option<Draft> {
        let server = options.get(Code::SERVER).and_then(|value| dhcp4::address(value).ok());
        if server.is_some_and(|server| server != self.settings.address) {
            // The client chose another.
            self.bindings.remove(&header.hardware);
            return None;
        }
        let requested = options.get(Code::REQUESTED_ADDRESS).and_then(|value| dhcp4::address(value).ok());
        let address = requested.unwrap_or(header.client);
        let chosen = self.choose(header.hardware, Some(address)) == Some(address);
        let known = server.is_some() || self.binding(header.hardware) == Some(address);
        if chosen && (known || self.settings.authoritative) {
            self.bindings.insert(header.hardware, address);
            return Some(self.draft(header, MessageType::ACK, address));
        }
        (server.is_some() || self.settings.authoritative).then(|| self.refusal(header))
    }

    /// Makes an offer or a grant.
    pub fn draft(&self, header: &Header, kind: MessageType, address: Ipv4Addr) -> Draft {
        let settings = &self.settings;
        let mut options = vec![
            (Code::MESSAGE_TYPE, vec![kind.0]),
            (Code::SERVER, settings.address.octets().to_vec()),
            (Code::LEASE_TIME, settings.seconds.to_be_bytes().to_vec()),
            (Code::SUBNET_MASK, settings.mask.octets().to_vec()),
        ];
        options.extend(settings.options.iter().cloned());
        Draft {
            kind,
            station: header.hardware,
            source: Endpoint { address: settings.address, port: SERVER_PORT },
            destination: Endpoint { address, port: CLIENT_PORT },
            header_options: Vec::new(),
            header: Header { operation: Operation::REPLY, yours: address, seconds: 0, ..*header },
            server_name: vec![0; 64],
            file: vec![0; 128],
            cookie: MAGIC_COOKIE.to_be_bytes().to_vec(),
            options,
            tail: vec![Code::END.0],
        }
    }

    /// Makes a NAK.
    pub fn refusal(&self, header: &Header) -> Draft {
        let mut draft = self.draft(header, MessageType::NAK, Ipv4Addr::UNSPECIFIED);
        draft.options.truncate(2);
        draft.options.push((Code::MESSAGE, b"wrong network".to_vec()));
        draft.header.client = Ipv4Addr::UNSPECIFIED;
        draft.station = Mac::BROADCAST;
        draft.destination.address = Ipv4Addr::BROADCAST;
        draft
    }
}
