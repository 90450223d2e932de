//! Neighbours: who answers to which address on a link (`struct ndmsg` and `NDA_*`; ARP and neighbour discovery).

use alloc::vec::Vec;
use core::net::IpAddr;

use super::{Attributes, Family, HardwareAddress, Value, Writer};
use crate::Error;
use crate::cursor::Cursor;

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
pub const STATES: [(&str, State); 8] = [
    ("permanent", State::PERMANENT),
    ("reachable", State::REACHABLE),
    ("noarp", State::NO_ARP),
    ("stale", State::STALE),
    ("delay", State::DELAY),
    ("probe", State::PROBE),
    ("failed", State::FAILED),
    ("incomplete", State::INCOMPLETE),
];

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

impl<'a> Value<'a> for CacheInfo {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut cursor = Cursor::new(bytes);
        let mut next = || cursor.u32_ne("age").ok();
        Some(Self { confirmed: next()?, used: next()?, updated: next()?, references: next()? })
    }
    fn write(&self, out: &mut Vec<u8>) {
        for field in [self.confirmed, self.used, self.updated, self.references] {
            field.write(out);
        }
    }
}

attributes! {
    /// What is said of a neighbour.
    pub enum Attribute<'a> {
        /// Its address (`NDA_DST`).
        Destination(IpAddr) = 1,
        /// Its link-layer address (`NDA_LLADDR`).
        LinkAddress(HardwareAddress) = 2,
        /// Ages (`NDA_CACHEINFO`).
        CacheInfo(CacheInfo) = 3,
        /// Probes sent (`NDA_PROBES`).
        Probes(u32) = 4,
        /// The VLAN it is in (`NDA_VLAN`).
        Vlan(u16) = 5,
        /// Link, where the header cannot say it (`NDA_IFINDEX`).
        Index(u32) = 8,
        /// The bridge that the link is a port of (`NDA_MASTER`).
        Master(u32) = 9,
        /// Who set it (`NDA_PROTOCOL`).
        Protocol(super::route::Protocol) = 12,
        /// Flags beyond the first eight (`NDA_FLAGS_EXT`).
        ExtendedFlags(u32) = 15,
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
    pub protocol: super::route::Protocol,
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
            protocol: super::route::Protocol::UNSPECIFIED,
            probes: None,
            ages: None,
        }
    }

    /// Reads the payload of `RTM_NEWNEIGH` or `RTM_DELNEIGH`.
    pub fn parse(payload: &[u8]) -> Result<Self, Error> {
        let mut cursor = Cursor::new(payload);
        let family = Family(cursor.u8("neighbour family")?);
        cursor.take(3, "neighbour padding")?;
        let index = cursor.u32_ne("index of the neighbour's link")?;
        let state = State::from_bits_retain(cursor.u16_ne("neighbour state")?);
        let flags = NeighbourFlags::from_bits_retain(cursor.u8("neighbour flags")?);
        let kind = cursor.u8("neighbour type")?;
        let mut this = Self {
            index,
            family,
            destination: None,
            link_address: None,
            state,
            flags,
            kind,
            protocol: super::route::Protocol::UNSPECIFIED,
            probes: None,
            ages: None,
        };
        for attribute in Attributes::new(cursor.rest()) {
            match Attribute::parse(attribute) {
                Attribute::Destination(value) => this.destination = Some(value),
                Attribute::LinkAddress(value) => this.link_address = Some(value),
                Attribute::Protocol(value) => this.protocol = value,
                Attribute::Probes(value) => this.probes = Some(value),
                Attribute::CacheInfo(value) => this.ages = Some(value),
                _ => {}
            }
        }
        Ok(this)
    }

    /// Appends the payload of a request to add, replace or delete the entry.
    pub fn emit(&self, writer: &mut Writer<'_>) {
        writer.fixed(&[self.family.0, 0, 0, 0]);
        writer.fixed(&self.index.to_ne_bytes());
        writer.fixed(&self.state.bits().to_ne_bytes());
        writer.fixed(&[self.flags.bits(), self.kind]);
        let optional = [
            self.destination.map(Attribute::Destination),
            self.link_address.map(Attribute::LinkAddress),
            Some(Attribute::Protocol(self.protocol)).filter(|_| self.protocol.0 != 0),
        ];
        optional.iter().flatten().for_each(|attribute| attribute.emit(writer));
    }
}
