//! How routes are shown, here and by `netstat -r`.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Write as _;
use core::net::{IpAddr, Ipv4Addr};

use formats::internet::Shown;
use formats::netlink::Family;
use formats::netlink::route::Metric;
use query::{Rows, Value};
use system::links::{self, Link};
use system::netlink::Socket;
use system::routes::{self, Protocol, Route, RouteKind, Table};

use super::super::classic;
use super::super::names::Names;
use crate::{Failure, Io, JSON, Parsed};

/// Which columns are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Layout {
    /// Metric, references, uses.
    Plain,
    /// Largest segment, window, first round-trip time.
    Extended,
}

/// Shows the routes of a family.
pub(in super::super) fn run(
    io: &mut Io<'_>,
    socket: &mut Socket,
    parsed: &Parsed<'_>,
    family: Family,
    layout: Layout,
) -> Result<(), Failure> {
    let is_v6 = family == Family::INET6;
    let table = if is_v6 { Table::UNSPECIFIED } else { Table::MAIN };
    let mut all = routes::dump(socket, family, table)?;
    all.retain(|route| route.table == Table::MAIN || is_v6 && route.table == Table::LOCAL);
    let links = links::dump(socket)?;
    let mut names = Names::new(is_v6 || parsed.has(b'n') || parsed.has(JSON));
    let mut rows =
        Rows::named("destination prefix gateway flags metric references uses interface mss window irtt");
    if !parsed.has(JSON) {
        io.out.put(match (is_v6, layout) {
            (true, _) => {
                b"Kernel IPv6 routing table\nDestination                                 Next Hop                                Flags Metric Ref    Use Iface\n"
            }
            (false, Layout::Plain) => {
                b"Kernel IP routing table\nDestination     Gateway         Genmask         Flags Metric Ref    Use Iface\n".as_slice()
            }
            (false, Layout::Extended) => {
                b"Kernel IP routing table\nDestination     Gateway         Genmask         Flags   MSS Window  irtt Iface\n"
            }
        });
    }
    for route in &all {
        for (output, gateway) in ways(route) {
            let line = Line::new(route, output, gateway, &links);
            if parsed.has(JSON) {
                rows.push(line.row());
            } else if is_v6 {
                line.show_v6(io);
            } else {
                line.show_v4(io, layout, parsed.has(b'n'), &mut names);
            }
        }
    }
    if parsed.has(JSON) {
        rows.json(&mut io.out);
    }
    Ok(())
}

/// Gives the ways of a route: its links and gateways.
fn ways(route: &Route) -> Vec<(u32, Option<IpAddr>)> {
    if route.hops.is_empty() {
        return Vec::from([(route.output.unwrap_or(0), route.gateway)]);
    }
    route.hops.iter().map(|hop| (hop.output, hop.gateway)).collect()
}

/// A line of the table.
struct Line<'a> {
    route: &'a Route,
    zero: IpAddr,
    gateway: Option<IpAddr>,
    flags: String,
    interface: &'a str,
}

impl<'a> Line<'a> {
    fn new(route: &'a Route, output: u32, gateway: Option<IpAddr>, links: &'a [Link]) -> Self {
        let zero = route.family.zero().unwrap_or(Ipv4Addr::UNSPECIFIED.into());
        let name = links.iter().find(|link| link.index == output).map_or("*", |link| &link.name);
        let interface = if is_refused(route) { "*" } else { name };
        Self { route, zero, gateway, flags: flags(route, gateway), interface }
    }

    fn destination(&self) -> IpAddr {
        self.route.destination.unwrap_or(self.zero)
    }

    fn metric(&self, metric: u16) -> u32 {
        self.route.metrics.iter().find(|(kind, _)| *kind == metric).map_or(0, |(_, value)| *value)
    }

    /// Gives how many hold the route, and how often it was used, where the kernel tells it.
    fn uses(&self) -> (u32, u32) {
        let is_told = self.route.family == Family::INET6;
        self.route.age.filter(|_| is_told).map_or((0, 0), |age| (age.references, age.used))
    }

    /// Gives largest segment, window and first round-trip time in milliseconds.
    fn limits(&self) -> [u32; 3] {
        let kinds =
            [Metric::ANNOUNCED_SEGMENT, Metric::WINDOW, Metric::ROUND_TRIP].map(|metric| metric.kind());
        let [segment, window, trip] = kinds.map(|kind| self.metric(kind));
        [segment, window, trip / 8]
    }

    fn row(&self) -> Vec<Value> {
        let text = |address: IpAddr| Value::text(Shown(address).to_string().as_bytes());
        let (references, uses) = self.uses();
        let mut row = Vec::from([
            text(self.destination()),
            Value::Number(self.route.prefix.into()),
            self.gateway.map_or(Value::Unknown, text),
            Value::text(self.flags.as_bytes()),
            Value::Number(self.route.priority.unwrap_or(0).into()),
            Value::Number(references.into()),
            Value::Number(uses.into()),
            Value::text(self.interface.as_bytes()),
        ]);
        row.extend(self.limits().map(|limit| Value::Number(limit.into())));
        row
    }

    fn show_v4(&self, io: &mut Io<'_>, layout: Layout, is_numeric: bool, names: &mut Names) {
        let route = self.route;
        let destination = match self.destination() {
            _ if route.prefix == 0 && !is_numeric => "default".into(),
            address => names.host(address),
        };
        let gateway = match self.gateway {
            None if !is_numeric => "*".into(),
            None => "0.0.0.0".into(),
            Some(address) => names.host(address),
        };
        let mask = classic::mask(route.prefix).to_string();
        let _ = write!(io.out, "{destination:<15} {gateway:<15} {mask:<15} {:<6}", self.flags);
        let _ = match layout {
            Layout::Plain => {
                let (references, uses) = self.uses();
                let metric = route.priority.unwrap_or(0);
                writeln!(io.out, "{metric:<6} {references:<2} {uses:>7} {}", self.interface)
            }
            Layout::Extended => {
                let [segment, window, trip] = self.limits();
                writeln!(io.out, "{segment:>5} {window:<5} {trip:>6} {}", self.interface)
            }
        };
    }

    fn show_v6(&self, io: &mut Io<'_>) {
        let destination = alloc::format!("{}/{}", Shown(self.destination()), self.route.prefix);
        let gateway = Shown(self.gateway.unwrap_or(self.zero)).to_string();
        let (references, uses) = self.uses();
        let metric = self.route.priority.unwrap_or(0);
        let (flags, interface) = (&self.flags, self.interface);
        let _ = writeln!(
            io.out,
            "{destination:<43} {gateway:<39} {flags:<5} {metric:<6} {references:<2} {uses:>7} {interface:<8}"
        );
    }
}

/// Says whether packets of a route are thrown away.
fn is_refused(route: &Route) -> bool {
    matches!(
        route.kind,
        RouteKind::UNREACHABLE | RouteKind::PROHIBIT | RouteKind::BLACKHOLE | RouteKind::THROW
    )
}

/// Gives the letters of route(8).
fn flags(route: &Route, gateway: Option<IpAddr>) -> String {
    let is_v4 = route.family == Family::INET;
    let letters = [
        ("!", is_refused(route)),
        ("U", !is_refused(route)),
        ("G", gateway.is_some()),
        ("H", is_v4 && route.prefix == 32),
        ("D", route.protocol == Protocol::REDIRECT),
        ("A", !is_v4 && route.protocol == Protocol::ROUTER_ADVERTISEMENT),
        ("n", route.kind == RouteKind::LOCAL),
    ];
    letters.into_iter().filter(|(_, is_so)| *is_so).map(|(letter, _)| letter).collect()
}
