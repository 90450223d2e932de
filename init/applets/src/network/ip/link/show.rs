//! How a link is shown.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::net::IpAddr;

use formats::netlink::link::{Counter, HardwareKind, LinkMode, OperationalState, Statistics};
use formats::netlink::{Family, HardwareAddress, Value};
use system::links::{Link, LinkFlags};

use super::super::printer::Printer;
use super::super::{Settings, name_of};

/// Names of flags, in the order in which they are shown.
const FLAGS: &[(LinkFlags, &str)] = &[
    (LinkFlags::LOOPBACK, "LOOPBACK"),
    (LinkFlags::BROADCAST, "BROADCAST"),
    (LinkFlags::POINT_TO_POINT, "POINTOPOINT"),
    (LinkFlags::MULTICAST, "MULTICAST"),
    (LinkFlags::NO_ARP, "NOARP"),
    (LinkFlags::ALL_MULTICAST, "ALLMULTI"),
    (LinkFlags::PROMISCUOUS, "PROMISC"),
    (LinkFlags::MASTER, "MASTER"),
    (LinkFlags::SLAVE, "SLAVE"),
    (LinkFlags::DEBUG, "DEBUG"),
    (LinkFlags::DYNAMIC, "DYNAMIC"),
    (LinkFlags::AUTO_MEDIA, "AUTOMEDIA"),
    (LinkFlags::PORT_SELECT, "PORTSEL"),
    (LinkFlags::NO_TRAILERS, "NOTRAILERS"),
    (LinkFlags::UP, "UP"),
    (LinkFlags::LOWER_UP, "LOWER_UP"),
    (LinkFlags::DORMANT, "DORMANT"),
    (LinkFlags::ECHO, "ECHO"),
];

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
    printer.number("ifindex", "", link.index.into(), ": ");
    let name = name(printer, link, all);
    printer.padded(&name, 0);
    printer.text(": ");
    flags(printer, link, all);
    printer.number("mtu", "mtu ", link.mtu.into(), " ");
    if let Some(queue) = link.queue.as_ref().filter(|_| !less) {
        printer.word("qdisc", "qdisc ", queue, " ");
    }
    if let Some(master) = link.master.filter(|_| !less) {
        printer.word("master", "master ", &name_of(all, master), " ");
    }
    printer.word("operstate", "state ", &state(link.state), " ");
    if full {
        printer.word("linkmode", "mode ", &mode(link.mode), " ");
    }
    if !less {
        printer.word("group", "group ", &group(link.group), " ");
    }
    if let Some(length) = link.queue_length.filter(|&length| length != 0) {
        printer.number("txqlen", "qlen ", length.into(), "");
    }
    if settings.family == Family::UNSPECIFIED || settings.family == Family::PACKET {
        hardware(printer, link);
    }
    if let Some(alias) = link.alias.as_ref().filter(|_| full) {
        printer.line();
        printer.word("ifalias", "    alias ", alias, "");
    }
    if let Some(statistics) = link.statistics.as_ref().filter(|_| settings.statistics) {
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
        printer.word("address", "", &address(link.hardware, link.address), " ");
    }
}

/// Prints the flags of a link, without the one that its state repeats.
pub(super) fn flags(printer: &mut Printer<'_>, link: &Link, all: &[Link]) {
    let mut names: Vec<String> = Vec::new();
    let mut rest = link.flags;
    if rest.contains(LinkFlags::UP) && !rest.contains(LinkFlags::RUNNING) {
        names.push("NO-CARRIER".into());
    }
    rest.remove(LinkFlags::RUNNING);
    for &(flag, name) in FLAGS {
        if rest.contains(flag) {
            names.push(name.into());
            rest.remove(flag);
        }
    }
    if !rest.is_empty() {
        names.push(alloc::format!("{:x}", rest.bits()));
    }
    let below = lower(link).and_then(|index| all.iter().find(|link| link.index == index));
    if below.is_some_and(|below| !below.flags.contains(LinkFlags::UP)) {
        names.push("M-DOWN".into());
    }
    printer.array("flags");
    printer.text("<");
    for (place, name) in names.iter().enumerate() {
        printer.entry(name, if place > 0 { "," } else { "" }, "");
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
    printer.word("link_type", "    link/", &kind, " ");
    if !link.address.as_bytes().is_empty() {
        printer.word("address", "", &address(link.hardware, link.address), "");
    }
    if !link.broadcast.as_bytes().is_empty() {
        let broadcast = address(link.hardware, link.broadcast);
        if link.flags.contains(LinkFlags::POINT_TO_POINT) {
            printer.truth("link_pointtopoint", "");
            printer.word("broadcast", " peer ", &broadcast, "");
        } else {
            printer.word("broadcast", " brd ", &broadcast, "");
        }
    }
    if let Some(permanent) = link.permanent_address.filter(|&permanent| permanent != link.address) {
        printer.word("permaddr", " permaddr ", &address(link.hardware, permanent), "");
    }
    if let Some(namespace) = link.lower_namespace {
        match u64::try_from(namespace) {
            Ok(number) => printer.number("link_netnsid", " link-netnsid ", number, ""),
            Err(_) => printer.word("link_netnsid", " link-netnsid ", &"unknown", ""),
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
        Some(end) if tunnel => end.to_string(),
        _ => address.to_string(),
    }
}

fn state(state: OperationalState) -> String {
    state.name().map_or_else(|| alloc::format!("{:#x}", state.0), String::from)
}

fn mode(mode: LinkMode) -> String {
    mode.to_string()
}

fn group(group: u32) -> String {
    if group == 0 { "default".into() } else { group.to_string() }
}

/// Prints the counters of a link, in columns.
fn counters(printer: &mut Printer<'_>, counters: &Statistics) {
    let c = counters;
    printer.nested("stats64");
    let receive = [
        ("bytes", "bytes", c.get(Counter::ReceivedBytes)),
        ("packets", "packets", c.get(Counter::ReceivedPackets)),
        ("errors", "errors", c.get(Counter::ReceiveErrors)),
        ("dropped", "dropped", c.get(Counter::ReceiveDropped)),
        ("missed", "over_errors", c.get(Counter::MissedErrors)),
        ("mcast", "multicast", c.get(Counter::Multicast)),
    ];
    let send = [
        ("bytes", "bytes", c.get(Counter::SentBytes)),
        ("packets", "packets", c.get(Counter::SentPackets)),
        ("errors", "errors", c.get(Counter::SendErrors)),
        ("dropped", "dropped", c.get(Counter::SendDropped)),
        ("carrier", "carrier_errors", c.get(Counter::CarrierErrors)),
        ("collsns", "collisions", c.get(Counter::Collisions)),
    ];
    // The widths of iproute2, which has room for its longest heads.
    let mut widths = [10, 7, 6, 7, 7, 7];
    for row in [&receive, &send] {
        for (width, (_, _, value)) in widths.iter_mut().zip(row) {
            *width = (*width).max(value.to_string().len());
        }
    }
    for (label, key, row) in [("RX:", "rx", &receive), ("TX:", "tx", &send)] {
        printer.nested(key);
        for (_, key, value) in row {
            printer.json(|json| json.field_number(key, *value));
        }
        printer.end_object();
        table(printer, label, row, &widths);
    }
    printer.end_object();
}

fn table(printer: &mut Printer<'_>, label: &str, row: &[(&str, &str, u64); 6], widths: &[usize; 6]) {
    if !printer.is_text() {
        return;
    }
    let (mut heads, mut values) = (String::new(), String::new());
    for (place, ((head, _, value), &width)) in row.iter().zip(widths).enumerate() {
        let (mark, space) = if place == 0 { (label, width - label.len()) } else { ("", width) };
        heads.push_str(&alloc::format!("{mark}{head:>space$} "));
        values.push_str(&alloc::format!("{value:>width$} "));
    }
    printer.line();
    printer.text("    ");
    printer.text(&heads);
    printer.text("          ");
    printer.line();
    printer.text("    ");
    printer.text(&values);
}
