//! Routes (`struct rtmsg` and `RTA_*`; `RTM_NEWROUTE`, `RTM_DELROUTE`, `RTM_GETROUTE`).

mod attribute;
mod values;

use alloc::vec::Vec;
use core::net::IpAddr;

use super::{Attributes, Family, Key, Raw, Value, Writer};
use crate::cursor::Cursor;
use crate::{Error, Expected};

pub use attribute::{Attribute, CacheInfo, Metric, Via};
pub use values::{Preference, Protocol, RouteFlags, RouteKind, Scope, Table};

/// Bytes of the fixed header.
pub const HEADER: usize = 12;

/// One of several ways a route's packets may go (`struct rtnexthop`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct NextHop {
    /// Link; 0 for none.
    pub output: u32,
    /// The router, of either family.
    pub gateway: Option<IpAddr>,
    /// Share of the traffic, from 1.
    pub weight: u16,
    /// State.
    pub flags: RouteFlags,
}

/// A route, or an answer of `RTM_GETROUTE` for one destination.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Route {
    /// IPv4 or IPv6.
    pub family: Family,
    /// Where it leads; the zero address, or `None`, with prefix 0 for the default route.
    pub destination: Option<IpAddr>,
    /// Bits of the destination.
    pub prefix: u8,
    /// Whose packets it takes, with its prefix (IPv6 subtrees).
    pub source: Option<(IpAddr, u8)>,
    /// Type of service.
    pub tos: u8,
    /// The table.
    pub table: Table,
    /// Who set it.
    pub protocol: Protocol,
    /// How far it reaches.
    pub scope: Scope,
    /// What it does.
    pub kind: RouteKind,
    /// State.
    pub flags: RouteFlags,
    /// The router, of either family.
    pub gateway: Option<IpAddr>,
    /// Link the packets leave by.
    pub output: Option<u32>,
    /// Link the packet came from, in answers for one destination.
    pub input: Option<u32>,
    /// The metric: the lower wins.
    pub priority: Option<u32>,
    /// Source address of packets that have none yet.
    pub preferred_source: Option<IpAddr>,
    /// Limits of connections: number in [`Metric`], value.
    pub metrics: Vec<(u16, u32)>,
    /// Several next hops; empty for a plain route.
    pub hops: Vec<NextHop>,
    /// Router preference, IPv6.
    pub preference: Option<Preference>,
    /// Age and use.
    pub age: Option<CacheInfo>,
    /// Seconds until it goes, in requests.
    pub expires_s: Option<u32>,
    /// User of an answer for one destination.
    pub user: Option<u32>,
    /// Firewall mark.
    pub mark: Option<u32>,
    /// Next hop object.
    pub next_hop_id: Option<u32>,
}

/// The number of the MTU among [`Route::metrics`].
pub const METRIC_MTU: u16 = Metric::MTU.kind();

impl Route {
    /// Makes a unicast route of the main table, as set by an administrator (`boot`), to a prefix of the family.
    pub fn new(destination: IpAddr, prefix: u8) -> Self {
        Self {
            protocol: Protocol::BOOT,
            kind: RouteKind::UNICAST,
            table: Table::MAIN,
            destination: Some(destination),
            prefix,
            ..Self::empty(Family::of(destination))
        }
    }

    /// Makes the default route of the family of its router.
    pub fn default_via(gateway: IpAddr, output: u32) -> Self {
        let zero = match gateway {
            IpAddr::V4(_) => IpAddr::V4(core::net::Ipv4Addr::UNSPECIFIED),
            IpAddr::V6(_) => IpAddr::V6(core::net::Ipv6Addr::UNSPECIFIED),
        };
        Self { gateway: Some(gateway), output: Some(output), ..Self::new(zero, 0) }
    }

    /// Makes a route that says nothing but its family: what a request to delete or to get starts from.
    #[inline(never)]
    pub const fn empty(family: Family) -> Self {
        Self {
            family,
            destination: None,
            prefix: 0,
            source: None,
            tos: 0,
            table: Table::UNSPECIFIED,
            protocol: Protocol::UNSPECIFIED,
            scope: Scope::GLOBAL,
            kind: RouteKind::UNSPECIFIED,
            flags: RouteFlags::empty(),
            gateway: None,
            output: None,
            input: None,
            priority: None,
            preferred_source: None,
            metrics: Vec::new(),
            hops: Vec::new(),
            preference: None,
            age: None,
            expires_s: None,
            user: None,
            mark: None,
            next_hop_id: None,
        }
    }

    /// Sets the largest packet of the route.
    #[must_use]
    pub fn with_mtu(mut self, mtu: u32) -> Self {
        self.metrics.retain(|(kind, _)| *kind != METRIC_MTU);
        self.metrics.push((METRIC_MTU, mtu));
        self
    }

    /// Says whether it is a default route.
    pub const fn is_default(&self) -> bool {
        self.prefix == 0
    }

    /// Reads the payload of `RTM_NEWROUTE` or `RTM_DELROUTE`.
    pub fn parse(payload: &[u8]) -> Result<Self, Error> {
        let mut cursor = Cursor::new(payload);
        let [family, prefix, source_prefix, tos, table, protocol, scope, kind, f0, f1, f2, f3] =
            cursor.array::<HEADER>(Expected::Route)?;
        let mut this = Self::empty(Family(family));
        this.prefix = prefix;
        this.tos = tos;
        this.table = Table(table.into());
        this.protocol = Protocol(protocol);
        this.scope = Scope(scope);
        this.kind = RouteKind(kind);
        this.flags = RouteFlags::from_bits_retain(u32::from_ne_bytes([f0, f1, f2, f3]));
        let mut source: Option<IpAddr> = None;
        for raw in Attributes::new(cursor.rest()) {
            raw.fill(Attribute::DESTINATION, &mut this.destination);
            raw.fill(Attribute::SOURCE, &mut source);
            raw.fill(Attribute::INPUT, &mut this.input);
            raw.fill(Attribute::OUTPUT, &mut this.output);
            raw.fill(Attribute::GATEWAY, &mut this.gateway);
            raw.fill(Attribute::VIA, &mut this.gateway);
            raw.fill(Attribute::PRIORITY, &mut this.priority);
            raw.fill(Attribute::PREFERRED_SOURCE, &mut this.preferred_source);
            raw.fill(Attribute::CACHE_INFO, &mut this.age);
            raw.fill(Attribute::TABLE, &mut this.table);
            raw.fill(Attribute::MARK, &mut this.mark);
            raw.fill(Attribute::PREFERENCE, &mut this.preference);
            raw.fill(Attribute::EXPIRES, &mut this.expires_s);
            raw.fill(Attribute::USER, &mut this.user);
            raw.fill(Attribute::NEXT_HOP_ID, &mut this.next_hop_id);
            this.metrics.extend(raw.nest(Attribute::METRICS).filter_map(metric));
            if let Some(bytes) = raw.bytes(Attribute::MULTIPATH) {
                this.hops = hops(bytes);
            }
        }
        this.source = source.map(|source| (source, source_prefix));
        Ok(this)
    }

    /// Appends the payload of a request to add, replace, delete or get the route.
    pub fn emit(&self, writer: &mut Writer<'_>) {
        self.emit_asking(writer, RouteFlags::empty());
    }

    /// Appends the same with more flags, which ask for something.
    pub fn emit_asking(&self, writer: &mut Writer<'_>, more: RouteFlags) {
        let source_prefix = self.source.map_or(0, |(_, prefix)| prefix);
        // Tables above 255 are told by the attribute alone.
        let table = u8::try_from(self.table.0).unwrap_or(0);
        writer.fixed(&[self.family.0, self.prefix, source_prefix, self.tos]);
        writer.fixed(&[table, self.protocol.0, self.scope.0, self.kind.0]);
        writer.fixed(&self.flags.union(more).bits().to_ne_bytes());
        writer.optional(Attribute::DESTINATION, &self.destination.filter(|_| self.prefix > 0));
        writer.optional(Attribute::SOURCE, &self.source.map(|(source, _)| source));
        writer.optional(Attribute::INPUT, &self.input);
        writer.optional(Attribute::OUTPUT, &self.output);
        emit_gateway(writer, self.family, self.gateway);
        writer.optional(Attribute::PRIORITY, &self.priority);
        writer.optional(Attribute::PREFERRED_SOURCE, &self.preferred_source);
        writer.optional(Attribute::TABLE, &Some(self.table).filter(|table| table.0 > 255));
        writer.optional(Attribute::MARK, &self.mark);
        writer.optional(Attribute::PREFERENCE, &self.preference);
        writer.optional(Attribute::EXPIRES, &self.expires_s);
        writer.optional(Attribute::USER, &self.user);
        writer.optional(Attribute::NEXT_HOP_ID, &self.next_hop_id);
        if !self.metrics.is_empty() {
            writer.nest(Attribute::METRICS, |nest| {
                self.metrics.iter().for_each(|(kind, value)| nest.attribute(Key::new(*kind), value));
            });
        }
        if !self.hops.is_empty() {
            let kind = Attribute::MULTIPATH.kind();
            writer.enclose(kind, |nest| self.hops.iter().for_each(|hop| hop.emit(self.family, nest)));
        }
    }
}

impl NextHop {
    fn emit(&self, family: Family, writer: &mut Writer<'_>) {
        let [flags, ..] = self.flags.bits().to_le_bytes();
        let [weight, _] = self.weight.saturating_sub(1).min(255).to_le_bytes();
        writer.counted(|writer| {
            writer.fixed(&[flags, weight]);
            writer.fixed(&self.output.to_ne_bytes());
            emit_gateway(writer, family, self.gateway);
        });
    }
}

/// Appends the router; one of another family than the route needs an attribute of its own.
fn emit_gateway(writer: &mut Writer<'_>, family: Family, gateway: Option<IpAddr>) {
    let other = gateway.is_some_and(|gateway| Family::of(gateway) != family);
    writer.optional(Attribute::GATEWAY, &gateway.filter(|_| !other));
    writer.optional(Attribute::VIA, &gateway.filter(|_| other).map(Via));
}

/// Reads a metric, unless it is one of those that are no numbers.
fn metric(raw: Raw<'_>) -> Option<(u16, u32)> {
    let number = u32::read(raw.value).filter(|_| raw.kind != Metric::CONGESTION_CONTROL.kind());
    Some((raw.kind, number?))
}

/// Reads the next hops; one that does not fit ends the list.
fn hops(bytes: &[u8]) -> Vec<NextHop> {
    let mut cursor = Cursor::new(bytes);
    let mut hops = Vec::new();
    while let Ok(hop) = hop(&mut cursor) {
        hops.push(hop);
    }
    hops
}

fn hop(cursor: &mut Cursor<'_>) -> Result<NextHop, Error> {
    let [l0, l1, flags, weight, o0, o1, o2, o3] = cursor.array(Expected::NextHop)?;
    let length = usize::from(u16::from_ne_bytes([l0, l1]));
    let rest = length.checked_sub(8).ok_or(cursor.error(Expected::NextHop))?;
    let mut hop = NextHop {
        output: u32::from_ne_bytes([o0, o1, o2, o3]),
        gateway: None,
        weight: u16::from(weight) + 1,
        flags: RouteFlags::from_bits_retain(flags.into()),
    };
    for raw in Attributes::new(cursor.take(rest, Expected::NextHop)?) {
        raw.fill(Attribute::GATEWAY, &mut hop.gateway);
        raw.fill(Attribute::VIA, &mut hop.gateway);
    }
    let padding = (length.next_multiple_of(4) - length).min(cursor.rest().len());
    cursor.take(padding, Expected::NextHop)?;
    Ok(hop)
}
