//! Routes (`struct rtmsg` and `RTA_*`; `RTM_NEWROUTE`, `RTM_DELROUTE`, `RTM_GETROUTE`).

use alloc::vec::Vec;
use core::net::IpAddr;

use super::{Attributes, Family, Text, Value, Writer};
use crate::Error;
use crate::cursor::Cursor;

/// Bytes of the fixed header.
pub const HEADER: usize = 12;

bitflags::bitflags! {
    /// State of a route's next hop (low byte), and of the route (the rest).
    #[doc(alias = "RTNH_F_ONLINK")]
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct RouteFlags: u32 {
        /// The next hop does not answer.
        const DEAD = 0x01;
        /// Looked up recursively.
        const PERVASIVE = 0x02;
        /// The gateway is on the link although no prefix says so.
        const ONLINK = 0x04;
        /// Held by hardware.
        const OFFLOAD = 0x08;
        /// The link has no carrier.
        const LINK_DOWN = 0x10;
        /// Multicast route not resolved.
        const UNRESOLVED = 0x20;
        /// Packets go to user space.
        const TRAP = 0x40;
        /// The user shall be told of changes.
        const NOTIFY = 0x100;
        /// A clone of another route, kept for one destination.
        const CLONED = 0x200;
        /// The prefix of an equal-cost route.
        const EQUALIZE = 0x400;
        /// Made by a router advertisement's prefix.
        const PREFIX = 0x800;
        /// Request: tell the table that was used.
        const LOOKUP_TABLE = 0x1000;
        /// Request: tell the route that matched, not the answer for the destination.
        const MATCH = 0x2000;
        const _ = !0;
    }
}

open_values! {
    /// How far a route or an address reaches: the larger, the nearer.
    #[doc(alias = "RT_SCOPE_LINK")]
    pub struct Scope(u8) {
        GLOBAL = 0 => "global",
        SITE = 200 => "site",
        LINK = 253 => "link",
        HOST = 254 => "host",
        NOWHERE = 255 => "nowhere",
    }
}

open_values! {
    /// What a route does with a packet.
    #[doc(alias = "RTN_UNICAST")]
    pub struct RouteKind(u8) {
        UNSPECIFIED = 0 => "none",
        UNICAST = 1 => "unicast",
        LOCAL = 2 => "local",
        BROADCAST = 3 => "broadcast",
        ANYCAST = 4 => "anycast",
        MULTICAST = 5 => "multicast",
        BLACKHOLE = 6 => "blackhole",
        UNREACHABLE = 7 => "unreachable",
        PROHIBIT = 8 => "prohibit",
        THROW = 9 => "throw",
        NAT = 10 => "nat",
        EXTERNAL_RESOLVE = 11 => "xresolve",
    }
}

open_values! {
    /// Who set a route.
    #[doc(alias = "RTPROT_DHCP")]
    pub struct Protocol(u8) {
        UNSPECIFIED = 0 => "unspec",
        REDIRECT = 1 => "redirect",
        KERNEL = 2 => "kernel",
        BOOT = 3 => "boot",
        STATIC = 4 => "static",
        GATED = 8 => "gated",
        ROUTER_ADVERTISEMENT = 9 => "ra",
        MRT = 10 => "mrt",
        ZEBRA = 11 => "zebra",
        BIRD = 12 => "bird",
        DECNET = 13 => "dnrouted",
        XORP = 14 => "xorp",
        NTK = 15 => "ntk",
        DHCP = 16 => "dhcp",
        KEEPALIVED = 18 => "keepalived",
        BABEL = 42 => "babel",
        OPENR = 99 => "openr",
        BGP = 186 => "bgp",
        ISIS = 187 => "isis",
        OSPF = 188 => "ospf",
        RIP = 189 => "rip",
        EIGRP = 192 => "eigrp",
    }
}

open_values! {
    /// A routing table.
    #[doc(alias = "RT_TABLE_MAIN")]
    pub struct Table(u32) {
        UNSPECIFIED = 0 => "unspec",
        DEFAULT = 253 => "default",
        MAIN = 254 => "main",
        LOCAL = 255 => "local",
    }
}

open_values! {
    /// How a router ranks itself (RFC 4191).
    pub struct Preference(u8) {
        MEDIUM = 0 => "medium",
        HIGH = 1 => "high",
        LOW = 3 => "low",
    }
}

/// A gateway of another family than its route (`struct rtvia`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Via(pub IpAddr);

impl<'a> Value<'a> for Via {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut cursor = Cursor::new(bytes);
        let family = Family(u8::try_from(cursor.u16_ne("gateway family").ok()?).ok()?);
        let length = usize::from(family.bits() / 8);
        IpAddr::read(cursor.take(length, "gateway").ok()?).map(Self)
    }
    fn write(&self, out: &mut Vec<u8>) {
        u16::from(Family::of(self.0).0).write(out);
        self.0.write(out);
    }
}

/// Age and use of a cached route (`struct rta_cacheinfo`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct CacheInfo {
    /// Users of the entry.
    pub references: u32,
    /// Ticks of `USER_HZ` since it was used.
    pub last_used: u32,
    /// Ticks of `USER_HZ` until it goes; negative when it is over, 0 for never.
    pub expires: i32,
    /// Why it does not work, as a negative error number.
    pub error: i32,
    /// Times it was used.
    pub used: u32,
}

impl<'a> Value<'a> for CacheInfo {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut cursor = Cursor::new(bytes);
        let mut next = || cursor.u32_ne("route age").ok();
        Some(Self {
            references: next()?,
            last_used: next()?,
            expires: next()?.cast_signed(),
            error: next()?.cast_signed(),
            used: next()?,
        })
    }
    fn write(&self, out: &mut Vec<u8>) {
        self.references.write(out);
        self.last_used.write(out);
        self.expires.write(out);
        self.error.write(out);
        self.used.write(out);
        // `rta_id`, `rta_ts` and `rta_tsage`, unused since 2.6.
        out.extend_from_slice(&[0; 12]);
    }
}

attributes! {
    /// What is said of a route.
    pub enum Attribute<'a> {
        /// Where it leads; absent for the default route (`RTA_DST`).
        Destination(IpAddr) = 1,
        /// Whose packets it takes, IPv6 (`RTA_SRC`).
        Source(IpAddr) = 2,
        /// Link the packet came from (`RTA_IIF`).
        Input(u32) = 3,
        /// Link it leaves by (`RTA_OIF`).
        Output(u32) = 4,
        /// The router (`RTA_GATEWAY`).
        Gateway(IpAddr) = 5,
        /// The metric: the lower wins (`RTA_PRIORITY`).
        Priority(u32) = 6,
        /// Source address of packets that have none yet (`RTA_PREFSRC`).
        PreferredSource(IpAddr) = 7,
        /// Limits of connections, see [`Metric`] (`RTA_METRICS`).
        Metrics(Attributes<'a>) = 8,
        /// Several next hops (`RTA_MULTIPATH`).
        Multipath(&'a [u8]) = 9,
        /// Realms (`RTA_FLOW`).
        Flow(u32) = 11,
        /// Age and use (`RTA_CACHEINFO`).
        CacheInfo(CacheInfo) = 12,
        /// The table; the header has the low eight bits only (`RTA_TABLE`).
        Table(Table) = 15,
        /// Firewall mark (`RTA_MARK`).
        Mark(u32) = 16,
        /// A router of another family (`RTA_VIA`).
        Via(Via) = 18,
        /// Router preference, IPv6 (`RTA_PREF`).
        Preference(Preference) = 20,
        /// Seconds until it goes, in requests (`RTA_EXPIRES`).
        Expires(u32) = 23,
        /// The user that asks (`RTA_UID`).
        User(u32) = 25,
        /// Transport protocol of the packet that is asked for (`RTA_IP_PROTO`).
        Transport(u8) = 27,
        /// Its source port, network order (`RTA_SPORT`).
        SourcePort(u16) = 28,
        /// Its destination port, network order (`RTA_DPORT`).
        DestinationPort(u16) = 29,
        /// Next hop object (`RTA_NH_ID`).
        NextHopId(u32) = 30,
    }
}

attributes! {
    /// Limits of connections over a route (`RTAX_*`), inside [`Attribute::Metrics`].
    pub enum Metric<'a> {
        /// Bits that pin the other metrics against discovery (`RTAX_LOCK`).
        Lock(u32) = 1,
        /// Largest packet (`RTAX_MTU`).
        Mtu(u32) = 2,
        /// Largest window to offer (`RTAX_WINDOW`).
        Window(u32) = 3,
        /// Round-trip time, eighths of a millisecond (`RTAX_RTT`).
        RoundTrip(u32) = 4,
        /// Its variance, quarters of a millisecond (`RTAX_RTTVAR`).
        RoundTripVariance(u32) = 5,
        /// Slow start threshold (`RTAX_SSTHRESH`).
        SlowStartThreshold(u32) = 6,
        /// Congestion window clamp (`RTAX_CWND`).
        CongestionWindow(u32) = 7,
        /// Largest segment to announce (`RTAX_ADVMSS`).
        AnnouncedSegment(u32) = 8,
        /// Reordering to expect (`RTAX_REORDERING`).
        Reordering(u32) = 9,
        /// Hop limit (`RTAX_HOPLIMIT`).
        HopLimit(u32) = 10,
        /// First congestion window (`RTAX_INITCWND`).
        InitialCongestionWindow(u32) = 11,
        /// Feature bits (`RTAX_FEATURES`).
        Features(u32) = 12,
        /// Least retransmission timeout, milliseconds (`RTAX_RTO_MIN`).
        LeastTimeout(u32) = 13,
        /// First receive window (`RTAX_INITRWND`).
        InitialReceiveWindow(u32) = 14,
        /// Quick acknowledgements (`RTAX_QUICKACK`).
        QuickAcknowledge(u32) = 15,
        /// Congestion control, by name (`RTAX_CC_ALGO`).
        CongestionControl(Text<'a>) = 16,
        /// Fast open without cookies (`RTAX_FASTOPEN_NO_COOKIE`).
        FastOpenNoCookie(u32) = 17,
    }
}

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
    let number = |raw: super::Raw<'_>| Some((raw.kind, u32::read(raw.value)?));
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
