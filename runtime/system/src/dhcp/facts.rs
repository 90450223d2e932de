//! What the driver has to know about a link, taken out of the kernel's messages without building the whole object: these
//! messages come with each change of any link.

use alloc::string::{String, ToString};

use formats::cursor::Cursor;
use formats::netlink::link::{Attribute, HardwareKind, Info, LinkFlags};
use formats::netlink::message::kind;
use formats::netlink::{Attributes, Message};
use protocols::dhcp::Mac;

/// A link, as far as a DHCP client looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Its number.
    pub index: u32,
    /// Its name.
    pub name: String,
    /// Its Ethernet address; none when it is no Ethernet.
    pub hardware: Option<Mac>,
    /// Largest packet.
    pub mtu: u32,
    /// Switched on.
    pub up: bool,
    /// Switched on, with a carrier, and not waiting for 802.1X.
    pub running: bool,
    /// How often the carrier came or went.
    pub carrier_changes: u32,
    /// Hardware, or the inner end of a container's wire: not made of other links, nor a part of one, nor the loopback.
    pub plain: bool,
    /// The loopback.
    pub loopback: bool,
}

/// What a message says of a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum LinkNews {
    /// It is so now.
    Is(Facts),
    /// The link of this index is gone.
    Gone(u32),
}

/// Kinds of links made by software on which an address is asked for unasked: the wires of containers and of simulators.
const WIRES: [&[u8]; 2] = [b"veth", b"netdevsim"];

impl LinkNews {
    /// Reads a message; `None` when it does not speak of a link, or not so that it can be used.
    pub(super) fn of(message: &Message<'_>) -> Option<Self> {
        let kind = message.header.kind;
        if kind != kind::NEW_LINK && kind != kind::DELETE_LINK {
            return None;
        }
        let mut cursor = Cursor::new(message.payload);
        let [family, _] = cursor.array("link family").ok()?;
        let hardware = HardwareKind(cursor.u16_ne("link hardware").ok()?);
        let index = cursor.u32_ne("link index").ok()?;
        let flags = LinkFlags::from_bits_retain(cursor.u32_ne("link flags").ok()?);
        cursor.take(4, "change mask").ok()?;
        // Bridges tell of their ports in messages of their own family, deletion of a port among them.
        if family != 0 {
            return None;
        }
        if kind == kind::DELETE_LINK {
            return Some(Self::Gone(index));
        }
        let loopback = flags.contains(LinkFlags::LOOPBACK);
        let running =
            flags.contains(LinkFlags::UP | LinkFlags::LOWER_UP) && !flags.contains(LinkFlags::DORMANT);
        let mut facts = Facts {
            index,
            name: String::new(),
            hardware: None,
            mtu: 0,
            up: flags.contains(LinkFlags::UP),
            running,
            carrier_changes: 0,
            plain: hardware == HardwareKind::ETHERNET && !loopback,
            loopback,
        };
        for attribute in Attributes::new(cursor.rest()).map(Attribute::parse) {
            match attribute {
                Attribute::Name(text) => facts.name = text.to_string(),
                Attribute::Address(address) if hardware == HardwareKind::ETHERNET => {
                    facts.hardware = address.ethernet().map(Mac).filter(|mac| mac.is_unicast());
                }
                Attribute::Mtu(mtu) => facts.mtu = mtu,
                Attribute::CarrierChanges(count) => facts.carrier_changes = count,
                Attribute::Master(master) => facts.plain &= master == 0,
                Attribute::Info(nest) => facts.plain &= is_wire(nest),
                _ => {}
            }
        }
        Some(Self::Is(facts))
    }
}

/// Says whether a link made by software is a wire. Hardware comes without a kind.
fn is_wire(nest: Attributes<'_>) -> bool {
    let mut kinds = nest.map(Info::parse);
    kinds.all(|info| !matches!(info, Info::Kind(kind) if !WIRES.contains(&kind.0)))
}

#[cfg(test)]
mod tests {
    use formats::netlink::link::HEADER;
    use formats::netlink::{Flags, HardwareAddress, Messages, Text, Writer};

    use super::*;

    const UP: LinkFlags = LinkFlags::UP.union(LinkFlags::LOWER_UP);

    fn news(
        kind: u16,
        hardware: HardwareKind,
        flags: LinkFlags,
        attributes: &[Attribute<'_>],
    ) -> Option<LinkNews> {
        let mut out = Vec::new();
        let mut writer = Writer::new(&mut out, kind, Flags::empty());
        let mut header = [0; HEADER];
        header[2..4].copy_from_slice(&hardware.0.to_ne_bytes());
        header[4] = 7;
        header[8..12].copy_from_slice(&flags.bits().to_ne_bytes());
        writer.fixed(&header);
        attributes.iter().for_each(|attribute| attribute.emit(&mut writer));
        writer.finish().unwrap();
        let all: Vec<_> = (0..out.len())
            .map(|length| {
                LinkNews::of(&Message {
                    header: Messages::new(&out).next().unwrap().unwrap().header,
                    payload: &out[16..][..length.min(out.len() - 16)],
                })
            })
            .collect();
        all.last().cloned().flatten()
    }

    fn facts(flags: LinkFlags, more: &[Attribute<'_>]) -> Facts {
        let address = HardwareAddress::new(&[2, 0, 0, 0, 0, 1]).unwrap();
        let mut attributes = vec![
            Attribute::Name(Text(b"eth0")),
            Attribute::Address(address),
            Attribute::Mtu(1500),
            Attribute::CarrierChanges(3),
        ];
        attributes.extend_from_slice(more);
        match news(kind::NEW_LINK, HardwareKind::ETHERNET, flags, &attributes) {
            Some(LinkNews::Is(facts)) => facts,
            other => panic!("{other:?}"),
        }
    }

    fn kind_of(name: &[u8]) -> Vec<u8> {
        let mut nest = Vec::new();
        let mut writer = Writer::new(&mut nest, 0, Flags::empty());
        Info::Kind(Text(name)).emit(&mut writer);
        writer.finish().unwrap();
        nest.split_off(16)
    }

    #[test]
    fn hardware_and_wires_are_plain() {
        let expected = Facts {
            index: 7,
            name: "eth0".into(),
            hardware: Some(Mac([2, 0, 0, 0, 0, 1])),
            mtu: 1500,
            up: true,
            running: true,
            carrier_changes: 3,
            plain: true,
            loopback: false,
        };
        assert_eq!(facts(UP, &[]), expected);
        assert!(facts(UP, &[Attribute::Info(Attributes::new(&kind_of(b"veth")))]).plain);
        assert!(!facts(UP, &[Attribute::Info(Attributes::new(&kind_of(b"bridge")))]).plain);
        assert!(!facts(UP, &[Attribute::Master(3)]).plain);
        assert!(!facts(UP | LinkFlags::LOOPBACK, &[]).plain);
        assert!(!facts(UP | LinkFlags::DORMANT, &[]).running);
        assert!(!facts(LinkFlags::UP, &[]).running);
        assert!(!facts(LinkFlags::LOWER_UP, &[]).up);
    }

    #[test]
    fn other_messages_say_nothing() {
        assert_eq!(news(kind::NEW_ADDRESS, HardwareKind::ETHERNET, UP, &[]), None);
        assert_eq!(news(kind::DELETE_LINK, HardwareKind::ETHERNET, UP, &[]), Some(LinkNews::Gone(7)));
    }
}
