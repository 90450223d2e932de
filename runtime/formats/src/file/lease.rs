//! A DHCP lease as a value, and as the text that outlives a reboot or the process that holds it.

use alloc::string::String;
use alloc::vec::Vec;
use core::net::Ipv4Addr;
use core::time::Duration;

/// A way to a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Route {
    /// The network's first address; the bits behind the prefix are zero.
    pub destination: Ipv4Addr,
    /// Leading bits that count, 0 to 32; 0 is the default route.
    pub prefix: u8,
    /// The next hop; none when the network is on this link.
    pub gateway: Option<Ipv4Addr>,
}

/// What a server granted, checked, in the form in which it is applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Our address.
    pub address: Ipv4Addr,
    /// Leading bits of the network that is on this link.
    pub prefix: u8,
    /// The server that granted it (option 54).
    pub server: Ipv4Addr,
    /// How long it was granted for, whole seconds; [`Lease::FOREVER`] never ends.
    pub duration: Duration,
    /// From the grant to the first renewal (T1).
    pub renewal: Duration,
    /// From the grant to the first rebinding (T2).
    pub rebinding: Duration,
    /// When it ends, on the clock of the machine that holds it (CLOCK_BOOTTIME).
    pub expires: Duration,
    /// The routers in the server's order of preference (option 3).
    pub routers: Vec<Ipv4Addr>,
    /// The routes to install, in this order: a host route to a gateway outside the network precedes its users.
    pub routes: Vec<Route>,
    /// Broadcast address, when the server named one (option 28).
    pub broadcast: Option<Ipv4Addr>,
    /// Name servers (option 6).
    pub dns: Vec<Ipv4Addr>,
    /// The domain of this host (option 15).
    pub domain: Option<String>,
    /// Domains to complete short names with (option 119).
    pub search: Vec<String>,
    /// Our name, when the server gives one (option 12).
    pub hostname: Option<String>,
    /// Largest packet of the link (option 26).
    pub mtu: Option<u16>,
    /// Time servers (option 42).
    pub ntp: Vec<Ipv4Addr>,
    /// Vendor specific information, not looked into (option 43).
    pub vendor: Vec<u8>,
}

impl Lease {
    /// The duration that never ends (RFC 2131 section 3.3: 0xffffffff seconds).
    pub const FOREVER: Duration = Duration::from_secs(u32::MAX as u64);

    /// Gives the next hop of the default route.
    pub fn gateway(&self) -> Option<Ipv4Addr> {
        self.routes.iter().find(|route| route.prefix == 0).and_then(|route| route.gateway)
    }
}
