//! What the user decides about a DHCP client.

use alloc::string::String;
use alloc::vec::Vec;
use core::net::Ipv4Addr;

use formats::wire::ethernet::Mac;

/// When an address is held against other users of it (RFC 5227).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Conflict {
    /// Three probes over 4 to 7 seconds before first use, as RFC 5227 section 2.1.1 has it, then defence.
    Full,
    /// One probe, a quarter of a second of listening, then use and defence.
    Short,
    /// Use at once; probe and defend behind, give the address up on a conflict.
    #[default]
    Optimistic,
}

/// How the client names itself to the server (option 61).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ClientId {
    /// An identity association and a DUID made from the hardware address (RFC 4361).
    #[default]
    Duid,
    /// Type 1 and the hardware address, as older clients do: for servers whose reservations expect it.
    Hardware,
    /// These bytes, type octet first; cut at 255.
    Bytes(Vec<u8>),
}

/// Which of the server's routes are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RoutePolicy {
    /// All that are well formed.
    #[default]
    All,
    /// Only the default route and what it needs: a server cannot steer chosen networks past a tunnel (CVE-2024-3661).
    DefaultOnly,
}

/// The settings of one client on one link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The hardware address of the link.
    pub hardware: Mac,
    /// The largest packet that the link takes now; what the server may send us (option 57).
    pub mtu: u16,
    /// How we name ourselves to the server.
    pub client_id: ClientId,
    /// The name to tell the server, as option 81 when it holds a dot, else as option 12.
    pub hostname: Option<String>,
    /// What kind of machine this is (option 60); empty sends none.
    pub vendor_class: String,
    /// When an address is checked.
    pub conflict: Conflict,
    /// Two messages in place of four where the server can (RFC 4039).
    pub rapid_commit: bool,
    /// Give up IPv4 where the network says that it needs none (RFC 8925). Set it where IPv6 works.
    pub ipv6_only: bool,
    /// Ask for replies to the broadcast address: for links that deliver no unicast to an unconfigured host.
    pub broadcast: bool,
    /// The address to ask for when no lease is known (option 50).
    pub wanted_address: Option<Ipv4Addr>,
    /// The lease time to ask for in seconds (option 51).
    pub wanted_seconds: Option<u32>,
    /// The options to ask for beside those of a lease.
    pub also_wanted: Vec<u8>,
    /// Which routes are taken.
    pub routes: RoutePolicy,
}

impl Config {
    /// Gives the defaults for a link: everything on but IPv6-only.
    pub fn new(hardware: Mac) -> Self {
        Self {
            hardware,
            mtu: 1500,
            client_id: ClientId::default(),
            hostname: None,
            vendor_class: String::from("spelunk"),
            conflict: Conflict::default(),
            rapid_commit: true,
            ipv6_only: false,
            broadcast: false,
            wanted_address: None,
            wanted_seconds: None,
            also_wanted: Vec::new(),
            routes: RoutePolicy::default(),
        }
    }
}
