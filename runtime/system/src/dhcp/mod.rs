//! The DHCP client on real links: what carries out the actions of [`protocols::dhcp`] and brings it its events.
//!
//! [`Engine`] serves any number of links in one thread and one wait: a netlink socket (changes of links in, addresses and routes
//! out), a packet socket for each link that has a carrier, and the deadlines of the machines. The `network` worker runs
//! it for every Ethernet link, the `dhcp` command for the links it is told.
//!
//! The order of a change is: the lease is kept where a successor finds it ([`Observer::keep`]), then it is applied (address, routes,
//! largest packet), then the resolver file is written, then it is told ([`Observer::configured`]). So a process
//! that is killed anywhere in between leaves nothing that its successor would not finish.

mod engine;
mod facts;
mod filter;
mod interface;
mod kernel;
mod memory;
mod requests;
mod resolver;
mod socket;
pub mod state;
mod store;
mod summary;

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

pub use engine::{Engine, Woken};
pub use facts::Facts;
pub use interface::Interface;
pub use memory::Memory;
pub use requests::metric;
pub use store::Store;
pub use summary::Summary;

/// What the user decides about the driver.
#[derive(Debug)]
pub struct Options {
    /// The interfaces that are served; when none is named, every Ethernet link that is hardware or a container's wire,
    /// and loopback is switched on too.
    pub interfaces: Vec<String>,
    /// The settings of each client; hardware address and MTU are filled in for each link.
    pub config: protocols::dhcp::Config,
    /// The resolver file to write; none leaves it alone.
    pub resolver_file: Option<String>,
    /// The folder that keeps leases over a reboot.
    pub lease_folder: Option<String>,
    /// Whether the name that a server gives becomes the name of this machine.
    pub take_hostname: bool,
    /// Whether clients wait until they are told to renew or to release, in place of starting by themselves.
    pub dormant: bool,
    /// Whether leases are only told ([`Observer::configured`]), and links are configured by who hears it.
    pub tells_only: bool,
}

/// Whether the program has somebody who wants leases told.
const HAS_TOLD_LEASES: bool = cfg!(feature = "told-leases");

impl Options {
    /// Says whether links are left alone.
    pub(crate) const fn only_tells(&self) -> bool {
        HAS_TOLD_LEASES && self.tells_only
    }
}

/// How much something matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Something does not work.
    Fault,
    /// Something changed.
    Notice,
    /// A step on the way, or a packet that was dropped.
    Detail,
}

/// Who hears what the engine does.
pub trait Observer {
    /// Takes a message about an interface, or about all when the name is empty.
    fn say(&mut self, weight: Weight, interface: &str, message: fmt::Arguments<'_>);

    /// Says whether [`Weight::Detail`] is of interest; gathering it costs.
    fn wants_details(&self) -> bool;

    /// Keeps the state of all interfaces where a successor finds it; comes before a lease is applied.
    fn keep(&mut self, interfaces: &[Interface]);

    /// Hears that the lease of an interface is in place, or was prolonged: address, routes, resolver file.
    fn configured(&mut self, interface: &Interface);
}

#[cfg(test)]
mod tests {
    use core::net::Ipv4Addr;
    use formats::time::Duration;

    use protocols::dhcp::{Lease, Route};

    /// The lease that QEMU's user network gives.
    pub(super) fn lease() -> Lease {
        let gateway = Ipv4Addr::new(10, 0, 2, 2);
        Lease {
            duration: Duration::from_secs(86400),
            renewal: Duration::from_secs(43200),
            rebinding: Duration::from_secs(75600),
            expires: Duration::from_secs(86410),
            routers: vec![gateway],
            routes: vec![Route { destination: Ipv4Addr::UNSPECIFIED, prefix: 0, gateway: Some(gateway) }],
            dns: vec![Ipv4Addr::new(10, 0, 2, 3)],
            ..Lease::bare(Ipv4Addr::new(10, 0, 2, 15), 24, gateway)
        }
    }
}
