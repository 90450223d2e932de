//! Requests to make or change a link.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::super::Raw;
use super::attribute::{Attribute, Info};
use super::{HardwareAddress, LinkFlags, Writer, emit_header};

attributes! {
    /// Settings of a VLAN, inside [`Info::DATA`].
    pub enum VlanAttribute {
        /// The tag's number, 1 to 4094.
        ID: u16 = 1 => "IFLA_VLAN_ID",
        /// The tag's protocol, in network order.
        PROTOCOL: [u8] = 5 => "IFLA_VLAN_PROTOCOL",
    }
}

/// What shall be so of a link; `None` leaves it as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change<'a> {
    /// Which link; 0: the one of `name`, or a new one.
    pub index: u32,
    /// With an index: the new name. Without: the name of the link that is meant, or made.
    pub name: Option<&'a str>,
    /// Flags that are switched on.
    pub set: LinkFlags,
    /// Flags that are switched off.
    pub clear: LinkFlags,
    /// Link-layer address.
    pub address: Option<HardwareAddress>,
    /// Broadcast address.
    pub broadcast: Option<HardwareAddress>,
    /// Largest packet.
    pub mtu: Option<u32>,
    /// Packets in the transmit queue.
    pub queue_length: Option<u32>,
    /// The link below, that a VLAN or the like is made on.
    pub lower: Option<u32>,
    /// Bridge or bond that it becomes a port of; 0: none.
    pub master: Option<u32>,
    /// Group of links.
    pub group: Option<u32>,
    /// The administrator's remark; empty: none.
    pub alias: Option<&'a str>,
    /// Whether the carrier is there, for links that let it be said.
    pub carrier: Option<bool>,
    /// The namespace of a process that it moves to.
    pub namespace_of_process: Option<u32>,
    /// The namespace of a descriptor that it moves to.
    pub namespace_of_descriptor: Option<u32>,
    /// Kind of the new link.
    pub kind: Option<Kind<'a>>,
}

/// Kinds of links that can be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind<'a> {
    /// A pair of links, each the other's far end; the peer may be anything but a further pair.
    Veth {
        /// The far end.
        peer: Box<Change<'a>>,
    },
    /// A tagged part of the link below.
    Vlan {
        /// The tag, 1 to 4094.
        id: u16,
    },
    /// Any kind that needs no settings: `bridge`, `dummy`, `ifb`, `macvlan`.
    Plain(&'a str),
    /// Any kind with settings: numbers of attributes and their values.
    Settings(&'a str, Vec<(u16, Vec<u8>)>),
}

/// `VETH_INFO_PEER`, whose value is a whole link message without its netlink header.
const VETH_PEER: u16 = 1;

impl Change<'_> {
    /// Appends the payload of a request to make or change the link.
    #[inline(never)]
    pub fn emit(&self, writer: &mut Writer<'_>) {
        emit_header(writer, self.index, self.set, self.set | self.clear);
        writer.text(Attribute::NAME, self.name);
        writer.optional(Attribute::ADDRESS, &self.address);
        writer.optional(Attribute::BROADCAST, &self.broadcast);
        writer.optional(Attribute::MTU, &self.mtu);
        writer.optional(Attribute::QUEUE_LENGTH, &self.queue_length);
        writer.optional(Attribute::LOWER, &self.lower);
        writer.optional(Attribute::MASTER, &self.master);
        writer.optional(Attribute::GROUP, &self.group);
        writer.text(Attribute::ALIAS, self.alias);
        writer.optional(Attribute::CARRIER, &self.carrier);
        writer.optional(Attribute::NAMESPACE_OF_PROCESS, &self.namespace_of_process);
        writer.optional(Attribute::NAMESPACE_OF_DESCRIPTOR, &self.namespace_of_descriptor);
        if let Some(kind) = &self.kind {
            kind.emit(writer);
        }
    }
}

impl Kind<'_> {
    fn name(&self) -> &str {
        match self {
            Self::Veth { .. } => "veth",
            Self::Vlan { .. } => "vlan",
            Self::Plain(name) | Self::Settings(name, _) => name,
        }
    }

    fn emit(&self, writer: &mut Writer<'_>) {
        writer.nest(Attribute::INFO, |info| {
            info.text(Info::KIND, Some(self.name()));
            match self {
                Self::Veth { peer } => {
                    info.nest(Info::DATA, |data| data.enclose(VETH_PEER, |message| peer.emit(message)));
                }
                Self::Vlan { id } => {
                    info.nest(Info::DATA, |data| data.attribute(VlanAttribute::ID, id));
                }
                Self::Settings(_, settings) => info.nest(Info::DATA, |data| {
                    for (kind, value) in settings {
                        data.raw(&Raw { kind: *kind, flags: 0, value });
                    }
                }),
                Self::Plain(_) => {}
            }
        });
    }
}
