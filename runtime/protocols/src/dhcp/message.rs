//! The messages of a client: options, and the whole frame around them.

use alloc::vec::Vec;
use core::net::Ipv4Addr;

use formats::wire::dhcp4::{self, CLIENT_PORT, Code, Header, MAGIC_COOKIE, MessageType, SERVER_PORT};
use formats::wire::ethernet::{self, EtherType, Mac};
use formats::wire::udp::{self, Endpoint};

use super::{ClientId, Config};

/// What a message says apart from who we are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outline {
    /// Discover, request, decline or release.
    pub(super) kind: MessageType,
    /// The conversation.
    pub(super) transaction: u32,
    /// Since the conversation began.
    pub(super) seconds: u16,
    /// The address that we hold and use (ciaddr).
    pub(super) client: Ipv4Addr,
    /// The address that we want or speak of (option 50).
    pub(super) address: Option<Ipv4Addr>,
    /// The server meant (option 54).
    pub(super) server: Option<Ipv4Addr>,
}

/// Options that we ask for. Routes come before routers, as RFC 3442 has it.
const WANTED: [Code; 14] = [
    Code::SUBNET_MASK,
    Code::CLASSLESS_ROUTES,
    Code::CLASSLESS_ROUTES_MICROSOFT,
    Code::STATIC_ROUTES,
    Code::ROUTERS,
    Code::NAME_SERVERS,
    Code::DOMAIN_NAME,
    Code::DOMAIN_SEARCH,
    Code::HOST_NAME,
    Code::MTU,
    Code::BROADCAST,
    Code::NTP_SERVERS,
    Code::RENEWAL_TIME,
    Code::REBINDING_TIME,
];

/// The smallest message that every relay passes on (RFC 1542 section 2.1).
const SMALLEST: usize = 300;

/// The smallest packet that a host must take; less may not be asked for (RFC 2132 section 9.10).
const SMALLEST_MAXIMUM: u16 = 576;

/// Makes a message.
pub(super) fn message(config: &Config, client_id: &[u8], outline: &Outline) -> Vec<u8> {
    let mut out = Vec::with_capacity(384);
    let header = Header {
        seconds: outline.seconds,
        broadcast: config.broadcast && outline.client.is_unspecified(),
        client: outline.client,
        ..Header::request(config.hardware, outline.transaction)
    };
    header.emit(&mut out);
    out.extend_from_slice(&MAGIC_COOKIE.to_be_bytes());
    dhcp4::put(&mut out, Code::MESSAGE_TYPE, &[outline.kind.0]);
    dhcp4::put(&mut out, Code::CLIENT_ID, client_id);
    if let Some(address) = outline.address {
        dhcp4::put(&mut out, Code::REQUESTED_ADDRESS, &address.octets());
    }
    if let Some(server) = outline.server {
        dhcp4::put(&mut out, Code::SERVER, &server.octets());
    }
    if outline.kind == MessageType::DISCOVER || outline.kind == MessageType::REQUEST {
        put_wishes(&mut out, config, outline.kind);
    }
    if outline.kind == MessageType::DECLINE {
        dhcp4::put(&mut out, Code::MESSAGE, b"address in use");
    }
    out.push(Code::END.0);
    out.resize(out.len().max(SMALLEST), 0);
    out
}

/// Appends what discover and request say about us.
fn put_wishes(out: &mut Vec<u8>, config: &Config, kind: MessageType) {
    if kind == MessageType::DISCOVER && config.rapid_commit {
        dhcp4::put(out, Code::RAPID_COMMIT, &[]);
    }
    if let Some(seconds) = config.wanted_seconds {
        dhcp4::put(out, Code::LEASE_TIME, &seconds.to_be_bytes());
    }
    dhcp4::put(out, Code::MAXIMUM_SIZE, &config.mtu.max(SMALLEST_MAXIMUM).to_be_bytes());
    if !config.vendor_class.is_empty() {
        dhcp4::put(out, Code::VENDOR_CLASS, first_bytes(config.vendor_class.as_bytes()));
    }
    if let Some(name) = config.hostname.as_deref().filter(|name| dhcp4::is_domain_name(name)) {
        put_name(out, name);
    }
    let mut wanted = WANTED.map(|code| code.0).to_vec();
    if cfg!(feature = "messages") {
        wanted.extend_from_slice(&config.also_wanted);
    }
    wanted.extend(config.ipv6_only.then_some(Code::IPV6_ONLY.0));
    dhcp4::put(out, Code::PARAMETER_REQUEST_LIST, &wanted);
}

/// Appends our name: as option 12, or, when it has a domain, as option 81, which asks the server to make the DNS entry
/// (flags S and E, RFC 4702). Both at once are forbidden there.
fn put_name(out: &mut Vec<u8>, name: &str) {
    if !name.contains('.') {
        dhcp4::put(out, Code::HOST_NAME, name.as_bytes());
        return;
    }
    let mut value = Vec::from([5, 0, 0]);
    for label in name.split('.') {
        // A label of a domain name has 63 bytes at most.
        value.push(u8::try_from(label.len()).unwrap_or(0));
        value.extend_from_slice(label.as_bytes());
    }
    value.push(0);
    dhcp4::put(out, Code::CLIENT_FQDN, first_bytes(&value));
}

fn first_bytes(value: &[u8]) -> &[u8] {
    value.get(..255).unwrap_or(value)
}

/// Gives the value of option 61.
pub(super) fn client_id(config: &Config) -> Vec<u8> {
    let mac = config.hardware.0;
    match &config.client_id {
        ClientId::Hardware => [&[1][..], &mac].concat(),
        // Type 255, the association (the part of the address that differs between cards of a maker), then a DUID of kind
        // 3: a link-layer address of hardware type 1 (RFC 4361 section 6.1, RFC 8415 section 11.4).
        ClientId::Duid => {
            let [_, _, association @ ..] = mac;
            [&[255][..], &association, &[0, 3, 0, 1], &mac].concat()
        }
        // RFC 2132 section 9.14: at least two bytes.
        ClientId::Bytes(bytes) if bytes.len() < 2 => [&[0][..], bytes, &[0]].concat(),
        ClientId::Bytes(bytes) => first_bytes(bytes).to_vec(),
    }
}

/// Where a frame goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Route {
    /// The station.
    pub(super) station: Mac,
    /// Our address in the packet.
    pub(super) source: Ipv4Addr,
    /// The address in the packet.
    pub(super) destination: Ipv4Addr,
}

impl Route {
    /// To everybody, from the address that we have or from none.
    pub(super) const fn broadcast(source: Ipv4Addr) -> Self {
        Self { station: Mac::BROADCAST, source, destination: Ipv4Addr::BROADCAST }
    }
}

/// Puts a message into a frame; a message of ours always fits.
pub(super) fn frame(config: &Config, route: Route, message: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(ethernet::HEADER_LENGTH + 28 + message.len());
    ethernet::emit(&mut out, route.station, config.hardware, EtherType::IPV4);
    let source = Endpoint { address: route.source, port: CLIENT_PORT };
    let destination = Endpoint { address: route.destination, port: SERVER_PORT };
    if udp::emit(&mut out, source, destination, message).is_err() {
        out.clear();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use formats::wire::dhcp4::Options;

    const MAC: Mac = Mac([0x52, 0x54, 0, 0x12, 0x34, 0x56]);

    fn outline(kind: MessageType) -> Outline {
        Outline {
            kind,
            transaction: 9,
            seconds: 3,
            client: Ipv4Addr::UNSPECIFIED,
            address: None,
            server: None,
        }
    }

    fn option(config: &Config, outline: &Outline, code: Code) -> Option<Vec<u8>> {
        let bytes = message(config, &client_id(config), outline);
        assert!(bytes.len() >= SMALLEST && bytes.len() <= 548, "{}", bytes.len());
        let message = dhcp4::parse(&bytes).unwrap();
        Options::of(&message).unwrap().get(code).map(<[u8]>::to_vec)
    }

    #[test]
    fn identities_are_these_bytes() {
        let mut config = Config::new(MAC);
        assert_eq!(
            client_id(&config),
            [255, 0, 0x12, 0x34, 0x56, 0, 3, 0, 1, 0x52, 0x54, 0, 0x12, 0x34, 0x56]
        );
        config.client_id = ClientId::Hardware;
        assert_eq!(client_id(&config), [1, 0x52, 0x54, 0, 0x12, 0x34, 0x56]);
        config.client_id = ClientId::Bytes(vec![]);
        assert_eq!(client_id(&config).len(), 2);
        config.client_id = ClientId::Bytes(vec![7; 300]);
        assert_eq!(client_id(&config).len(), 255);
    }

    #[test]
    fn wishes_are_in_discover_and_request_only() {
        let mut config = Config::new(MAC);
        let discover = outline(MessageType::DISCOVER);
        assert_eq!(option(&config, &discover, Code::RAPID_COMMIT), Some(vec![]));
        assert_eq!(option(&config, &discover, Code::MAXIMUM_SIZE), Some(vec![5, 220]));
        assert_eq!(option(&config, &discover, Code::VENDOR_CLASS).as_deref(), Some(&b"spelunk"[..]));
        assert!(!option(&config, &discover, Code::PARAMETER_REQUEST_LIST).unwrap().contains(&108));
        let request = outline(MessageType::REQUEST);
        assert_eq!(option(&config, &request, Code::RAPID_COMMIT), None);
        for kind in [MessageType::DECLINE, MessageType::RELEASE] {
            for code in [Code::PARAMETER_REQUEST_LIST, Code::MAXIMUM_SIZE, Code::VENDOR_CLASS] {
                assert_eq!(option(&config, &outline(kind), code), None);
            }
        }
        config.rapid_commit = false;
        config.ipv6_only = true;
        config.mtu = 68;
        config.wanted_seconds = Some(258);
        assert_eq!(option(&config, &discover, Code::RAPID_COMMIT), None);
        assert_eq!(option(&config, &discover, Code::MAXIMUM_SIZE), Some(vec![2, 64]));
        assert_eq!(option(&config, &discover, Code::LEASE_TIME), Some(vec![0, 0, 1, 2]));
        assert!(option(&config, &discover, Code::PARAMETER_REQUEST_LIST).unwrap().contains(&108));
    }

    #[test]
    fn a_name_is_told_in_one_of_two_ways() {
        let mut config = Config::new(MAC);
        let request = outline(MessageType::REQUEST);
        config.hostname = Some("cave".into());
        assert_eq!(option(&config, &request, Code::HOST_NAME).as_deref(), Some(&b"cave"[..]));
        assert_eq!(option(&config, &request, Code::CLIENT_FQDN), None);
        config.hostname = Some("cave.example".into());
        assert_eq!(option(&config, &request, Code::HOST_NAME), None);
        let value = option(&config, &request, Code::CLIENT_FQDN).unwrap();
        assert_eq!(value, b"\x05\0\0\x04cave\x07example\0");
        config.hostname = Some("(none)".into());
        assert_eq!(option(&config, &request, Code::HOST_NAME), None);
    }
}
