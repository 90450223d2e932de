//! Routes (`struct rtmsg` and `RTA_*`; `RTM_NEWROUTE`, `RTM_DELROUTE`, `RTM_GETROUTE`).

mod attribute;
mod values;

use alloc::vec::Vec;
use core::net::IpAddr;

use super::{Attributes, Family, Raw, Text, Value, Writer};
use crate::Error;
use crate::cursor::Cursor;

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
pub const METRIC_MTU: u16 = 2;

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
        let mut this = Self::empty(Family(cursor.u8("route family")?));
        this.prefix = cursor.u8("route destination length")?;
        let source_prefix = cursor.u8("route source length")?;
        this.tos = cursor.u8("route type of service")?;
        this.table = Table(cursor.u8("route table")?.into());
        this.protocol = Protocol(cursor.u8("route protocol")?);
        this.scope = Scope(cursor.u8("route scope")?);
        this.kind = RouteKind(cursor.u8("route type")?);
        this.flags = RouteFlags::from_bits_retain(cursor.u32_ne("route flags")?);
        for attribute in Attributes::new(cursor.rest()) {
            this.take(Attribute::parse(attribute), source_prefix);
        }
        Ok(this)
    }

    fn take(&mut self, attribute: Attribute<'_>, source_prefix: u8) {
        match attribute {
            Attribute::Destination(value) => self.destination = Some(value),
            Attribute::Source(value) => self.source = Some((value, source_prefix)),
            Attribute::Input(value) => self.input = Some(value),
            Attribute::Output(value) => self.output = Some(value),
            Attribute::Gateway(value) | Attribute::Via(Via(value)) => self.gateway = Some(value),
            Attribute::Priority(value) => self.priority = Some(value),
            Attribute::PreferredSource(value) => self.preferred_source = Some(value),
            Attribute::Metrics(nest) => self.metrics = metrics(nest),
            Attribute::Multipath(value) => self.hops = hops(value),
            Attribute::CacheInfo(value) => self.age = Some(value),
            Attribute::Table(value) => self.table = value,
            Attribute::Mark(value) => self.mark = Some(value),
            Attribute::Preference(value) => self.preference = Some(value),
            Attribute::Expires(value) => self.expires_s = Some(value),
            Attribute::User(value) => self.user = Some(value),
            Attribute::NextHopId(value) => self.next_hop_id = Some(value),
            Attribute::Flow(_)
            | Attribute::Transport(_)
            | Attribute::SourcePort(_)
            | Attribute::DestinationPort(_)
            | Attribute::Other(_) => {}
        }
    }

    /// Appends the payload of a request to add, replace, delete or get the route.
    pub fn emit(&self, writer: &mut Writer<'_>) {
        let source_prefix = self.source.map_or(0, |(_, prefix)| prefix);
        // Tables above 255 are told by the attribute alone.
        let table = u8::try_from(self.table.0).unwrap_or(0);
        writer.fixed(&[self.family.0, self.prefix, source_prefix, self.tos]);
        writer.fixed(&[table, self.protocol.0, self.scope.0, self.kind.0]);
        writer.fixed(&self.flags.bits().to_ne_bytes());
        let destination = self.destination.filter(|_| self.prefix > 0);
        let optional = [
            destination.map(Attribute::Destination),
            self.source.map(|(source, _)| Attribute::Source(source)),
            self.input.map(Attribute::Input),
            self.output.map(Attribute::Output),
            self.gateway.map(|gateway| via(self.family, gateway)),
            self.priority.map(Attribute::Priority),
            self.preferred_source.map(Attribute::PreferredSource),
            Some(Attribute::Table(self.table)).filter(|_| self.table.0 > 255),
            self.mark.map(Attribute::Mark),
            self.preference.map(Attribute::Preference),
            self.expires_s.map(Attribute::Expires),
            self.user.map(Attribute::User),
            self.next_hop_id.map(Attribute::NextHopId),
        ];
        optional.iter().flatten().for_each(|attribute| attribute.emit(writer));
        if !self.metrics.is_empty() {
            const METRICS: u16 = Attribute::Metrics(Attributes::new(&[])).kind();
            writer.nest(METRICS, |nest| {
                self.metrics.iter().for_each(|(kind, value)| nest.attribute(*kind, value));
            });
        }
        if !self.hops.is_empty() {
            const MULTIPATH: u16 = Attribute::Multipath(&[]).kind();
            writer.enclose(MULTIPATH, |nest| self.hops.iter().for_each(|hop| hop.emit(self.family, nest)));
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
            if let Some(gateway) = self.gateway {
                via(family, gateway).emit(writer);
            }
        });
    }
}

/// Gives the attribute that says the router: one of another family needs its own.
fn via(family: Family, gateway: IpAddr) -> Attribute<'static> {
    if Family::of(gateway) == family { Attribute::Gateway(gateway) } else { Attribute::Via(Via(gateway)) }
}

fn metrics(nest: Attributes<'_>) -> Vec<(u16, u32)> {
    let number = |raw: Raw<'_>| Some((raw.kind, u32::read(raw.value)?));
    nest.filter(|raw| raw.kind != Metric::CongestionControl(Text(b"")).kind()).filter_map(number).collect()
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
    let start = cursor.at();
    let length = usize::from(cursor.u16_ne("next hop length")?);
    let flags = RouteFlags::from_bits_retain(cursor.u8("next hop flags")?.into());
    let weight = u16::from(cursor.u8("next hop weight")?) + 1;
    let output = cursor.u32_ne("next hop link")?;
    let rest = length.checked_sub(cursor.at() - start).ok_or(cursor.error("next hop length"))?;
    let attributes = Attributes::new(cursor.take(rest, "next hop attributes")?);
    let gateway = attributes.map(Attribute::parse).find_map(|attribute| match attribute {
        Attribute::Gateway(value) | Attribute::Via(Via(value)) => Some(value),
        _ => None,
    });
    let padding = (length.next_multiple_of(4) - length).min(cursor.rest().len());
    cursor.take(padding, "next hop padding")?;
    Ok(NextHop { output, gateway, weight, flags })
}
