//! Neighbours: who answers to which address on a link (`struct ndmsg` and `NDA_*`; ARP and neighbour discovery).

use core::net::IpAddr;

use super::route::Protocol;
use super::{Attributes, Family, HardwareAddress, Names, Value, Writer};
use crate::cursor::Cursor;
use crate::{Error, Expected};

/// Bytes of the fixed header.
pub const HEADER: usize = 12;

bitflags::bitflags! {
    /// How much the kernel trusts an entry.
    #[doc(alias = "NUD_REACHABLE")]
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct State: u16 {
        /// Asked for, no answer yet.
        const INCOMPLETE = 0x01;
        /// Confirmed of late.
        const REACHABLE = 0x02;
        /// Not confirmed for a while; used until proved wrong.
        const STALE = 0x04;
        /// Used while stale; a probe follows.
        const DELAY = 0x08;
        /// Being probed.
        const PROBE = 0x10;
        /// No answer.
        const FAILED = 0x20;
        /// The link needs no resolution.
        const NO_ARP = 0x40;
        /// Set by hand, for ever.
        const PERMANENT = 0x80;
        const _ = !0;
    }

    /// What an entry is for (`NTF_*`).
    #[doc(alias = "NTF_PROXY")]
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct NeighbourFlags: u8 {
        /// Used by the kernel, now.
        const USE = 0x01;
        /// Of the device itself.
        const SELF = 0x02;
        /// Of the device's master.
        const MASTER = 0x04;
        /// Answered for by this machine.
        const PROXY = 0x08;
        /// Learned outside the kernel.
        const EXTERNALLY_LEARNED = 0x10;
        /// Held by hardware.
        const OFFLOADED = 0x20;
        /// Does not move between ports.
        const STICKY = 0x40;
        /// Is a router.
        const ROUTER = 0x80;
        const _ = !0;
    }
}

/// Names of the states, as `ip neigh` shows and takes them.
pub const STATES: &Names = &crate::names! {
    State::PERMANENT.bits() as u32 => "permanent",
    State::REACHABLE.bits() as u32 => "reachable",
    State::NO_ARP.bits() as u32 => "noarp",
    State::STALE.bits() as u32 => "stale",
    State::DELAY.bits() as u32 => "delay",
    State::PROBE.bits() as u32 => "probe",
    State::FAILED.bits() as u32 => "failed",
    State::INCOMPLETE.bits() as u32 => "incomplete",
};

/// Ages of an entry, in ticks of `USER_HZ` (`struct nda_cacheinfo`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CacheInfo {
    /// Since it was confirmed.
    pub confirmed: u32,
    /// Since it was used.
    pub used: u32,
    /// Since it was changed.
    pub updated: u32,
    /// Users of the entry, less one.
    pub references: u32,
}

impl Value for CacheInfo {
    fn read(bytes: &[u8]) -> Option<Self> {
        let [confirmed, used, updated, references] = Value::read(bytes)?;
        Some(Self { confirmed, used, updated, references })
    }
    fn write(&self, writer: &mut Writer<'_>) {
        [self.confirmed, self.used, self.updated, self.references].write(writer);
    }
}

attributes! {
    /// What is said of a neighbour.
    pub enum Attribute {
        /// Its address.
        DESTINATION: IpAddr = 1 => "NDA_DST",
        /// Its link-layer address.
        LINK_ADDRESS: HardwareAddress = 2 => "NDA_LLADDR",
        /// Ages.
        CACHE_INFO: CacheInfo = 3 => "NDA_CACHEINFO",
        /// Probes sent.
        PROBES: u32 = 4 => "NDA_PROBES",
        /// The VLAN it is in.
        VLAN: u16 = 5 => "NDA_VLAN",
        /// Link, where the header cannot say it.
        INDEX: u32 = 8 => "NDA_IFINDEX",
        /// The bridge that the link is a port of.
        MASTER: u32 = 9 => "NDA_MASTER",
        /// Who set it.
        PROTOCOL: Protocol = 12 => "NDA_PROTOCOL",
        /// Flags beyond the first eight.
        EXTENDED_FLAGS: u32 = 15 => "NDA_FLAGS_EXT",
    }
}

/// An entry of a neighbour table.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Neighbour {
    /// Index of the link.
    pub index: u32,
    /// The table: IPv4, IPv6 or a bridge's.
    pub family: Family,
    /// The neighbour's address; absent in a bridge's table.
    pub destination: Option<IpAddr>,
    /// Its link-layer address, once known.
    pub link_address: Option<HardwareAddress>,
    /// How much the kernel trusts it.
    pub state: State,
    /// What it is for.
    pub flags: NeighbourFlags,
    /// Kind of route that made it (`ndm_type`).
    pub kind: u8,
    /// Who set it.
    pub protocol: Protocol,
    /// Probes sent without an answer.
    pub probes: Option<u32>,
    /// Ages.
    pub ages: Option<CacheInfo>,
}

impl Neighbour {
    /// Makes the entry that says where `destination` is on a link, for ever.
    pub const fn permanent(index: u32, destination: IpAddr, link_address: HardwareAddress) -> Self {
        Self {
            index,
            family: Family::of(destination),
            destination: Some(destination),
            link_address: Some(link_address),
            state: State::PERMANENT,
            flags: NeighbourFlags::empty(),
            kind: 0,
            protocol: Protocol::UNSPECIFIED,
            probes: None,
            ages: None,
        }
    }

    /// Reads the payload of `RTM_NEWNEIGH` or `RTM_DELNEIGH`.
    pub fn parse(payload: &[u8]) -> Result<Self, Error> {
        let mut cursor = Cursor::new(payload);
        let [family, _, _, _, i0, i1, i2, i3, s0, s1, flags, kind] =
            cursor.array::<HEADER>(Expected::Neighbour)?;
        let mut this = Self {
            index: u32::from_ne_bytes([i0, i1, i2, i3]),
            family: Family(family),
            destination: None,
            link_address: None,
            state: State::from_bits_retain(u16::from_ne_bytes([s0, s1])),
            flags: NeighbourFlags::from_bits_retain(flags),
            kind,
            protocol: Protocol::UNSPECIFIED,
            probes: None,
            ages: None,
        };
        for raw in Attributes::new(cursor.rest()) {
            raw.fill(Attribute::DESTINATION, &mut this.destination);
            raw.fill(Attribute::LINK_ADDRESS, &mut this.link_address);
            raw.fill(Attribute::PROTOCOL, &mut this.protocol);
            raw.fill(Attribute::PROBES, &mut this.probes);
            raw.fill(Attribute::CACHE_INFO, &mut this.ages);
        }
        Ok(this)
    }

    /// Appends the payload of a request to add, replace or delete the entry.
    pub fn emit(&self, writer: &mut Writer<'_>) {
        writer.fixed(&[self.family.0, 0, 0, 0]);
        writer.fixed(&self.index.to_ne_bytes());
        writer.fixed(&self.state.bits().to_ne_bytes());
        writer.fixed(&[self.flags.bits(), self.kind]);
        writer.optional(Attribute::DESTINATION, &self.destination);
        writer.optional(Attribute::LINK_ADDRESS, &self.link_address);
        if self.protocol != Protocol::UNSPECIFIED {
            writer.attribute(Attribute::PROTOCOL, &self.protocol);
        }
    }
}
