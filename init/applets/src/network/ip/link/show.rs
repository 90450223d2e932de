//! How a link is shown.

use alloc::string::{String, ToString};
use core::net::IpAddr;

use formats::internet::Shown;
use formats::netlink::link::{Counter, HardwareKind, OperationalState, Statistics};
use formats::netlink::{Family, HardwareAddress, Names, Value};
use system::links::{Link, LinkFlags};

use super::super::printer::Printer;
use super::super::words::GROUPS;
use super::super::{Settings, name_of};
use crate::HAS_MORE;

/// Names of flags, in the order in which they are shown.
const FLAGS: &Names = &formats::names! {
    LinkFlags::LOOPBACK.bits() => "LOOPBACK",
    LinkFlags::BROADCAST.bits() => "BROADCAST",
    LinkFlags::POINT_TO_POINT.bits() => "POINTOPOINT",
    LinkFlags::MULTICAST.bits() => "MULTICAST",
    LinkFlags::NO_ARP.bits() => "NOARP",
    LinkFlags::ALL_MULTICAST.bits() => "ALLMULTI",
    LinkFlags::PROMISCUOUS.bits() => "PROMISC",
    LinkFlags::MASTER.bits() => "MASTER",
    LinkFlags::SLAVE.bits() => "SLAVE",
    LinkFlags::DEBUG.bits() => "DEBUG",
    LinkFlags::DYNAMIC.bits() => "DYNAMIC",
    LinkFlags::AUTO_MEDIA.bits() => "AUTOMEDIA",
    LinkFlags::PORT_SELECT.bits() => "PORTSEL",
    LinkFlags::NO_TRAILERS.bits() => "NOTRAILERS",
    LinkFlags::UP.bits() => "UP",
    LinkFlags::LOWER_UP.bits() => "LOWER_UP",
    LinkFlags::DORMANT.bits() => "DORMANT",
    LinkFlags::ECHO.bits() => "ECHO",
};

/// Prints a link, but the end of its last line; `full` adds what `ip link` shows beyond `ip address`.
pub(in super::super) fn head(
    printer: &mut Printer<'_>,
    link: &Link,
    all: &[Link],
    settings: Settings,
    full: bool,
) {
    // Asked for IPv6 addresses, iproute2 gets and shows less of their links.
    let less = settings.family == Family::INET6;
    printer.number("ifindex||: ", link.index.into());
    let name = name(printer, link, all);
    printer.padded(&name, 0);
    printer.text(": ");
    flags(printer, link, all);
    printer.number("mtu|mtu | ", link.mtu.into());
    if let Some(queue) = link.queue.as_ref().filter(|_| !less) {
        printer.word("qdisc|qdisc | ", queue);
    }
    if let Some(master) = link.master.filter(|_| !less) {
        printer.link("master|master | ", all, master);
    }
    printer.word("operstate|state | ", &state(link.state));
    if full {
        printer.word("linkmode|mode | ", &link.mode);
    }
    if !less {
        printer.word("group|group | ", &group(link.group));
    }
    printer.optional("txqlen|qlen |", link.queue_length.filter(|&length| length != 0));
    if settings.family == Family::UNSPECIFIED || settings.family == Family::PACKET {
        hardware(printer, link);
    }
    if let Some(alias) = link.alias.as_ref().filter(|_| full) {
        printer.line();
        printer.word("ifalias|    alias |", alias);
    }
    if let Some(statistics) = link.statistics.as_ref().filter(|_| HAS_MORE && settings.statistics) {
        counters(printer, statistics);
    }
    if !link.alternative_names.is_empty() && !less {
        printer.array("altnames");
        for name in &link.alternative_names {
            printer.line();
            printer.entry(name, "    altname ", "");
        }
        printer.end_array();
    }
}

/// Prints name and state of a link, in columns.
pub(in super::super) fn brief(printer: &mut Printer<'_>, link: &Link, all: &[Link]) {
    let name = name(printer, link, all);
    printer.padded(&name, 16);
    printer.text(" ");
    let state = state(link.state);
    printer.padded(&state, 14);
    printer.text(" ");
    printer.json(|json| json.field("operstate", state.as_bytes()));
}

/// Prints the link-layer address of a link, in a line of columns.
pub(super) fn brief_address(printer: &mut Printer<'_>, link: &Link) {
    if !link.address.as_bytes().is_empty() {
        printer.word("address|| ", &address(link.hardware, link.address));
    }
}

/// Prints the flags of a link, without the one that its state repeats.
pub(super) fn flags(printer: &mut Printer<'_>, link: &Link, all: &[Link]) {
    let mut rest = link.flags;
    let no_carrier = rest.contains(LinkFlags::UP) && !rest.contains(LinkFlags::RUNNING);
    rest.remove(LinkFlags::RUNNING);
    let below = lower(link).and_then(|index| all.iter().find(|link| link.index == index));
    let below_is_down = below.is_some_and(|below| !below.flags.contains(LinkFlags::UP));
    printer.array("flags");
    let mut before = "<";
    let mut entry = |name: &str| printer.entry(name, core::mem::replace(&mut before, ","), "");
    if no_carrier {
        entry("NO-CARRIER");
    }
    for (flag, name) in FLAGS.iter() {
        let flag = LinkFlags::from_bits_retain(flag);
        if rest.contains(flag) {
            entry(name);
            rest.remove(flag);
        }
    }
    if !rest.is_empty() {
        entry(&alloc::format!("{:x}", rest.bits()));
    }
    if below_is_down {
        entry("M-DOWN");
    }
    if before == "<" {
        printer.text("<");
    }
    printer.text("> ");
    printer.end_array();
}

/// Gives the link below, when it is in this namespace.
fn lower(link: &Link) -> Option<u32> {
    link.lower.filter(|&index| index != 0 && link.lower_namespace.is_none())
}

/// Gives `name@below`, and prints both as JSON.
fn name(printer: &mut Printer<'_>, link: &Link, all: &[Link]) -> String {
    printer.json(|json| json.field("ifname", link.name.as_bytes()));
    let below = match (link.lower, lower(link)) {
        (None, _) => return link.name.clone(),
        (Some(0), _) => {
            printer.json(|json| {
                json.key("link");
                json.null();
            });
            "NONE".into()
        }
        (_, Some(index)) => {
            let name = name_of(all, index);
            printer.json(|json| json.field("link", name.as_bytes()));
            name
        }
        (Some(index), None) => {
            printer.json(|json| json.field_number("link_index", index.into()));
            alloc::format!("if{index}")
        }
    };
    alloc::format!("{}@{below}", link.name)
}

fn hardware(printer: &mut Printer<'_>, link: &Link) {
    printer.line();
    let kind = link.hardware.name().map_or_else(|| alloc::format!("[{}]", link.hardware.0), String::from);
    printer.word("link_type|    link/| ", &kind);
    if !link.address.as_bytes().is_empty() {
        printer.word("address||", &address(link.hardware, link.address));
    }
    if !link.broadcast.as_bytes().is_empty() {
        let broadcast = address(link.hardware, link.broadcast);
        if link.flags.contains(LinkFlags::POINT_TO_POINT) {
            printer.truth("link_pointtopoint", "");
            printer.word("broadcast| peer |", &broadcast);
        } else {
            printer.word("broadcast| brd |", &broadcast);
        }
    }
    if let Some(permanent) = link.permanent_address.filter(|&permanent| HAS_MORE && permanent != link.address)
    {
        printer.word("permaddr| permaddr |", &address(link.hardware, permanent));
    }
    if let Some(namespace) = link.lower_namespace.filter(|_| HAS_MORE) {
        match u64::try_from(namespace) {
            Ok(number) => printer.number("link_netnsid| link-netnsid |", number),
            Err(_) => printer.word("link_netnsid| link-netnsid |", &"unknown"),
        }
    }
}

/// Shows a link-layer address; those of tunnels are addresses of the network below.
fn address(kind: HardwareKind, address: HardwareAddress) -> String {
    let tunnel = matches!(
        kind,
        HardwareKind::IP_TUNNEL
            | HardwareKind::SIT
            | HardwareKind::GRE
            | HardwareKind::IP6_TUNNEL
            | HardwareKind::IP6_GRE
    );
    match IpAddr::read(address.as_bytes()) {
        Some(end) if HAS_MORE && tunnel => Shown(end).to_string(),
        _ => address.to_string(),
    }
}

fn state(state: OperationalState) -> String {
    state.name().map_or_else(|| alloc::format!("{:#x}", state.0), String::from)
}

fn group(group: u32) -> String {
    GROUPS.of(group).map_or_else(|| group.to_string(), String::from)
}

/// A column of counters: its head, its key, and what it counts.
type Column = (&'static str, &'static str, Counter);

const RECEIVE: &[Column] = &[
    ("bytes", "bytes", Counter::ReceivedBytes),
    ("packets", "packets", Counter::ReceivedPackets),
    ("errors", "errors", Counter::ReceiveErrors),
    ("dropped", "dropped", Counter::ReceiveDropped),
    ("missed", "over_errors", Counter::MissedErrors),
    ("mcast", "multicast", Counter::Multicast),
];

const SEND: &[Column] = &[
    ("bytes", "bytes", Counter::SentBytes),
    ("packets", "packets", Counter::SentPackets),
    ("errors", "errors", Counter::SendErrors),
    ("dropped", "dropped", Counter::SendDropped),
    ("carrier", "carrier_errors", Counter::CarrierErrors),
    ("collsns", "collisions", Counter::Collisions),
];

/// Prints the counters of a link, in columns.
fn counters(printer: &mut Printer<'_>, counters: &Statistics) {
    // The widths of iproute2, which has room for its longest heads.
    let mut widths = [10, 7, 6, 7, 7, 7];
    for row in [RECEIVE, SEND] {
        for (width, (_, _, counter)) in widths.iter_mut().zip(row) {
            *width = (*width).max(counters.get(*counter).to_string().len());
        }
    }
    printer.nested("stats64");
    for (label, key, row) in [("RX:", "rx", RECEIVE), ("TX:", "tx", SEND)] {
        printer.nested(key);
        printer.line();
        printer.text("    ");
        let mut label = label;
        for ((head, _, _), width) in row.iter().zip(widths) {
            printer.text(label);
            printer.right(head, width - core::mem::take(&mut label).len());
            printer.text(" ");
        }
        printer.text("          ");
        printer.line();
        printer.text("    ");
        for ((_, key, counter), width) in row.iter().zip(widths) {
            let value = counters.get(*counter);
            printer.json(|json| json.field_number(key, value));
            printer.right(&value.to_string(), width);
            printer.text(" ");
        }
        printer.end_object();
    }
    printer.end_object();
}
