//! `ip monitor`: changes of links, addresses, routes, neighbours and rules as the kernel tells them, until it is ended. With `-json`
//! each is a list of its own, in a line.

use alloc::boxed::Box;
use alloc::vec::Vec;

use formats::netlink::message::kind;
use formats::netlink::{Family, Message};
use linux::fs::Timestamp;
use linux::time::{Clock, clock_gettime};
use system::addresses::Address;
use system::links::Link;
use system::neighbours::Neighbour;
use system::netlink::{Groups, Listener};
use system::routes::Route;
use system::rules::Rule;

use super::printer::Printer;
use super::words::{Argument, Trouble, Words};
use super::{Extra, Session, Settings, address, link, name_of, neighbour, route, rule};
use crate::Io;
use crate::zone::Zone;

keywords! {
    /// What is told of, and how.
    enum Which, "nothing to be told of" {
        Link: Nothing = "link*",
        Address: Nothing = "address*",
        Route: Nothing = "route*",
        Neighbour: Nothing = "neighbor* neighbour*",
        Rule: Nothing = "rule*",
        All: Nothing = "all",
        Label: Nothing = "label*",
        Device: Word = "dev",
        Help: Nothing = "help*",
    }
}

/// An object of one of the tables.
enum Object {
    Link(Box<Link>),
    Address(Address),
    Route(Route),
    Neighbour(Neighbour),
    Rule(Rule),
}

pub(super) fn run(ip: &mut Session, io: &mut Io<'_>, words: &mut Words<'_>) -> Result<(), Trouble> {
    let value = &mut Argument::new(Family::UNSPECIFIED);
    let (mut groups, mut has_labels, mut device) = (Groups::empty(), false, None);
    while let Some(which) = Which::next(words, value)? {
        match which {
            Which::Link => groups |= Groups::LINKS,
            Which::Address => groups |= Groups::ADDRESSES,
            Which::Route => groups |= Groups::ROUTES,
            Which::Neighbour => groups |= Groups::NEIGHBOURS,
            Which::Rule => groups |= Groups::RULES,
            Which::All => (groups, has_labels) = (Groups::all(), true),
            Which::Label => has_labels = true,
            Which::Device => device = Some(value.word),
            Which::Help => return Err(Trouble::help()),
        }
    }
    if groups.is_empty() {
        groups = Groups::all();
    }
    // Of links at least the names are needed.
    let mut listener = Listener::open(groups | Groups::LINKS)?;
    let device = ip.optional(device)?;
    let settings = Settings { brief: false, ..ip.settings };
    let (links, zone) = (ip.names()?, Zone::of(io, true));
    let mut watcher = Watcher { settings, groups, has_labels, device, links, zone };
    while !io.out.is_broken() {
        if !listener.next(&mut |message| watcher.tell(io, message))? {
            io.complain(b"", &"changes came too fast, and some are lost");
        }
        io.out.flush();
    }
    Ok(())
}

struct Watcher {
    settings: Settings,
    /// What is asked for.
    groups: Groups,
    has_labels: bool,
    /// Only what belongs to this link.
    device: Option<u32>,
    /// All links, for their names.
    links: Vec<Link>,
    zone: Zone,
}

impl Watcher {
    fn tell(&mut self, io: &mut Io<'_>, message: &Message<'_>) {
        let Some((object, is_gone)) = read(message) else { return };
        if let Object::Link(link) = &object {
            self.links.retain(|known| known.index != link.index);
            if !is_gone {
                self.links.push(Link::clone(link));
            }
        }
        if self.is_wanted(&object) {
            self.show(io, &object, is_gone);
        }
    }

    fn is_wanted(&self, object: &Object) -> bool {
        let (family, index) = match object {
            Object::Link(link) => (Family::UNSPECIFIED, Some(link.index)),
            Object::Address(address) => (address.family(), Some(address.index)),
            Object::Route(route) => (route.family, route.output),
            Object::Neighbour(neighbour) => (neighbour.family, Some(neighbour.index)),
            Object::Rule(rule) => (rule.family, None),
        };
        let asked = self.settings.family;
        let is_family = asked.bits() == 0 || family == Family::UNSPECIFIED || family == asked;
        let is_asked = self.groups.contains(Groups::LINKS) || !matches!(object, Object::Link(_));
        is_asked && is_family && self.device.is_none_or(|device| index == Some(device))
    }

    fn show(&self, io: &mut Io<'_>, object: &Object, is_gone: bool) {
        if !self.settings.json {
            self.put_time(io);
            if self.has_labels {
                io.out.put(match object {
                    Object::Link(_) => b"[LINK]",
                    Object::Address(_) => b"[ADDR]",
                    Object::Route(_) => b"[ROUTE]",
                    Object::Neighbour(_) => b"[NEIGH]",
                    Object::Rule(_) => b"[RULE]",
                });
            }
        }
        let mut printer = Printer::new(&mut io.out, self.settings);
        printer.object();
        if is_gone {
            printer.truth("deleted", "Deleted ");
        }
        match object {
            Object::Link(link) => {
                let settings = Settings { family: Family::UNSPECIFIED, ..self.settings };
                // Told of a change, nobody asks for the length of the queue.
                let link = Link { queue_length: None, ..Link::clone(link) };
                link::show::head(&mut printer, &link, &self.links, settings, false);
            }
            Object::Address(address) => {
                address::show::named(&mut printer, address, &name_of(&self.links, address.index));
            }
            Object::Route(route) => route::show::whole(&mut printer, route, &self.links),
            Object::Neighbour(neighbour) => neighbour::whole_named(&mut printer, neighbour, &self.links),
            Object::Rule(rule) => rule::show::show(&mut printer, rule),
        }
        printer.end_line();
        printer.end_object();
        printer.finish();
    }

    /// Tells when it was, if that is asked for: `-timestamp`, `-tshort`.
    fn put_time(&self, io: &mut Io<'_>) {
        let (form, is_long) = match self.settings.extra {
            Some(Extra::Times) => ("Timestamp: %a %b %e %H:%M:%S %Y ", true),
            Some(Extra::ShortTimes) => ("[%Y-%m-%dT%H:%M:%S.%6N] ", false),
            Some(Extra::All) | None => return,
        };
        let now = clock_gettime(Clock::REALTIME).unwrap_or_default();
        let now = Timestamp { seconds: now.seconds, nanoseconds: now.nanoseconds as u32 };
        self.zone.form(form, now, &mut io.out);
        if is_long {
            io.out.number(u64::from(now.nanoseconds / 1000));
            io.out.put(b" usec\n");
        }
    }
}

/// Reads what a message tells of, and whether that is gone.
fn read(message: &Message<'_>) -> Option<(Object, bool)> {
    let payload = message.payload;
    // That something is gone has the number behind that of something new (linux/rtnetlink.h).
    let (kind, is_gone) = (message.header.kind & !1, message.header.kind & 1 == 1);
    let object = match kind {
        // Of other families are notes on a bridge's port, in the shape of a link.
        kind::NEW_LINK if payload.first() == Some(&Family::UNSPECIFIED.0) => {
            Object::Link(Box::new(Link::parse(payload).ok()?))
        }
        kind::NEW_ADDRESS => Object::Address(Address::parse(payload).ok()?),
        kind::NEW_ROUTE => Object::Route(Route::parse(payload).ok()?),
        kind::NEW_NEIGHBOUR => {
            Object::Neighbour(Neighbour::parse(payload).ok().filter(|entry| entry.family.bits() != 0)?)
        }
        kind::NEW_RULE => Object::Rule(Rule::parse(payload).ok()?),
        _ => return None,
    };
    Some((object, is_gone))
}
