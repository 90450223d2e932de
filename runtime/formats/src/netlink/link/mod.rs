//! Links: network devices (`struct ifinfomsg` and `IFLA_*`; `RTM_NEWLINK`, `RTM_DELLINK`, `RTM_GETLINK`).

mod attribute;
mod change;
mod statistics;

use alloc::string::String;
use alloc::vec::Vec;

use super::{Attributes, HardwareAddress, Value, Writer};
use crate::cursor::Cursor;
use crate::{Error, Expected};

pub use attribute::{Attribute, Info, Property};
pub use change::{Change, Kind, VlanAttribute};
pub use statistics::{Counter, Statistics};

/// Bytes of the fixed header.
pub const HEADER: usize = 16;

bitflags::bitflags! {
    /// State and abilities of a link.
    #[doc(alias = "IFF_UP")]
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct LinkFlags: u32 {
        /// Switched on by the administrator.
        const UP = 0x1;
        /// Has a broadcast address.
        const BROADCAST = 0x2;
        /// Driver's debugging.
        const DEBUG = 0x4;
        /// The loopback.
        const LOOPBACK = 0x8;
        /// Has one far end.
        const POINT_TO_POINT = 0x10;
        /// Unused by Linux.
        const NO_TRAILERS = 0x20;
        /// Can carry packets (RFC 2863: operational state up or unknown).
        const RUNNING = 0x40;
        /// Needs no address resolution.
        const NO_ARP = 0x80;
        /// Takes packets of others.
        const PROMISCUOUS = 0x100;
        /// Takes all multicast packets.
        const ALL_MULTICAST = 0x200;
        /// Master of a load balancer.
        const MASTER = 0x400;
        /// Port of a load balancer.
        const SLAVE = 0x800;
        /// Can send multicast packets.
        const MULTICAST = 0x1000;
        /// Can choose its medium.
        const PORT_SELECT = 0x2000;
        /// Chooses its medium by itself.
        const AUTO_MEDIA = 0x4000;
        /// Its addresses go when it goes down.
        const DYNAMIC = 0x8000;
        /// Has a carrier.
        const LOWER_UP = 0x10000;
        /// Waits for something, such as 802.1X.
        const DORMANT = 0x20000;
        /// Echoes what it sends.
        const ECHO = 0x40000;
        const _ = !0;
    }
}

open_values! {
    /// What kind of hardware a link is, as ARP numbers it.
    #[doc(alias = "ARPHRD_ETHER")]
    pub struct HardwareKind(u16) {
        NET_ROM = 0 => "netrom",
        ETHERNET = 1 => "ether",
        IEEE802 = 6 => "ieee802",
        INFINIBAND = 32 => "infiniband",
        CAN = 280 => "can",
        PPP = 512 => "ppp",
        RAW_IP = 519 => "rawip",
        IP_TUNNEL = 768 => "ipip",
        IP6_TUNNEL = 769 => "tunnel6",
        LOOPBACK = 772 => "loopback",
        SIT = 776 => "sit",
        GRE = 778 => "gre",
        IEEE80211 = 801 => "ieee802.11",
        MONITOR = 803 => "ieee802.11/radiotap",
        IEEE802154 = 804 => "ieee802.15.4",
        IP6_GRE = 823 => "gre6",
        NETLINK = 824 => "netlink",
        SIX_LOWPAN = 825 => "6lowpan",
        VSOCK_MONITOR = 826 => "vsockmon",
        NONE = 65534 => "none",
        VOID = 65535 => "void",
    }
}

open_values! {
    /// What a link does, by RFC 2863.
    #[doc(alias = "IF_OPER_UP")]
    pub struct OperationalState(u8) {
        UNKNOWN = 0 => "UNKNOWN",
        NOT_PRESENT = 1 => "NOTPRESENT",
        DOWN = 2 => "DOWN",
        LOWER_LAYER_DOWN = 3 => "LOWERLAYERDOWN",
        TESTING = 4 => "TESTING",
        DORMANT = 5 => "DORMANT",
        UP = 6 => "UP",
    }
}

open_values! {
    /// What a link becomes when its carrier comes.
    #[doc(alias = "IF_LINK_MODE_DORMANT")]
    pub struct LinkMode(u8) {
        DEFAULT = 0 => "DEFAULT",
        DORMANT = 1 => "DORMANT",
    }
}

bitflags::bitflags! {
    /// What a dump or a get of links shall tell, or leave out (`IFLA_EXT_MASK`).
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct Extent: u32 {
        /// Virtual functions (`RTEXT_FILTER_VF`).
        const VIRTUAL_FUNCTIONS = 0x1;
        /// No counters of IPv6 and of virtual functions, which are half the bytes; those of the link itself always come
        /// (`RTEXT_FILTER_SKIP_STATS`).
        const SKIP_STATISTICS = 0x8;
        const _ = !0;
    }
}

flag_values! { LinkFlags: u32, Extent: u32, }

/// A link as the kernel tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// Its number, never used twice while the namespace lives.
    pub index: u32,
    /// Hardware.
    pub hardware: HardwareKind,
    /// State and abilities.
    pub flags: LinkFlags,
    /// Its name.
    pub name: String,
    /// Other names.
    pub alternative_names: Vec<String>,
    /// The administrator's remark.
    pub alias: Option<String>,
    /// Its link-layer address.
    pub address: HardwareAddress,
    /// Where it sends to all; the far end on a point-to-point link.
    pub broadcast: HardwareAddress,
    /// The address that the hardware came with.
    pub permanent_address: Option<HardwareAddress>,
    /// Largest packet, in bytes.
    pub mtu: u32,
    /// The link below (a VLAN's parent) or at the other end (veth).
    pub lower: Option<u32>,
    /// Namespace of `lower`, when it is another one.
    pub lower_namespace: Option<i32>,
    /// The bridge or bond that it is a port of.
    pub master: Option<u32>,
    /// Queueing discipline.
    pub queue: Option<String>,
    /// Packets that the transmit queue holds.
    pub queue_length: Option<u32>,
    /// What it does.
    pub state: OperationalState,
    /// What it becomes when the carrier comes.
    pub mode: LinkMode,
    /// Group of links.
    pub group: u32,
    /// Whether it has a carrier.
    pub carrier: Option<bool>,
    /// Times that the carrier came or went.
    pub carrier_changes: Option<u32>,
    /// How many asked it to take packets of others.
    pub promiscuity: Option<u32>,
    /// Kind, when made by software: `veth`, `vlan`, `bridge`.
    pub kind: Option<String>,
    /// Kind of the master: `bridge`.
    pub port_kind: Option<String>,
    /// Counters.
    pub statistics: Option<Statistics>,
}

impl Link {
    /// Says whether packets can be sent: switched on, with a carrier.
    pub const fn is_running(&self) -> bool {
        self.flags.contains(LinkFlags::UP.union(LinkFlags::LOWER_UP))
    }

    /// Says whether it is Ethernet, or looks so, and is not the loopback.
    pub const fn is_ethernet(&self) -> bool {
        self.hardware.0 == HardwareKind::ETHERNET.0
    }

    /// Reads the payload of `RTM_NEWLINK` or `RTM_DELLINK`.
    pub fn parse(payload: &[u8]) -> Result<Self, Error> {
        let mut cursor = Cursor::new(payload);
        let [_, _, h0, h1, i0, i1, i2, i3, f0, f1, f2, f3, ..] = cursor.array::<HEADER>(Expected::Link)?;
        let mut this = Self {
            index: u32::from_ne_bytes([i0, i1, i2, i3]),
            hardware: HardwareKind(u16::from_ne_bytes([h0, h1])),
            flags: LinkFlags::from_bits_retain(u32::from_ne_bytes([f0, f1, f2, f3])),
            ..Self::default()
        };
        let mut mtu: Option<u32> = None;
        for raw in Attributes::new(cursor.rest()) {
            raw.fill(Attribute::ADDRESS, &mut this.address);
            raw.fill(Attribute::BROADCAST, &mut this.broadcast);
            raw.fill(Attribute::NAME, &mut this.name);
            raw.fill(Attribute::MTU, &mut mtu);
            raw.fill(Attribute::LOWER, &mut this.lower);
            raw.fill(Attribute::QUEUE, &mut this.queue);
            raw.fill(Attribute::MASTER, &mut this.master);
            raw.fill(Attribute::QUEUE_LENGTH, &mut this.queue_length);
            raw.fill(Attribute::OPERATIONAL_STATE, &mut this.state);
            raw.fill(Attribute::MODE, &mut this.mode);
            raw.fill(Attribute::ALIAS, &mut this.alias);
            raw.fill(Attribute::STATISTICS, &mut this.statistics);
            raw.fill(Attribute::GROUP, &mut this.group);
            raw.fill(Attribute::PROMISCUITY, &mut this.promiscuity);
            raw.fill(Attribute::CARRIER, &mut this.carrier);
            raw.fill(Attribute::CARRIER_CHANGES, &mut this.carrier_changes);
            raw.fill(Attribute::LOWER_NAMESPACE, &mut this.lower_namespace);
            raw.fill(Attribute::PERMANENT_ADDRESS, &mut this.permanent_address);
            for info in raw.nest(Attribute::INFO) {
                info.fill(Info::KIND, &mut this.kind);
                info.fill(Info::PORT_KIND, &mut this.port_kind);
            }
            for property in raw.nest(Attribute::PROPERTIES) {
                let mut name = None;
                property.fill(Property::ALTERNATIVE_NAME, &mut name);
                this.alternative_names.extend(name);
            }
        }
        this.master = this.master.filter(|&index| index != 0);
        // Old wireless drivers send events in the shape of a link that has a name and nothing else.
        this.mtu = mtu.filter(|_| !this.name.is_empty()).ok_or(NAMELESS)?;
        Ok(this)
    }
}

/// Reads the settings of its kind, as they come, with the index of a link.
pub fn settings(payload: &[u8]) -> Result<(u32, Vec<u8>), Error> {
    let mut cursor = Cursor::new(payload);
    let [_, _, _, _, i0, i1, i2, i3, ..] = cursor.array::<HEADER>(Expected::Link)?;
    let mut data = Vec::new();
    for raw in Attributes::new(cursor.rest()) {
        for info in raw.nest(Attribute::INFO).filter(|info| info.kind == Info::DATA.kind()) {
            data.extend_from_slice(info.value);
        }
    }
    Ok((u32::from_ne_bytes([i0, i1, i2, i3]), data))
}

const NAMELESS: Error = Error::new(Expected::Link, HEADER);

/// Appends the fixed header of a request about the link of an index; 0 when a name or nothing says which.
fn emit_header(writer: &mut Writer<'_>, index: u32, flags: LinkFlags, change: LinkFlags) {
    writer.fixed(&[0; 4]);
    [index, flags.bits(), change.bits()].write(writer);
}

/// Appends the payload of a request to dump links (index 0), or to get one by its index or its name.
pub fn emit_query(writer: &mut Writer<'_>, index: u32, name: Option<&str>, extent: Extent) {
    emit_header(writer, index, LinkFlags::empty(), LinkFlags::empty());
    // A longer one cannot be the name; it may be an alternative name, up to 127 bytes.
    let is_long = name.is_some_and(|name| name.len() >= 16);
    writer.text(if is_long { Attribute::ALTERNATIVE_NAME } else { Attribute::NAME }, name);
    writer.optional(Attribute::EXTENT, &Some(extent).filter(|extent| !extent.is_empty()));
}
