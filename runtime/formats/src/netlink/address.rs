//! Addresses of links (`struct ifaddrmsg` and `IFA_*`; `RTM_NEWADDR`, `RTM_DELADDR`, `RTM_GETADDR`).

use alloc::string::String;
use core::net::IpAddr;

use super::{Attributes, Family, Value, Writer};
use crate::cursor::Cursor;
use crate::{Error, Expected};

pub use super::route::Scope;

/// A lifetime, in seconds, that never ends.
#[doc(alias = "INFINITY_LIFE_TIME")]
pub const FOREVER: u32 = u32::MAX;

bitflags::bitflags! {
    /// The state of an address and how it may be used.
    #[doc(alias = "IFA_F_PERMANENT")]
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct AddressFlags: u32 {
        /// Not the first of its subnet (IPv4); a privacy address (IPv6).
        const SECONDARY = 0x01;
        /// No duplicate address detection.
        const NO_DAD = 0x02;
        /// Used before duplicate address detection has ended.
        const OPTIMISTIC = 0x04;
        /// Duplicate address detection found another owner.
        const DAD_FAILED = 0x08;
        /// A mobile node's home address.
        const HOME_ADDRESS = 0x10;
        /// The preferred lifetime is over.
        const DEPRECATED = 0x20;
        /// Duplicate address detection is under way.
        const TENTATIVE = 0x40;
        /// Has no lifetime.
        const PERMANENT = 0x80;
        /// The kernel makes privacy addresses from it.
        const MANAGE_TEMPORARY = 0x100;
        /// Comes without the route to its prefix.
        const NO_PREFIX_ROUTE = 0x200;
        /// The kernel joins the multicast group by itself.
        const AUTO_JOIN = 0x400;
        /// Made by the stable privacy method (RFC 7217).
        const STABLE_PRIVACY = 0x800;
        const _ = !0;
    }
}

flag_values! { AddressFlags: u32, }

open_values! {
    /// Who set an address (`IFAPROT_*`); the lists of iproute2 name these.
    pub struct AddressProtocol(u8) {
        UNSPECIFIED = 0 => "unspec",
        KERNEL_LOOPBACK = 1 => "kernel_lo",
        KERNEL_ROUTER = 2 => "kernel_ra",
        KERNEL_LINK_LOCAL = 3 => "kernel_ll",
    }
}

/// Lifetimes and dates of an address (`struct ifa_cacheinfo`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CacheInfo {
    /// Seconds for which new connections use the address; [`FOREVER`].
    pub preferred_s: u32,
    /// Seconds for which the address stays; [`FOREVER`].
    pub valid_s: u32,
    /// When it was made, in hundredths of a second since the boot.
    pub created_cs: u32,
    /// When it was last changed, in hundredths of a second since the boot.
    pub updated_cs: u32,
}

impl CacheInfo {
    /// Makes the pair of lifetimes that a request carries.
    pub const fn lasting(preferred_s: u32, valid_s: u32) -> Self {
        Self { preferred_s, valid_s, created_cs: 0, updated_cs: 0 }
    }
}

impl Value for CacheInfo {
    fn read(bytes: &[u8]) -> Option<Self> {
        let [preferred_s, valid_s, created_cs, updated_cs] = Value::read(bytes)?;
        Some(Self { preferred_s, valid_s, created_cs, updated_cs })
    }
    fn write(&self, writer: &mut Writer<'_>) {
        [self.preferred_s, self.valid_s, self.created_cs, self.updated_cs].write(writer);
    }
}

attributes! {
    /// What is said of an address.
    pub enum Attribute {
        /// The prefix's address; the far end's on a point-to-point link.
        ADDRESS: IpAddr = 1 => "IFA_ADDRESS",
        /// The local address; IPv6 says it only when there is a far end.
        LOCAL: IpAddr = 2 => "IFA_LOCAL",
        /// The IPv4 alias name.
        LABEL: String = 3 => "IFA_LABEL",
        /// The broadcast address.
        BROADCAST: IpAddr = 4 => "IFA_BROADCAST",
        /// The anycast address.
        ANYCAST: IpAddr = 5 => "IFA_ANYCAST",
        /// Lifetimes.
        CACHE_INFO: CacheInfo = 6 => "IFA_CACHEINFO",
        /// The multicast address.
        MULTICAST: IpAddr = 7 => "IFA_MULTICAST",
        /// All flags; the header has the low eight only.
        FLAGS: AddressFlags = 8 => "IFA_FLAGS",
        /// Metric of the prefix route.
        ROUTE_PRIORITY: u32 = 9 => "IFA_RT_PRIORITY",
        /// Network namespace of the link.
        NETWORK_NAMESPACE: u32 = 10 => "IFA_TARGET_NETNSID",
        /// Who set the address.
        PROTOCOL: AddressProtocol = 11 => "IFA_PROTO",
    }
}

/// An address of a link.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Address {
    /// Index of the link.
    pub index: u32,
    /// The address itself.
    pub local: IpAddr,
    /// Bits of the prefix that the link reaches.
    pub prefix: u8,
    /// The far end of a point-to-point link.
    pub peer: Option<IpAddr>,
    /// The broadcast address.
    pub broadcast: Option<IpAddr>,
    /// The anycast address.
    pub anycast: Option<IpAddr>,
    /// IPv4 alias name; the link's name by default.
    pub label: Option<String>,
    /// How far the address is valid.
    pub scope: Scope,
    /// State and use.
    pub flags: AddressFlags,
    /// Who set it.
    pub protocol: AddressProtocol,
    /// Metric of the prefix route.
    pub route_priority: Option<u32>,
    /// Lifetimes; `None` in a request means for ever.
    pub lifetimes: Option<CacheInfo>,
}

/// Bytes of the fixed header.
pub const HEADER: usize = 8;

impl Address {
    /// Makes a plain address: for ever, global (loopback: host), no broadcast.
    #[inline(never)]
    pub const fn new(index: u32, local: IpAddr, prefix: u8) -> Self {
        let scope = match local {
            IpAddr::V4(v4) if v4.is_loopback() => Scope::HOST,
            _ => Scope::GLOBAL,
        };
        Self {
            index,
            local,
            prefix,
            peer: None,
            broadcast: None,
            anycast: None,
            label: None,
            scope,
            flags: AddressFlags::empty(),
            protocol: AddressProtocol::UNSPECIFIED,
            route_priority: None,
            lifetimes: None,
        }
    }

    /// Gives the address's family.
    pub const fn family(&self) -> Family {
        Family::of(self.local)
    }

    /// Reads the payload of `RTM_NEWADDR` or `RTM_DELADDR`.
    pub fn parse(payload: &[u8]) -> Result<Self, Error> {
        let mut cursor = Cursor::new(payload);
        let [family, prefix, flags, scope, i0, i1, i2, i3] = cursor.array::<HEADER>(Expected::Address)?;
        let (family, index) = (Family(family), u32::from_ne_bytes([i0, i1, i2, i3]));
        let zero = family.zero().ok_or(Error::new(Expected::Address, 0))?;
        let mut this = Self::new(index, zero, prefix);
        this.scope = Scope(scope);
        this.flags = AddressFlags::from_bits_retain(flags.into());
        let (mut address, mut local) = (None, None);
        for raw in Attributes::new(cursor.rest()) {
            raw.fill(Attribute::ADDRESS, &mut address);
            raw.fill(Attribute::LOCAL, &mut local);
            raw.fill(Attribute::LABEL, &mut this.label);
            raw.fill(Attribute::BROADCAST, &mut this.broadcast);
            raw.fill(Attribute::ANYCAST, &mut this.anycast);
            raw.fill(Attribute::CACHE_INFO, &mut this.lifetimes);
            raw.fill(Attribute::FLAGS, &mut this.flags);
            raw.fill(Attribute::ROUTE_PRIORITY, &mut this.route_priority);
            raw.fill(Attribute::PROTOCOL, &mut this.protocol);
        }
        let known = local.or(address).filter(|&known| Family::of(known) == family);
        this.local = known.ok_or(Error::new(Expected::Address, HEADER))?;
        this.peer = address.filter(|&address| address != this.local);
        Ok(this)
    }

    /// Appends the payload of a request to add, replace or delete the address.
    pub fn emit(&self, writer: &mut Writer<'_>) {
        let [low_flags, ..] = self.flags.bits().to_le_bytes();
        writer.fixed(&[self.family().0, self.prefix, low_flags, self.scope.0]);
        writer.fixed(&self.index.to_ne_bytes());
        writer.attribute(Attribute::LOCAL, &self.local);
        writer.attribute(Attribute::ADDRESS, &self.peer.unwrap_or(self.local));
        writer.optional(Attribute::BROADCAST, &self.broadcast);
        writer.optional(Attribute::ANYCAST, &self.anycast);
        writer.text(Attribute::LABEL, self.label.as_deref());
        if self.flags.bits() > 0xff {
            writer.attribute(Attribute::FLAGS, &self.flags);
        }
        writer.optional(Attribute::ROUTE_PRIORITY, &self.route_priority);
        if self.protocol != AddressProtocol::UNSPECIFIED {
            writer.attribute(Attribute::PROTOCOL, &self.protocol);
        }
        writer.optional(Attribute::CACHE_INFO, &self.lifetimes);
    }
}
