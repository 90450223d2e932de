//! What the driver has to know about a link, taken out of the kernel's messages without building the whole object: these
//! messages come with each change of any link.

use alloc::string::String;

use formats::Expected;
use formats::cursor::Cursor;
use formats::netlink::link::{Attribute, HardwareKind, Info, LinkFlags};
use formats::netlink::message::kind;
use formats::netlink::{Attributes, HardwareAddress, Message};
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
const WIRES: [&str; 2] = ["veth", "netdevsim"];

impl LinkNews {
    /// Reads a message; `None` when it does not speak of a link, or not so that it can be used.
    pub(super) fn of(message: &Message<'_>) -> Option<Self> {
        let kind = message.header.kind;
        if kind != kind::NEW_LINK && kind != kind::DELETE_LINK {
            return None;
        }
        let mut cursor = Cursor::new(message.payload);
        let [family, _] = cursor.array(Expected::Link).ok()?;
        let hardware = HardwareKind(cursor.u16_ne(Expected::Link).ok()?);
        let index = cursor.u32_ne(Expected::Link).ok()?;
        let flags = LinkFlags::from_bits_retain(cursor.u32_ne(Expected::Link).ok()?);
        cursor.take(4, Expected::Link).ok()?;
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
        let (mut address, mut master) = (HardwareAddress::default(), 0_u32);
        for raw in Attributes::new(cursor.rest()) {
            raw.fill(Attribute::NAME, &mut facts.name);
            raw.fill(Attribute::ADDRESS, &mut address);
            raw.fill(Attribute::MTU, &mut facts.mtu);
            raw.fill(Attribute::CARRIER_CHANGES, &mut facts.carrier_changes);
            raw.fill(Attribute::MASTER, &mut master);
            facts.plain &= is_wire(raw.nest(Attribute::INFO));
        }
        facts.plain &= master == 0;
        if hardware == HardwareKind::ETHERNET {
            facts.hardware = address.ethernet().map(Mac).filter(|mac| mac.is_unicast());
        }
        Some(Self::Is(facts))
    }
}

/// Says whether a link made by software is a wire. Hardware comes without a kind.
fn is_wire(nest: Attributes<'_>) -> bool {
    let mut kind = String::new();
    for info in nest {
        info.fill(Info::KIND, &mut kind);
    }
    kind.is_empty() || WIRES.contains(&kind.as_str())
}

#[cfg(test)]
mod tests {
    use formats::netlink::link::HEADER;
    use formats::netlink::{Flags, Messages, Writer};

    use super::*;

    const UP: LinkFlags = LinkFlags::UP.union(LinkFlags::LOWER_UP);

    fn news(
        kind: u16,
        hardware: HardwareKind,
        flags: LinkFlags,
        attributes: fn(&mut Writer<'_>),
    ) -> Option<LinkNews> {
        let mut out = Vec::new();
        let mut writer = Writer::new(&mut out, kind, Flags::empty());
        let mut header = [0; HEADER];
        header[2..4].copy_from_slice(&hardware.0.to_ne_bytes());
        header[4] = 7;
        header[8..12].copy_from_slice(&flags.bits().to_ne_bytes());
        writer.fixed(&header);
        attributes(&mut writer);
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

    fn facts(flags: LinkFlags, attributes: fn(&mut Writer<'_>)) -> Facts {
        match news(kind::NEW_LINK, HardwareKind::ETHERNET, flags, attributes) {
            Some(LinkNews::Is(facts)) => facts,
            other => panic!("{other:?}"),
        }
    }

    fn plain(writer: &mut Writer<'_>) {
        writer.text(Attribute::NAME, Some("eth0"));
        writer.attribute(Attribute::ADDRESS, &HardwareAddress::new(&[2, 0, 0, 0, 0, 1]).unwrap());
        writer.attribute(Attribute::MTU, &1500);
        writer.attribute(Attribute::CARRIER_CHANGES, &3);
    }

    fn of_kind(writer: &mut Writer<'_>, name: &str) {
        plain(writer);
        writer.nest(Attribute::INFO, |nest| nest.text(Info::KIND, Some(name)));
    }

    fn with_master(writer: &mut Writer<'_>) {
        plain(writer);
        writer.attribute(Attribute::MASTER, &3);
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
        assert_eq!(facts(UP, plain), expected);
        assert!(facts(UP, |writer| of_kind(writer, "veth")).plain);
        assert!(!facts(UP, |writer| of_kind(writer, "bridge")).plain);
        assert!(!facts(UP, with_master).plain);
        assert!(!facts(UP | LinkFlags::LOOPBACK, plain).plain);
        assert!(!facts(UP | LinkFlags::DORMANT, plain).running);
        assert!(!facts(LinkFlags::UP, plain).running);
        assert!(!facts(LinkFlags::LOWER_UP, plain).up);
    }

    #[test]
    fn other_messages_say_nothing() {
        assert_eq!(news(kind::NEW_ADDRESS, HardwareKind::ETHERNET, UP, plain), None);
        assert_eq!(news(kind::DELETE_LINK, HardwareKind::ETHERNET, UP, plain), Some(LinkNews::Gone(7)));
    }
}
