//! What is known of clients, as rows: of the `network` worker's, which keeps its state in process 1's memory, and of those that this
//! command has run, which note theirs beside the leases.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;
use core::net::Ipv4Addr;
use formats::time::Duration;

use formats::file::lease::{Entry, Lease};
use protocols::dhcp::Drops;
use query::{Column, Rows, Value};
use system::dhcp::state::Known;
use system::dhcp::{Interface, Memory, Store};

use super::settings::Settings;
use crate::{HAS_MORE, Io, Status};

/// The memory of the `network` worker.
const WORKER: &[u8] = b"/run/spelunk/network";

/// Shows all clients, or those of the interfaces that are named.
pub(super) fn show(io: &mut Io<'_>, settings: &Settings) -> Status {
    let worker = system::file::read(WORKER).ok().and_then(|bytes| Memory::entries(&bytes));
    let mut entries = worker.unwrap_or_default();
    let folder = settings.options.lease_folder.as_deref().unwrap_or_default();
    // There need be no such folder.
    if let Ok(store) = Store::open(folder) {
        for name in store.interfaces().unwrap_or_default() {
            if entries.iter().all(|entry| entry.interface != name) {
                entries.extend(store.noted(&name));
            }
        }
    }
    let names = &settings.options.interfaces;
    entries.retain(|entry| names.is_empty() || names.contains(&entry.interface));
    let mut status = Status::SUCCESS;
    for name in names {
        if entries.iter().all(|entry| entry.interface != *name) {
            status = io.complain(name.as_bytes(), &"no client is known");
        }
    }
    if entries.is_empty() && names.is_empty() {
        status =
            io.complain(b"", &"no client is known: the network worker does not run, and none was run here");
    }
    if settings.is_json {
        print_rows(io, &entries);
    } else {
        print_table(io, &entries);
    }
    status
}

/// Prints the rows of a driver's interfaces for programs.
pub(super) fn print_interfaces(io: &mut Io<'_>, interfaces: &[Interface]) {
    let entries: Vec<Entry> = interfaces.iter().map(Interface::entry).collect();
    print_rows(io, &entries);
}

/// Gives the reasons of dropped replies in words, the numbers first.
pub(super) fn drops(drops: &Drops) -> String {
    let mut text = String::new();
    for (reason, count) in drops.iter() {
        let separator = if text.is_empty() { "dropped " } else { ", " };
        // Writing to a string cannot fail.
        let _ = write!(text, "{separator}{count}: {}", reason.name());
    }
    text
}

/// A column: name, title, and what it shows of a client at a time.
type Field = (&'static str, &'static str, fn(&Entry, &Known<'_>, Duration) -> Value);

/// What both faces show.
const FIELDS: &[Field] = &[
    ("interface", "INTERFACE", |entry, _, _| Value::text(entry.interface.as_bytes())),
    ("state", "STATE", |_, known, _| Value::text(known.phase.as_bytes())),
    ("address", "ADDRESS", |_, known, _| lease(known, |lease| Value::text(network(lease).as_bytes()))),
    ("gateway", "GATEWAY", |_, known, _| lease(known, |lease| lease.gateway().map_or(Value::Unknown, shown))),
    ("server", "SERVER", |_, known, _| lease(known, |lease| shown(lease.server))),
    ("left_s", "LEFT", |_, known, now| lease(known, |lease| left(lease, now))),
    ("sent", "SENT", |_, known, _| Value::Number(known.sent)),
    ("used", "USED", |_, known, _| Value::Number(known.used)),
    ("dropped", "DROPPED", |_, known, _| {
        Value::Number(known.drops.iter().map(|(_, count)| u64::from(count)).sum())
    }),
];

/// What only programs are shown in the rows.
const FACTS: &[Field] = &[
    ("dns", "", |_, known, _| lease(known, |lease| list(lease.dns.iter().copied().map(shown)))),
    ("domain", "", |_, known, _| lease(known, |lease| lease.domain.as_deref().map_or(Value::Unknown, word))),
    ("routes", "", |_, known, _| lease(known, |lease| list(lease.routes.iter().map(route)))),
    ("hostname", "", |_, known, _| {
        lease(known, |lease| lease.hostname.as_deref().map_or(Value::Unknown, word))
    }),
    ("drops", "", |_, known, _| {
        list(known.drops.iter().map(|(reason, count)| word(&alloc::format!("{count} {}", reason.name()))))
    }),
];

/// What the smallest images do without.
const MORE: &[Field] = &[
    ("checked", "", |_, known, _| lease(known, |_| Value::Truth(known.checked))),
    ("lease_s", "", |_, known, _| lease(known, |lease| Value::Number(lease.duration.as_secs()))),
    ("since_ms", "", |_, known, _| Value::Number(known.since_ms)),
    ("search", "", |_, known, _| lease(known, |lease| list(lease.search.iter().map(|name| word(name))))),
    ("mtu", "", |_, known, _| {
        lease(known, |lease| lease.mtu.map_or(Value::Unknown, |mtu| Value::Number(mtu.into())))
    }),
    ("ntp", "", |_, known, _| lease(known, |lease| list(lease.ntp.iter().copied().map(shown)))),
];

fn rows(entries: &[Entry], fields: &[&Field]) -> Rows<'static> {
    let columns: Vec<Column<'_>> = fields.iter().map(|(name, title, _)| Column { name, title }).collect();
    let (mut rows, now) = (Rows::new(&columns), system::machine::uptime());
    for entry in entries {
        let known = Known::of(entry);
        rows.push(fields.iter().map(|(_, _, value)| value(entry, &known, now)).collect::<Vec<_>>());
    }
    rows
}

fn print_rows(io: &mut Io<'_>, entries: &[Entry]) {
    let more = if HAS_MORE { MORE } else { &[] };
    let fields: Vec<&Field> = FIELDS.iter().chain(FACTS).chain(more).collect();
    rows(entries, &fields).json(&mut io.out);
}

fn print_table(io: &mut Io<'_>, entries: &[Entry]) {
    if entries.is_empty() {
        return;
    }
    let fields: Vec<&Field> = FIELDS.iter().collect();
    rows(entries, &fields).table(None, &mut io.out);
    for entry in entries {
        let text = drops(&Known::of(entry).drops);
        if !text.is_empty() {
            let _ = writeln!(io.out, "{}: {text}", entry.interface);
        }
    }
}

fn lease(known: &Known<'_>, value: impl FnOnce(&Lease) -> Value) -> Value {
    known.lease.map_or(Value::Unknown, |lease| value(lease))
}

fn list(values: impl Iterator<Item = Value>) -> Value {
    Value::List(values.collect())
}

fn word(text: &str) -> Value {
    Value::text(text.as_bytes())
}

fn shown(address: Ipv4Addr) -> Value {
    word(&alloc::format!("{address}"))
}

fn network(lease: &Lease) -> String {
    alloc::format!("{}/{}", lease.address, lease.prefix)
}

fn route(route: &protocols::dhcp::Route) -> Value {
    let network = alloc::format!("{}/{}", route.destination, route.prefix);
    word(&route.gateway.map_or(network.clone(), |gateway| alloc::format!("{network} via {gateway}")))
}

fn left(lease: &Lease, now: Duration) -> Value {
    if lease.duration == Lease::FOREVER {
        return Value::Unknown;
    }
    let seconds = lease.expires.saturating_sub(now).as_secs();
    let mut text = Vec::new();
    query::text::span(seconds, &mut text);
    Value::Number(seconds).shown(text)
}
