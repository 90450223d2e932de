//! Requests to make or change a link.

use alloc::boxed::Box;

use super::attribute::{Attribute, Info};
use super::{Attributes, HardwareAddress, LinkFlags, Writer, emit_header};

attributes! {
    /// Settings of a VLAN, inside [`Info::Data`].
    pub enum VlanAttribute<'a> {
        /// The tag's number, 1 to 4094 (`IFLA_VLAN_ID`).
        Id(u16) = 1,
        /// The tag's protocol, in network order (`IFLA_VLAN_PROTOCOL`).
        Protocol(&'a [u8]) = 5,
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
}

/// `VETH_INFO_PEER`, whose value is a whole link message without its netlink header.
const VETH_PEER: u16 = 1;

impl Change<'_> {
    /// Appends the payload of a request to make or change the link.
    pub fn emit(&self, writer: &mut Writer<'_>) {
        emit_header(writer, self.index, self.set, self.set | self.clear);
        let optional = [
            self.name.map(|name| Attribute::Name(name.into())),
            self.address.map(Attribute::Address),
            self.broadcast.map(Attribute::Broadcast),
            self.mtu.map(Attribute::Mtu),
            self.queue_length.map(Attribute::QueueLength),
            self.lower.map(Attribute::Lower),
            self.master.map(Attribute::Master),
            self.group.map(Attribute::Group),
            self.alias.map(|alias| Attribute::Alias(alias.into())),
            self.carrier.map(|carrier| Attribute::Carrier(carrier.into())),
            self.namespace_of_process.map(Attribute::NamespaceOfProcess),
            self.namespace_of_descriptor.map(Attribute::NamespaceOfDescriptor),
        ];
        optional.iter().flatten().for_each(|attribute| attribute.emit(writer));
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
            Self::Plain(name) => name,
        }
    }

    fn emit(&self, writer: &mut Writer<'_>) {
        const INFO: u16 = Attribute::Info(Attributes::new(&[])).kind();
        const DATA: u16 = Info::Data(Attributes::new(&[])).kind();
        writer.nest(INFO, |info| {
            Info::Kind(self.name().into()).emit(info);
            match self {
                Self::Veth { peer } => {
                    info.nest(DATA, |data| data.enclose(VETH_PEER, |message| peer.emit(message)));
                }
                Self::Vlan { id } => info.nest(DATA, |data| VlanAttribute::Id(*id).emit(data)),
                Self::Plain(_) => {}
            }
        });
    }
}
