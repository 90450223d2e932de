//! `ip neigh`: neighbours.

use alloc::string::String;
use alloc::vec::Vec;
use core::net::IpAddr;

use formats::netlink::route::Protocol;
use formats::netlink::{Family, HardwareAddress, neighbour};
use system::links::Link;
use system::neighbours::{self, Neighbour, NeighbourFlags, State};

use super::printer::Printer;
use super::words::{self, Prefix, Trouble, Words};
use super::{Io, Session, name_of};

/// What to do with a neighbour.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Action {
    Add,
    Change,
    Replace,
    Delete,
}

#[derive(Clone, Copy)]
enum Command {
    Change(Action),
    Show,
    Flush,
    Help,
}

/// The commands; an abbreviation means the first that begins with it.
const COMMANDS: &[(&str, Command)] = &[
    ("add", Command::Change(Action::Add)),
    ("change", Command::Change(Action::Change)),
    ("chg", Command::Change(Action::Change)),
    ("replace", Command::Change(Action::Replace)),
    ("delete", Command::Change(Action::Delete)),
    ("show", Command::Show),
    ("lst", Command::Show),
    ("list", Command::Show),
    ("flush", Command::Flush),
    ("help", Command::Help),
];

pub(super) fn run(ip: &mut Session, io: &mut Io<'_>, mut words: Words<'_>) -> Result<(), Trouble> {
    let Some(word) = words.next()? else {
        return show(ip, io, words);
    };
    match words::choose(word, COMMANDS) {
        Some(Command::Change(action)) => change(ip, words, action),
        Some(Command::Show) => show(ip, io, words),
        Some(Command::Flush) => flush(ip, words),
        Some(Command::Help) => Err(Trouble::help()),
        None => Err(Trouble::word(word, "no such command")),
    }
}

/// Which neighbours to show.
#[derive(Default)]
struct Filter<'a> {
    link: Option<&'a str>,
    to: Option<Prefix>,
    /// Of these states; none told: as usual.
    states: Option<State>,
    proxy: bool,
}

impl<'a> Filter<'a> {
    fn read(words: &mut Words<'a>, family: Family) -> Result<Self, Trouble> {
        let mut filter = Self::default();
        while let Some(word) = words.next()? {
            match word {
                "dev" => filter.link = Some(words.value(word)?),
                "nud" => {
                    let name = words.value(word)?;
                    let told = if name == "all" { State::all() } else { state(name)? };
                    filter.states = Some(filter.states.unwrap_or_default() | told);
                }
                "proxy" => filter.proxy = true,
                _ => {
                    let word = if word == "to" { words.value(word)? } else { word };
                    filter.to = Some(words::prefix(word, family)?);
                }
            }
        }
        Ok(filter)
    }

    /// Gives the entries that pass; `usual` are the states to show when none are told.
    fn select(&self, ip: &mut Session, usual: State) -> system::Result<Vec<Neighbour>> {
        let index = ip.filtered(self.link)?;
        let states = self.states.unwrap_or(usual);
        let mut entries = neighbours::dump(&mut ip.socket, ip.settings.family, index, self.proxy)?;
        entries.retain(|entry| {
            let to = self.to.is_none_or(|to| {
                entry.destination.is_some_and(|destination| to.holds(destination, to.family().bits()))
            });
            let always = entry.flags.intersects(NeighbourFlags::PROXY | NeighbourFlags::EXTERNALLY_LEARNED);
            let none = states.is_empty() || states == State::all();
            to && (always || entry.state.intersects(states) || none && entry.state.is_empty())
        });
        Ok(entries)
    }
}

fn state(name: &str) -> Result<State, Trouble> {
    if name == "none" {
        return Ok(State::empty());
    }
    let named = neighbour::STATES.iter().find(|(known, _)| *known == name).map(|(_, state)| *state);
    named.ok_or_else(|| Trouble::word(name, "no such state of a neighbour"))
}

fn show(ip: &mut Session, io: &mut Io<'_>, mut words: Words<'_>) -> Result<(), Trouble> {
    let filter = Filter::read(&mut words, ip.settings.family)?;
    // Entries that need no resolution say nothing.
    let entries = filter.select(ip, State::all().difference(State::NO_ARP))?;
    let links = if entries.is_empty() { Vec::new() } else { ip.names()? };
    let brief = ip.settings.brief;
    let mut printer = Printer::new(&mut io.out, ip.settings);
    for entry in &entries {
        printer.object();
        if brief {
            columns(&mut printer, entry, &links, &filter);
        } else {
            whole(&mut printer, entry, &links, &filter);
        }
        printer.end_line();
        printer.end_object();
    }
    printer.finish();
    Ok(())
}

fn columns(printer: &mut Printer<'_>, entry: &Neighbour, links: &[Link], filter: &Filter<'_>) {
    let mut column = |key: &str, value: String, width: usize| {
        printer.json(|json| json.field(key, value.as_bytes()));
        printer.padded(&value, width);
    };
    if let Some(destination) = entry.destination {
        column("dst", alloc::format!("{destination}"), 40);
    }
    if filter.link.is_none() {
        column("dev", alloc::format!("{:16} ", name_of(links, entry.index)).trim_end().into(), 17);
    }
    if let Some(address) = entry.link_address {
        column("lladdr", alloc::format!("{address}"), 0);
    }
}

fn whole(printer: &mut Printer<'_>, entry: &Neighbour, links: &[Link], filter: &Filter<'_>) {
    if let Some(destination) = entry.destination {
        printer.word("dst", "", &destination, " ");
    }
    if filter.link.is_none() {
        printer.word("dev", "dev ", &name_of(links, entry.index), " ");
    }
    if let Some(address) = entry.link_address {
        printer.word("lladdr", "lladdr ", &address, " ");
    }
    let flags = [
        (NeighbourFlags::ROUTER, "router"),
        (NeighbourFlags::PROXY, "proxy"),
        (NeighbourFlags::EXTERNALLY_LEARNED, "extern_learn"),
        (NeighbourFlags::OFFLOADED, "offload"),
    ];
    for (flag, name) in flags {
        if entry.flags.contains(flag) {
            printer.null(name, name);
            printer.text(" ");
        }
    }
    if !entry.state.is_empty() {
        printer.array("state");
        for (name, state) in neighbour::STATES {
            if entry.state.contains(state) {
                printer.entry(&name.to_ascii_uppercase(), "", " ");
            }
        }
        printer.end_array();
    }
    if entry.protocol != Protocol::UNSPECIFIED {
        printer.word("protocol", "proto ", &entry.protocol, " ");
    }
}

/// Removes the entries that the filter lets pass; without states told, those that the kernel learned.
fn flush(ip: &mut Session, mut words: Words<'_>) -> Result<(), Trouble> {
    if words.is_empty() {
        return Err(Trouble::word("flush", "would remove all neighbours: say which"));
    }
    let filter = Filter::read(&mut words, ip.settings.family)?;
    let learned = State::all().difference(State::PERMANENT | State::NO_ARP);
    for entry in filter.select(ip, learned)? {
        match neighbours::delete(&mut ip.socket, &entry) {
            // The kernel was faster.
            Err(error) if error.errno() == Some(linux::Errno::NOENT) => {}
            outcome => outcome?,
        }
    }
    Ok(())
}

/// What the words say of a neighbour.
#[derive(Default)]
struct Wish<'a> {
    destination: Option<IpAddr>,
    link: Option<&'a str>,
    link_address: Option<HardwareAddress>,
    state: Option<State>,
    flags: NeighbourFlags,
    protocol: Protocol,
}

fn change(ip: &mut Session, mut words: Words<'_>, action: Action) -> Result<(), Trouble> {
    let mut wish = Wish::default();
    let family = ip.settings.family;
    while let Some(word) = words.next()? {
        match word {
            "dev" => wish.link = Some(words.value(word)?),
            "lladdr" => wish.link_address = Some(words.hardware(word)?),
            "nud" => wish.state = Some(state(words.value(word)?)?),
            "router" => wish.flags |= NeighbourFlags::ROUTER,
            "extern_learn" => wish.flags |= NeighbourFlags::EXTERNALLY_LEARNED,
            "use" => wish.flags |= NeighbourFlags::USE,
            "proxy" => {
                wish.flags |= NeighbourFlags::PROXY;
                wish.destination = Some(words.address(word, family)?);
            }
            "protocol" | "proto" => {
                let name = words.value(word)?;
                let known =
                    Protocol::from_name(name).ok_or_else(|| Trouble::word(name, "no such protocol"))?;
                wish.protocol = known;
            }
            _ if wish.destination.is_some() => {
                return Err(Trouble::word(word, "no such setting of a neighbour"));
            }
            "to" => wish.destination = Some(words.address(word, family)?),
            address => wish.destination = Some(words::prefix(address, family)?.address),
        }
    }
    let to = wish.destination.ok_or_else(|| Trouble::word("neigh", "no address is given"))?;
    let link = wish.link.ok_or_else(|| Trouble::word("dev", "the link is missing"))?;
    let (doing, by) = match action {
        Action::Add => ("add neighbour", "to"),
        Action::Change => ("change neighbour", "of"),
        Action::Replace => ("set neighbour", "of"),
        Action::Delete => ("delete neighbour", "from"),
    };
    let outcome = ip.index(link).and_then(|index| {
        let entry = wish.entry(index, to, action);
        let socket = &mut ip.socket;
        match action {
            Action::Add => neighbours::add(socket, &entry),
            Action::Change => neighbours::change(socket, &entry),
            Action::Replace => neighbours::replace(socket, &entry),
            Action::Delete => neighbours::delete(socket, &entry),
        }
    });
    let object = alloc::format!("{to} {by} {link}");
    Ok(outcome.map_err(|error| error.during(doing, object.as_bytes()))?)
}

impl Wish<'_> {
    fn entry(&self, index: u32, to: IpAddr, action: Action) -> Neighbour {
        let usual = if action == Action::Delete { State::empty() } else { State::PERMANENT };
        let plain = Neighbour::permanent(index, to, HardwareAddress::default());
        Neighbour {
            link_address: self.link_address,
            state: self.state.unwrap_or(usual),
            flags: self.flags,
            protocol: self.protocol,
            ..plain
        }
    }
}
