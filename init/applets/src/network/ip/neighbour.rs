//! `ip neigh`: neighbours.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use formats::internet::Shown;
use formats::netlink::route::Protocol;
use formats::netlink::{Family, HardwareAddress, Names, neighbour};
use system::links::Link;
use system::neighbours::{self, Neighbour, NeighbourFlags, State};

use super::printer::Printer;
use super::words::{Argument, Prefix, Takes, Trouble, Words};
use super::{Command, Io, Session, name_of};
use crate::HAS_MORE;

/// Which neighbours to show.
#[derive(Default)]
struct Filter<'a> {
    link: Option<&'a str>,
    to: Option<Prefix>,
    /// Of these states; none told: as usual.
    states: Option<State>,
    proxy: bool,
}

keywords! {
    /// The words of a filter.
    enum Which, "" {
        Link: Word = "dev",
        State: Word = "nud" if HAS_MORE,
        Proxy: Nothing = "proxy" if HAS_MORE,
        To: Prefix = "to",
        Other: Prefix = "_",
    }
}

impl<'a> Filter<'a> {
    fn read(words: &mut Words<'a>, family: Family) -> Result<Self, Trouble> {
        let mut filter = Self::default();
        let value = &mut Argument::new(family);
        while let Some(which) = Which::next(words, value)? {
            match which {
                Which::Link => filter.link = Some(value.word),
                Which::State => {
                    let told = value.unless_all(Takes::State)?.map_or(State::all(), state);
                    filter.states = Some(filter.states.unwrap_or_default() | told);
                }
                Which::Proxy => filter.proxy = true,
                Which::To | Which::Other => filter.to = Some(value.prefix),
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

fn state(bits: u8) -> State {
    State::from_bits_retain(bits.into())
}

pub(super) fn show(ip: &mut Session, io: &mut Io<'_>, words: &mut Words<'_>) -> Result<(), Trouble> {
    let filter = Filter::read(words, ip.settings.family)?;
    // Entries that need no resolution say nothing.
    let entries = filter.select(ip, State::all().difference(State::NO_ARP))?;
    let links = if entries.is_empty() { Vec::new() } else { ip.names()? };
    let brief = ip.settings.brief;
    let mut printer = Printer::new(&mut io.out, ip.settings);
    for entry in &entries {
        printer.object();
        if HAS_MORE && brief {
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

/// Shows what is known of one address on a link.
pub(super) fn get(ip: &mut Session, io: &mut Io<'_>, words: &mut Words<'_>) -> Result<(), Trouble> {
    let filter = Filter::read(words, ip.settings.family)?;
    let to = filter.to.ok_or_else(|| Trouble::word("neigh", "no address is given"))?;
    let link = filter.link.ok_or_else(|| Trouble::word("dev", "the link is missing"))?;
    let index = ip.index(link)?;
    let found = neighbours::get(&mut ip.socket, index, to.address)?;
    let links = ip.names()?;
    let mut printer = Printer::new(&mut io.out, ip.settings);
    if let Some(entry) = found {
        printer.object();
        whole(&mut printer, &entry, &links, &Filter::default());
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
        column("dst", Shown(destination).to_string(), 40);
    }
    if filter.link.is_none() {
        column("dev", alloc::format!("{:16} ", name_of(links, entry.index)).trim_end().into(), 17);
    }
    if let Some(address) = entry.link_address {
        column("lladdr", alloc::format!("{address}"), 0);
    }
}

/// Names of flags, in the order in which they are shown.
const FLAGS: &Names = &formats::names! {
    NeighbourFlags::ROUTER.bits() as u32 => "router",
    NeighbourFlags::PROXY.bits() as u32 => "proxy",
    NeighbourFlags::EXTERNALLY_LEARNED.bits() as u32 => "extern_learn",
    NeighbourFlags::OFFLOADED.bits() as u32 => "offload",
};

/// Prints an entry, every part of it.
pub(super) fn whole_named(printer: &mut Printer<'_>, entry: &Neighbour, links: &[Link]) {
    whole(printer, entry, links, &Filter::default());
}

fn whole(printer: &mut Printer<'_>, entry: &Neighbour, links: &[Link], filter: &Filter<'_>) {
    printer.address("dst|| ", entry.destination);
    if filter.link.is_none() {
        printer.link("dev|dev | ", links, entry.index);
    }
    if let Some(address) = entry.link_address {
        printer.word("lladdr|lladdr | ", &address);
    }
    for (flag, name) in FLAGS.iter() {
        if u32::from(entry.flags.bits()) & flag != 0 {
            printer.null(name, name);
            printer.text(" ");
        }
    }
    if !entry.state.is_empty() {
        printer.array("state");
        for (state, name) in neighbour::STATES.iter() {
            if u32::from(entry.state.bits()) & state != 0 {
                printer.entry(&name.to_ascii_uppercase(), "", " ");
            }
        }
        printer.end_array();
    }
    if entry.protocol != Protocol::UNSPECIFIED {
        printer.word("protocol|proto | ", &entry.protocol);
    }
}

/// Removes the entries that the filter lets pass; without states told, those that the kernel learned.
pub(super) fn flush(ip: &mut Session, words: &mut Words<'_>) -> Result<(), Trouble> {
    if words.is_empty() {
        return Err(Trouble::word("flush", "would remove all neighbours: say which"));
    }
    let filter = Filter::read(words, ip.settings.family)?;
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

keywords! {
    /// What can be said of a neighbour.
    enum Setting, "no such setting of a neighbour" {
        Link: Word = "dev",
        LinkAddress: Hardware = "lladdr",
        State: State = "nud",
        Router: Nothing = "router" if HAS_MORE,
        ExternallyLearned: Nothing = "extern_learn" if HAS_MORE,
        Use: Nothing = "use" if HAS_MORE,
        Proxy: Prefix = "proxy" if HAS_MORE,
        Protocol: Protocol = "protocol proto" if HAS_MORE,
        To: Prefix = "to",
        Other: Word = "_",
    }
}

pub(super) fn change(ip: &mut Session, words: &mut Words<'_>, command: Command) -> Result<(), Trouble> {
    let value = &mut Argument::new(ip.settings.family);
    let mut entry = Neighbour::permanent(0, value.address(), HardwareAddress::default());
    (entry.destination, entry.link_address) = (None, None);
    if command == Command::Delete {
        entry.state = State::empty();
    }
    let mut link = None;
    while let Some(setting) = Setting::next(words, value)? {
        match setting {
            Setting::Link => link = Some(value.word),
            Setting::LinkAddress => entry.link_address = Some(value.hardware),
            Setting::State => entry.state = state(value.byte),
            Setting::Router => entry.flags |= NeighbourFlags::ROUTER,
            Setting::ExternallyLearned => entry.flags |= NeighbourFlags::EXTERNALLY_LEARNED,
            Setting::Use => entry.flags |= NeighbourFlags::USE,
            Setting::Protocol => entry.protocol = Protocol(value.byte),
            Setting::Proxy => {
                entry.flags |= NeighbourFlags::PROXY;
                entry.destination = Some(value.address());
            }
            _ if entry.destination.is_some() => return Err(Setting::TABLE.refuse(value.keyword)),
            Setting::To | Setting::Other => {
                value.read(Takes::Prefix)?;
                entry.destination = Some(value.address());
            }
        }
    }
    let to = entry.destination.ok_or_else(|| Trouble::word("neigh", "no address is given"))?;
    let link = link.ok_or_else(|| Trouble::word("dev", "the link is missing"))?;
    entry.family = Family::of(to);
    let (flags, verb) = command.request();
    let outcome = ip.index(link).and_then(|index| {
        entry.index = index;
        match command {
            Command::Delete => neighbours::delete(&mut ip.socket, &entry),
            _ => neighbours::put(&mut ip.socket, verb, &entry, flags),
        }
    });
    let object = ["neighbour ", &Shown(to).to_string(), command.preposition(), link].concat();
    Ok(outcome.map_err(|error| error.during(verb, object.as_bytes()))?)
}
