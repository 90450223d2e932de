//! How routes are shown, and many of them removed.

use alloc::string::ToString;
use alloc::vec::Vec;
use core::net::IpAddr;

use formats::internet::Shown;
use formats::netlink::Family;
use formats::netlink::route::Metric;
use system::links::Link;
use system::routes::{self, NextHop, Protocol, Route, RouteFlags, RouteKind, Scope, Table};

use super::super::printer::Printer;
use super::super::words::{Trouble, Words};
use super::super::{Io, Session};
use super::filter::Filter;
use super::{METRICS, parts_of_ms};
use crate::HAS_MORE;

pub(in super::super) fn run(ip: &mut Session, io: &mut Io<'_>, words: &mut Words<'_>) -> Result<(), Trouble> {
    let (filter, routes) = select(ip, words)?;
    let links = if routes.is_empty() { Vec::new() } else { ip.names()? };
    let mut printer = Printer::new(&mut io.out, ip.settings);
    for route in &routes {
        show(&mut printer, route, &links, &filter);
    }
    printer.finish();
    Ok(())
}

/// Gives the filter of the words and the routes that it lets pass.
fn select<'a>(ip: &mut Session, words: &mut Words<'a>) -> Result<(Filter<'a>, Vec<Route>), Trouble> {
    let mut filter = Filter::read(words, ip.settings.family)?;
    filter.index = ip.filtered(filter.link)?;
    let mut routes = routes::dump(&mut ip.socket, filter.family(ip.settings.family), filter.table)?;
    routes.retain(|route| filter.passes(route));
    Ok((filter, routes))
}

/// Removes the routes that the filter lets pass.
pub(in super::super) fn flush(ip: &mut Session, words: &mut Words<'_>) -> Result<(), Trouble> {
    if words.is_empty() {
        return Err(Trouble::word("flush", "would remove all routes: say which"));
    }
    for route in select(ip, words)?.1 {
        match routes::delete(&mut ip.socket, &route) {
            // It went with another, or by itself.
            Err(error) if matches!(error.errno(), Some(linux::Errno::SRCH)) => {}
            outcome => outcome?,
        }
    }
    Ok(())
}

/// Prints a route, with the parts that `filter` does not make the same for all.
pub(super) fn show(printer: &mut Printer<'_>, route: &Route, links: &[Link], filter: &Filter<'_>) {
    printer.object();
    describe(printer, route, links, filter);
    printer.end_line();
    printer.end_object();
}

/// Prints what a route is, every part of it.
pub(in super::super) fn whole(printer: &mut Printer<'_>, route: &Route, links: &[Link]) {
    describe(printer, route, links, &Filter::default());
}

fn describe(printer: &mut Printer<'_>, route: &Route, links: &[Link], filter: &Filter<'_>) {
    let cloned = route.flags.contains(RouteFlags::CLONED);
    if route.kind != RouteKind::UNICAST {
        printer.word("type|| ", &route.kind);
    }
    destination(printer, route);
    if HAS_MORE && route.tos != 0 {
        printer.word("tos|tos | ", &alloc::format!("{:#04x}", route.tos));
    }
    printer.optional("nhid|nhid | ", route.next_hop_id.filter(|_| HAS_MORE));
    if let Some(gateway) = route.gateway.filter(|_| filter.gateway.is_none()) {
        via(printer, route.family, gateway);
    }
    if let Some(output) = route.output.filter(|_| filter.link.is_none()) {
        printer.link("dev|dev | ", links, output);
    }
    if !cloned {
        origin(printer, route, filter);
    }
    printer.address("prefsrc|src | ", route.preferred_source.filter(|_| filter.source.is_none()));
    printer.optional("metric|metric | ", route.priority.filter(|_| filter.metric.is_none()));
    flags(printer, route.flags);
    if let Some(mark) = route.mark.filter(|&mark| HAS_MORE && mark != 0) {
        let shown = if mark < 16 { mark.to_string() } else { alloc::format!("{mark:#x}") };
        printer.shown("mark|mark | ", mark.into(), &shown);
    }
    printer.optional("uid|uid | ", route.user.filter(|_| HAS_MORE));
    if HAS_MORE && cloned && route.family == Family::INET {
        cache(printer, route.flags);
    }
    age(printer, route);
    metrics(printer, route);
    if let Some(input) = route.input.filter(|_| HAS_MORE) {
        printer.link("iif|iif | ", links, input);
    }
    if let Some(preference) = route.preference {
        printer.word("pref|pref |", &preference);
    }
    if !route.hops.is_empty() {
        printer.array("nexthops");
        for hop in &route.hops {
            next_hop(printer, route.family, hop, links);
        }
        printer.end_array();
    }
}

/// Prints the destination, and the source that an IPv6 route may be for.
fn destination(printer: &mut Printer<'_>, route: &Route) {
    match route.destination {
        Some(address) => prefix(printer, "dst|| ", route.family, address, route.prefix),
        None if route.prefix > 0 => printer.word("dst|| ", &["0/", &route.prefix.to_string()].concat()),
        None => printer.word("dst|| ", &"default"),
    }
    if let Some((address, bits)) = route.source {
        // An answer for one destination tells the source without its length.
        let whole = bits == 0 && route.flags.contains(RouteFlags::CLONED);
        let bits = if whole || address.is_unspecified() { route.family.bits() } else { bits };
        prefix(printer, "from|from | ", route.family, address, bits);
    }
}

/// Prints an address, with the length of its prefix unless that is the whole.
fn prefix(printer: &mut Printer<'_>, face: &str, family: Family, address: IpAddr, bits: u8) {
    let mut text = Shown(address).to_string();
    if bits != family.bits() {
        text.push('/');
        text.push_str(&bits.to_string());
    }
    printer.word(face, &text);
}

/// Prints a router; one of another family says which.
fn via(printer: &mut Printer<'_>, family: Family, gateway: IpAddr) {
    if Family::of(gateway) == family {
        return printer.address("gateway|via | ", Some(gateway));
    }
    printer.nested("via");
    printer.word("family|via | ", &Family::of(gateway));
    printer.address("host|| ", Some(gateway));
    printer.end_object();
}

/// Prints where a route is from: table, protocol, scope.
fn origin(printer: &mut Printer<'_>, route: &Route, filter: &Filter<'_>) {
    if route.table != Table::MAIN && filter.table == Table::UNSPECIFIED {
        printer.word("table|table | ", &route.table);
    }
    if route.protocol != Protocol::BOOT && filter.protocol.is_none() {
        printer.word("protocol|proto | ", &route.protocol);
    }
    if route.scope != Scope::GLOBAL && filter.scope.is_none() {
        printer.word("scope|scope | ", &route.scope);
    }
}

fn next_hop(printer: &mut Printer<'_>, family: Family, hop: &NextHop, links: &[Link]) {
    printer.object();
    printer.line();
    printer.text("\tnexthop ");
    if let Some(gateway) = hop.gateway {
        via(printer, family, gateway);
    }
    if hop.output != 0 {
        printer.link("dev|dev | ", links, hop.output);
    }
    printer.number("weight|weight | ", hop.weight.into());
    flags(printer, hop.flags);
    printer.end_object();
}

/// Names of flags, in the order in which they are shown.
const FLAGS: &[(RouteFlags, &str)] = &[
    (RouteFlags::DEAD, "dead"),
    (RouteFlags::ONLINK, "onlink"),
    (RouteFlags::PERVASIVE, "pervasive"),
    (RouteFlags::OFFLOAD, "offload"),
    (RouteFlags::TRAP, "trap"),
    (RouteFlags::NOTIFY, "notify"),
    (RouteFlags::LINK_DOWN, "linkdown"),
    (RouteFlags::UNRESOLVED, "unresolved"),
];

fn flags(printer: &mut Printer<'_>, flags: RouteFlags) {
    printer.array("flags");
    for &(flag, name) in FLAGS {
        if flags.contains(flag) {
            printer.entry(name, "", " ");
        }
    }
    printer.end_array();
}

/// What an answer for one destination says of it (`RTCF_*`).
const CACHE: &[(u32, &str)] = &[
    (0x8000_0000, "local"),
    (0x4000_0000, "reject"),
    (0x2000_0000, "mc"),
    (0x1000_0000, "brd"),
    (0x0800_0000, "dst-nat"),
    (0x0400_0000, "src-direct"),
    (0x0100_0000, "redirect"),
    (0x0004_0000, "redirected"),
];

fn cache(printer: &mut Printer<'_>, flags: RouteFlags) {
    printer.line();
    printer.array("cache");
    printer.text("    cache ");
    let names: Vec<&str> =
        CACHE.iter().filter(|(bit, _)| flags.bits() & bit != 0).map(|(_, name)| *name).collect();
    for (place, name) in names.iter().enumerate() {
        printer.entry(name, if place == 0 { "<" } else { "," }, "");
    }
    if !names.is_empty() {
        printer.text("> ");
    }
    printer.end_array();
}

fn age(printer: &mut Printer<'_>, route: &Route) {
    let Some(age) = route.age else {
        return;
    };
    if age.expires != 0 {
        // The kernel counts in hundredths of a second.
        let seconds = age.expires / 100;
        printer.shown("expires|expires |sec ", seconds.into(), &seconds);
    }
    if age.error != 0 {
        printer.shown("error|error | ", age.error.into(), &age.error);
    }
}

fn metrics(printer: &mut Printer<'_>, route: &Route) {
    let number = |wanted: u32| {
        let mut metrics = route.metrics.iter();
        metrics.find(|(kind, _)| u32::from(*kind) == wanted).map(|(_, value)| *value)
    };
    if route.metrics.is_empty() {
        return;
    }
    let locked = number(Metric::LOCK.kind().into()).unwrap_or(0);
    printer.array("metrics");
    printer.object();
    for (kind, name) in METRICS.iter() {
        let Some(value) = number(kind) else {
            continue;
        };
        let locked = if locked & (1 << kind) != 0 { "lock " } else { "" };
        let (value, unit) = parts_of_ms(kind).map_or((value, ""), |parts| (value / parts, "ms"));
        printer.number(&[name, "|", name, " ", locked, "|", unit, " "].concat(), value.into());
    }
    printer.end_object();
    printer.end_array();
}
