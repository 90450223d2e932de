//! The numbers of routes that have names: flags, scope, kind, protocol, table, preference.

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
