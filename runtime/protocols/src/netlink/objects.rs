//! What tells the entries of the kernel's network tables apart.

use core::net::IpAddr;

use formats::netlink::address::Address;
use formats::netlink::link::Link;
use formats::netlink::neighbour::Neighbour;
use formats::netlink::route::{Route, RouteKind, Table};
use formats::netlink::{Family, HardwareAddress};

use super::Object;

impl Object for Link {
    type Key = u32;

    fn key(&self) -> u32 {
        self.index
    }

    fn same(&self, other: &Self) -> bool {
        let settled = |link: &Self| Self { statistics: None, ..link.clone() };
        settled(self) == settled(other)
    }
}

impl Object for Address {
    /// Link, address, prefix length, far end.
    type Key = (u32, IpAddr, u8, Option<IpAddr>);

    fn key(&self) -> Self::Key {
        (self.index, self.local, self.prefix, self.peer)
    }

    /// Lifetimes count down by themselves; the date of the last change tells whether they were set anew.
    fn same(&self, other: &Self) -> bool {
        let dates = |address: &Self| address.lifetimes.map(|times| (times.created_cs, times.updated_cs));
        dates(self) == dates(other)
            && Self { lifetimes: None, ..self.clone() } == Self { lifetimes: None, ..other.clone() }
    }
}

/// What makes two routes of a dump different ones. Two of equal destination and metric may differ in their gateway
/// only (`ip route append`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RouteKey {
    family: Family,
    table: Table,
    destination: Option<IpAddr>,
    prefix: u8,
    source: Option<(IpAddr, u8)>,
    tos: u8,
    priority: Option<u32>,
    kind: RouteKind,
    gateway: Option<IpAddr>,
    output: Option<u32>,
}

impl Object for Route {
    type Key = RouteKey;

    fn key(&self) -> RouteKey {
        RouteKey {
            family: self.family,
            table: self.table,
            destination: self.destination,
            prefix: self.prefix,
            source: self.source,
            tos: self.tos,
            priority: self.priority,
            kind: self.kind,
            gateway: self.gateway,
            output: self.output,
        }
    }

    fn same(&self, other: &Self) -> bool {
        Self { age: None, ..self.clone() } == Self { age: None, ..other.clone() }
    }
}

impl Object for Neighbour {
    /// Link, table, address; a bridge's table knows link-layer addresses only.
    type Key = (u32, Family, Option<IpAddr>, Option<HardwareAddress>);

    fn key(&self) -> Self::Key {
        let link_address = self.link_address.filter(|_| self.destination.is_none());
        (self.index, self.family, self.destination, link_address)
    }

    fn same(&self, other: &Self) -> bool {
        let settled = |entry: &Self| Self { ages: None, probes: None, ..entry.clone() };
        settled(self) == settled(other)
    }
}
