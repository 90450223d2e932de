//! `ip link`: network links.

mod change;
pub(super) mod show;

use alloc::vec::Vec;

use formats::netlink::Family;
use system::links::{self, Extent, Link, LinkFlags};

use super::printer::Printer;
use super::words::{self, Trouble, Words};
use super::{Io, Session, Settings};

use self::change::Action;

/// The commands; an abbreviation means the first that begins with it.
const COMMANDS: &[(&str, Command)] = &[
    ("add", Command::Change(Action::Add)),
    ("set", Command::Change(Action::Set)),
    ("change", Command::Change(Action::Set)),
    ("delete", Command::Change(Action::Delete)),
    ("show", Command::Show),
    ("lst", Command::Show),
    ("list", Command::Show),
    ("help", Command::Help),
];

#[derive(Clone, Copy)]
enum Command {
    Change(Action),
    Show,
    Help,
}

pub(super) fn run(ip: &mut Session, io: &mut Io<'_>, mut words: Words<'_>) -> Result<(), Trouble> {
    let Some(word) = words.next()? else {
        return show(ip, io, words);
    };
    match words::choose(word, COMMANDS) {
        Some(Command::Change(action)) => change::run(ip, words, action),
        Some(Command::Show) => show(ip, io, words),
        Some(Command::Help) => Err(Trouble::help()),
        None => Err(Trouble::word(word, "no such command")),
    }
}

/// Which links to show.
#[derive(Clone, Default)]
pub(super) struct Filter<'a> {
    pub(super) name: Option<&'a str>,
    pub(super) up: bool,
    pub(super) master: Option<&'a str>,
    pub(super) no_master: bool,
    pub(super) kind: Option<&'a str>,
    pub(super) group: Option<u32>,
}

impl<'a> Filter<'a> {
    /// Takes one word of the filter, with its value; any other word names the link.
    pub(super) fn take(&mut self, word: &'a str, words: &mut Words<'a>) -> Result<(), Trouble> {
        match word {
            "up" => self.up = true,
            "dev" => self.name = Some(words.value(word)?),
            "master" => self.master = Some(words.value(word)?),
            "nomaster" => self.no_master = true,
            "type" => self.kind = Some(words.value(word)?),
            "group" => self.group = Some(group(words)?),
            _ if self.name.is_some() => return Err(Trouble::word(word, "a second name of a link")),
            name => self.name = Some(name),
        }
        Ok(())
    }

    /// Gives all links, and the places among them of those that pass.
    ///
    /// Of one link, its own name and those of the links it refers to are all that is needed.
    pub(super) fn links(&self, ip: &mut Session) -> system::Result<(Vec<Link>, Vec<usize>)> {
        let extent = if ip.settings.statistics { Extent::empty() } else { Extent::SKIP_STATISTICS };
        let named =
            self.name.map(|name| links::find(&mut ip.socket, name, Extent::SKIP_STATISTICS)).transpose()?;
        let master = match self.master {
            Some(name) => Some(ip.index(name)?),
            None => None,
        };
        let all = links::dump_with(&mut ip.socket, extent)?;
        let passes = |link: &Link| {
            named.as_ref().is_none_or(|named| named.index == link.index)
                && (!self.up || link.flags.contains(LinkFlags::UP))
                && (master.is_none() || master == link.master)
                && (!self.no_master || link.master.is_none())
                && self.group.is_none_or(|group| group == link.group)
                && self.kind.is_none_or(|kind| {
                    let port = kind.strip_suffix("_slave");
                    link.kind.as_deref() == Some(kind)
                        || (port.is_some() && link.port_kind.as_deref() == port)
                })
        };
        let places =
            all.iter().enumerate().filter(|(_, link)| passes(link)).map(|(place, _)| place).collect();
        Ok((all, places))
    }
}

/// Reads a group of links; the first one has a name.
fn group(words: &mut Words<'_>) -> Result<u32, Trouble> {
    match words.next_if(|name| name == "default")? {
        Some(_) => Ok(0),
        None => words.number("group"),
    }
}

fn show(ip: &mut Session, io: &mut Io<'_>, mut words: Words<'_>) -> Result<(), Trouble> {
    let mut filter = Filter::default();
    while let Some(word) = words.next()? {
        filter.take(word, &mut words)?;
    }
    let (all, places) = filter.links(ip)?;
    // The family does not matter to a link.
    let settings = Settings { family: Family::UNSPECIFIED, ..ip.settings };
    let mut printer = Printer::new(&mut io.out, settings);
    for link in places.iter().filter_map(|&place| all.get(place)) {
        printer.object();
        if settings.brief {
            show::brief(&mut printer, link, &all);
            show::brief_address(&mut printer, link);
            show::flags(&mut printer, link, &all);
        } else {
            show::head(&mut printer, link, &all, settings, true);
        }
        printer.end_line();
        printer.end_object();
    }
    printer.finish();
    Ok(())
}
