//! `ip link`: network links.

mod change;
mod kinds;
pub(super) mod show;

use alloc::vec::Vec;

use formats::netlink::Family;
use system::links::{self, Extent, Link, LinkFlags};

use super::printer::Printer;
use super::words::{Argument, Trouble, Words};
use super::{Io, Session, Settings};
use crate::HAS_MORE;

keywords! {
    /// What can be done with links.
    enum Command, "no such command" {
        Add: Nothing = "add*",
        Set: Nothing = "set* change*",
        Delete: Nothing = "delete*",
        Show: Nothing = "show* lst* list*",
        Help: Nothing = "help*",
    }
}

pub(super) fn run(ip: &mut Session, io: &mut Io<'_>, words: &mut Words<'_>) -> Result<(), Trouble> {
    let command = Command::next(words, &mut Argument::new(Family::UNSPECIFIED))?;
    match command.unwrap_or(Command::Show) {
        Command::Show => show(ip, io, words),
        Command::Help => Err(Trouble::help()),
        command => change::run(ip, words, command),
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

keywords! {
    /// The words of a filter.
    enum Which, "a second name of a link" {
        Up: Nothing = "up",
        Name: Word = "dev",
        Master: Word = "master" if HAS_MORE,
        NoMaster: Nothing = "nomaster" if HAS_MORE,
        Kind: Word = "type" if HAS_MORE,
        Group: Group = "group" if HAS_MORE,
        Other: Word = "_",
    }
}

impl<'a> Filter<'a> {
    /// Takes one word of the filter, with its value; any other word names the link. `false`: there are none.
    pub(super) fn take(&mut self, words: &mut Words<'a>) -> Result<bool, Trouble> {
        let mut value = Argument::new(Family::UNSPECIFIED);
        let Some(which) = Which::next(words, &mut value)? else { return Ok(false) };
        match which {
            Which::Up => self.up = true,
            Which::Other if self.name.is_some() => return Err(Which::TABLE.refuse(value.word)),
            Which::Name | Which::Other => self.name = Some(value.word),
            Which::Master => self.master = Some(value.word),
            Which::NoMaster => self.no_master = true,
            Which::Kind => self.kind = Some(value.word),
            Which::Group => self.group = Some(value.number),
        }
        Ok(true)
    }

    /// Gives all links, and the places among them of those that pass.
    ///
    /// Of one link, its own name and those of the links it refers to are all that is needed.
    pub(super) fn links(&self, ip: &mut Session) -> system::Result<(Vec<Link>, Vec<usize>)> {
        let extent = if ip.settings.statistics { Extent::empty() } else { Extent::SKIP_STATISTICS };
        let named = ip.optional(self.name)?;
        let master = ip.optional(self.master)?;
        let all = links::dump_with(&mut ip.socket, extent)?;
        let passes = |link: &Link| {
            named.is_none_or(|named| named == link.index)
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

fn show(ip: &mut Session, io: &mut Io<'_>, words: &mut Words<'_>) -> Result<(), Trouble> {
    let mut filter = Filter::default();
    while filter.take(words)? {}
    let (all, places) = filter.links(ip)?;
    // The family does not matter to a link.
    let settings = Settings { family: Family::UNSPECIFIED, ..ip.settings };
    let details = if HAS_MORE && settings.details { links::settings(&mut ip.socket)? } else { Vec::new() };
    let mut printer = Printer::new(&mut io.out, settings);
    for link in places.iter().filter_map(|&place| all.get(place)) {
        printer.object();
        if HAS_MORE && settings.brief {
            show::brief(&mut printer, link, &all);
            show::brief_address(&mut printer, link);
            show::flags(&mut printer, link, &all);
        } else {
            show::head(&mut printer, link, &all, settings, true);
            let own = details.iter().find(|(index, _)| HAS_MORE && *index == link.index);
            if let (Some((_, data)), Some(kind)) = (own, &link.kind) {
                kinds::show(&mut printer, kind, data, &all);
            }
        }
        printer.end_line();
        printer.end_object();
    }
    printer.finish();
    Ok(())
}
