//! Links: network devices (`struct ifinfomsg` and `IFLA_*`; `RTM_NEWLINK`, `RTM_DELLINK`, `RTM_GETLINK`).

mod attribute;
mod change;
mod statistics;

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{Attributes, HardwareAddress, Text, Writer};
use crate::Error;
use crate::cursor::Cursor;

pub use attribute::{Attribute, Info, Property};
pub use change::{Change, Kind, VlanAttribute};
pub use statistics::Statistics;

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
#[derive(Clone, Debug, PartialEq, Eq)]
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
        cursor.take(2, "link family")?;
        let hardware = HardwareKind(cursor.u16_ne("link hardware")?);
        let index = cursor.u32_ne("link index")?;
        let flags = LinkFlags::from_bits_retain(cursor.u32_ne("link flags")?);
        cursor.take(4, "link change mask")?;
        let mut this = Self {
            index,
            hardware,
            flags,
            name: String::new(),
            alternative_names: Vec::new(),
            alias: None,
            address: HardwareAddress::default(),
            broadcast: HardwareAddress::default(),
            permanent_address: None,
            mtu: 0,
            lower: None,
            lower_namespace: None,
            master: None,
            queue: None,
            queue_length: None,
            state: OperationalState::UNKNOWN,
            mode: LinkMode::DEFAULT,
            group: 0,
            carrier: None,
            carrier_changes: None,
            promiscuity: None,
            kind: None,
            port_kind: None,
            statistics: None,
        };
        let mut has_mtu = false;
        for attribute in Attributes::new(cursor.rest()).map(Attribute::parse) {
            has_mtu |= matches!(attribute, Attribute::Mtu(_));
            this.take(attribute);
        }
        // Old wireless drivers send events in the shape of a link that has a name and nothing else.
        if this.name.is_empty() || !has_mtu {
            return Err(Error { expected: "name and MTU of the link", at: HEADER });
        }
        Ok(this)
    }

    fn take(&mut self, attribute: Attribute<'_>) {
        match attribute {
            Attribute::Address(value) => self.address = value,
            Attribute::Broadcast(value) => self.broadcast = value,
            Attribute::Name(text) => self.name = text.to_string(),
            Attribute::Mtu(value) => self.mtu = value,
            Attribute::Lower(value) => self.lower = Some(value),
            Attribute::Queue(text) => self.queue = Some(text.to_string()),
            Attribute::Master(value) => self.master = Some(value).filter(|&index| index != 0),
            Attribute::QueueLength(value) => self.queue_length = Some(value),
            Attribute::OperationalState(value) => self.state = value,
            Attribute::Mode(value) => self.mode = value,
            Attribute::Info(nest) => self.info(nest),
            Attribute::Alias(text) => self.alias = Some(text.to_string()),
            Attribute::Statistics(value) => self.statistics = Some(value),
            Attribute::Group(value) => self.group = value,
            Attribute::Promiscuity(value) => self.promiscuity = Some(value),
            Attribute::Carrier(value) => self.carrier = Some(value != 0),
            Attribute::CarrierChanges(value) => self.carrier_changes = Some(value),
            Attribute::LowerNamespace(value) => self.lower_namespace = Some(value),
            Attribute::Properties(nest) => self.properties(nest),
            Attribute::PermanentAddress(value) => self.permanent_address = Some(value),
            _ => {}
        }
    }

    fn info(&mut self, nest: Attributes<'_>) {
        for attribute in nest.map(Info::parse) {
            match attribute {
                Info::Kind(text) => self.kind = Some(text.to_string()),
                Info::PortKind(text) => self.port_kind = Some(text.to_string()),
                Info::Data(_) | Info::PortData(_) | Info::Other(_) => {}
            }
        }
    }

    fn properties(&mut self, nest: Attributes<'_>) {
        for attribute in nest.map(Property::parse) {
            if let Property::AlternativeName(text) = attribute {
                self.alternative_names.push(text.to_string());
            }
        }
    }
}

/// Appends the fixed header of a request about the link of an index; 0 when a name or nothing says which.
fn emit_header(writer: &mut Writer<'_>, index: u32, flags: LinkFlags, change: LinkFlags) {
    writer.fixed(&[0; 4]);
    writer.fixed(&index.to_ne_bytes());
    writer.fixed(&flags.bits().to_ne_bytes());
    writer.fixed(&change.bits().to_ne_bytes());
}

/// Appends the payload of a request to dump links (index 0), or to get one by its index or its name.
pub fn emit_query(writer: &mut Writer<'_>, index: u32, name: Option<&str>, extent: Extent) {
    emit_header(writer, index, LinkFlags::empty(), LinkFlags::empty());
    if let Some(name) = name {
        // A longer one cannot be the name; it may be an alternative name, up to 127 bytes.
        let text = Text::from(name);
        let attribute =
            if name.len() < 16 { Attribute::Name(text) } else { Attribute::AlternativeName(text) };
        attribute.emit(writer);
    }
    if !extent.is_empty() {
        Attribute::Extent(extent).emit(writer);
    }
}
