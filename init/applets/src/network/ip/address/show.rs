//! How addresses are shown, and many of them removed.

use alloc::string::ToString;
use alloc::vec::Vec;

use formats::netlink::{Family, Names};
use system::addresses::{self, Address, AddressFlags, FOREVER, Scope};
use system::links::Link;

use super::super::link::{Filter as LinkFilter, show as link_show};
use super::super::printer::Printer;
use super::super::words::{Argument, Prefix, Takes, Trouble, Words};
use super::super::{Io, Session, Settings};
use crate::HAS_MORE;

/// Names of flags, in the order in which they are shown.
const FLAGS: &Names = &formats::names! {
    AddressFlags::SECONDARY.bits() => "secondary",
    AddressFlags::NO_DAD.bits() => "nodad",
    AddressFlags::OPTIMISTIC.bits() => "optimistic",
    AddressFlags::DAD_FAILED.bits() => "dadfailed",
    AddressFlags::HOME_ADDRESS.bits() => "home",
    AddressFlags::DEPRECATED.bits() => "deprecated",
    AddressFlags::TENTATIVE.bits() => "tentative",
    AddressFlags::PERMANENT.bits() => "permanent",
    AddressFlags::MANAGE_TEMPORARY.bits() => "mngtmpaddr",
    AddressFlags::NO_PREFIX_ROUTE.bits() => "noprefixroute",
    AddressFlags::AUTO_JOIN.bits() => "autojoin",
    AddressFlags::STABLE_PRIVACY.bits() => "stable-privacy",
};

/// Finds a flag by its name; none for any other word.
pub(super) fn flag(name: &str) -> AddressFlags {
    AddressFlags::from_bits_retain(FLAGS.named(name).unwrap_or(0))
}

/// Which addresses to show.
#[derive(Default)]
struct Filter<'a> {
    link: LinkFilter<'a>,
    scope: Option<Scope>,
    to: Option<Prefix>,
    label: Option<&'a str>,
    set: AddressFlags,
    clear: AddressFlags,
}

keywords! {
    /// The words of a filter, beside those of a filter of links.
    enum Which, "" {
        Scope: Word = "scope" if HAS_MORE,
        To: Prefix = "to",
        Label: Word = "label" if HAS_MORE,
        Dynamic: Nothing = "dynamic" if HAS_MORE,
        Primary: Nothing = "primary" if HAS_MORE,
        Temporary: Nothing = "temporary" if HAS_MORE,
        Other: Word = "_",
    }
}

impl<'a> Filter<'a> {
    fn read(words: &mut Words<'a>, family: Family) -> Result<Self, Trouble> {
        let mut filter = Self::default();
        let value = &mut Argument::new(family);
        let mut rest = *words;
        while let Some(which) = Which::next(&mut rest, value)? {
            let without = value.word.strip_prefix('-');
            let named = flag(without.unwrap_or(value.word));
            match which {
                Which::Scope => filter.scope = value.unless_all(Takes::Scope)?.map(Scope),
                Which::To => filter.to = Some(value.prefix),
                Which::Label => filter.label = Some(value.word),
                Which::Dynamic => filter.clear |= AddressFlags::PERMANENT,
                Which::Primary => filter.clear |= AddressFlags::SECONDARY,
                Which::Temporary => filter.set |= AddressFlags::SECONDARY,
                Which::Other if named.is_empty() => {
                    filter.link.take(words)?;
                    rest = *words;
                }
                Which::Other if without.is_some() => filter.clear |= named,
                Which::Other => filter.set |= named,
            }
            *words = rest;
        }
        Ok(filter)
    }

    /// Says whether anything about addresses is asked, so that links without any are left out.
    fn is_about_addresses(&self) -> bool {
        self.scope.is_some()
            || self.to.is_some()
            || self.label.is_some()
            || !(self.set | self.clear).is_empty()
    }

    fn passes(&self, address: &Address, link: &str) -> bool {
        let label = address.label.as_deref().unwrap_or(link);
        self.scope.is_none_or(|scope| scope == address.scope)
            && self.to.is_none_or(|to| to.holds(address.local, to.family().bits()))
            && self.label.is_none_or(|pattern| matches(pattern.as_bytes(), label.as_bytes()))
            && address.flags.contains(self.set)
            && !address.flags.intersects(self.clear)
    }
}

/// Matches a label against a pattern of `*` (any text) and `?` (any byte).
fn matches(pattern: &[u8], text: &[u8]) -> bool {
    // On a mismatch the last star takes one byte more; so the time is at most the product of the lengths.
    let (mut p, mut t) = (0, 0);
    let mut star = None;
    loop {
        match (pattern.get(p), text.get(t)) {
            (Some(b'*'), _) => {
                star = Some((p, t));
                p += 1;
            }
            (Some(b'?'), Some(_)) => (p, t) = (p + 1, t + 1),
            (Some(a), Some(b)) if a == b => (p, t) = (p + 1, t + 1),
            (None, None) => return true,
            _ => match star {
                Some((at, from)) if from < text.len() => {
                    star = Some((at, from + 1));
                    (p, t) = (at + 1, from + 1);
                }
                _ => return false,
            },
        }
    }
}

pub(in super::super) fn run(ip: &mut Session, io: &mut Io<'_>, words: &mut Words<'_>) -> Result<(), Trouble> {
    let filter = Filter::read(words, ip.settings.family)?;
    let family = filter.to.filter(|to| to.given || to.bits > 0).map_or(ip.settings.family, |to| to.family());
    let settings = Settings { family, ..ip.settings };
    let (links, places) = filter.link.links(ip)?;
    let shown = if settings.family == Family::PACKET { Vec::new() } else { addresses_of(ip, &filter)? };
    let mut printer = Printer::new(&mut io.out, settings);
    for link in places.iter().filter_map(|&place| links.get(place)) {
        let mut own: Vec<&Address> = shown.iter().filter(|address| address.index == link.index).collect();
        // As in iproute2, a link without any address passes what asks about addresses, unless a family is asked for.
        let bare = own.is_empty() && settings.family.bits() == 0 && filter.label.is_none();
        own.retain(|address| filter.passes(address, &link.name));
        let asked = settings.family.bits() != 0 || filter.is_about_addresses();
        if asked && own.is_empty() && !bare {
            continue;
        }
        show(&mut printer, link, &links, &own, settings);
    }
    printer.finish();
    Ok(())
}

/// Gives the addresses of the family; of one link only when one is named.
fn addresses_of(ip: &mut Session, filter: &Filter<'_>) -> system::Result<Vec<Address>> {
    let index = ip.filtered(filter.link.name)?;
    addresses::dump(&mut ip.socket, ip.settings.family, index)
}

/// Removes the addresses that the filter lets pass.
pub(in super::super) fn flush(ip: &mut Session, words: &mut Words<'_>) -> Result<(), Trouble> {
    let filter = Filter::read(words, ip.settings.family)?;
    if filter.link.name.is_none() && filter.to.is_none() && filter.label.is_none() && filter.scope.is_none() {
        return Err(Trouble::word(
            "flush",
            "would remove all addresses: say of which link (dev), scope, label or prefix (to)",
        ));
    }
    let (links, places) = filter.link.links(ip)?;
    let addresses = addresses_of(ip, &filter)?;
    for link in places.iter().filter_map(|&place| links.get(place)) {
        let own = addresses.iter().filter(|address| address.index == link.index);
        for address in own.filter(|address| filter.passes(address, &link.name)) {
            match addresses::delete(&mut ip.socket, address) {
                // It went with the first address of its subnet.
                Err(error) if error.errno() == Some(linux::Errno::ADDRNOTAVAIL) => {}
                outcome => outcome?,
            }
        }
    }
    Ok(())
}

fn show(printer: &mut Printer<'_>, link: &Link, links: &[Link], own: &[&Address], settings: Settings) {
    printer.object();
    if HAS_MORE && settings.brief {
        link_show::brief(printer, link, links);
    } else if !settings.oneline {
        link_show::head(printer, link, links, settings, false);
        printer.end_line();
    }
    if settings.family == Family::PACKET {
        return printer.end_object();
    }
    printer.array("addr_info");
    for address in own {
        printer.object();
        if HAS_MORE && settings.brief {
            ends(printer, address);
        } else {
            if settings.oneline {
                named(printer, address, &link.name);
            } else {
                whole(printer, address);
            }
            printer.end_line();
        }
        printer.end_object();
    }
    printer.end_array();
    if HAS_MORE && settings.brief {
        printer.end_line();
    }
    printer.end_object();
}

/// Prints `address[ peer address]/bits[ metric number]`.
fn ends(printer: &mut Printer<'_>, address: &Address) {
    printer.address("local||", Some(address.local));
    printer.address("address| peer |", address.peer);
    printer.number("prefixlen|/| ", address.prefix.into());
    printer.optional("metric|metric | ", address.route_priority);
}

/// Prints an address behind its link.
pub(in super::super) fn named(printer: &mut Printer<'_>, address: &Address, link: &str) {
    printer.number("index||: ", address.index.into());
    printer.word("dev||", &link);
    whole(printer, address);
}

fn whole(printer: &mut Printer<'_>, address: &Address) {
    printer.word("family|    | ", &address.family());
    ends(printer, address);
    printer.address("broadcast|brd | ", address.broadcast);
    printer.address("anycast|any | ", address.anycast);
    printer.word("scope|scope | ", &address.scope);
    flags(printer, address);
    if let Some(label) = &address.label {
        printer.word("label||", label);
    }
    if let Some(times) = address.lifetimes {
        printer.line();
        lifetime(printer, "valid_life_time|       valid_lft |", times.valid_s);
        lifetime(printer, "preferred_life_time| preferred_lft |", times.preferred_s);
    }
}

fn flags(printer: &mut Printer<'_>, address: &Address) {
    let mut rest = address.flags;
    for (flag, name) in FLAGS.iter() {
        let flag = AddressFlags::from_bits_retain(flag);
        let name = match name {
            // What has no name is the absence of this one.
            "permanent" if rest.contains(flag) => "",
            "permanent" => "dynamic",
            "secondary" if address.family() == Family::INET6 => "temporary",
            name => name,
        };
        if !name.is_empty() && (rest.contains(flag) || name == "dynamic") {
            printer.truth(name, name);
            printer.text(" ");
        }
        rest.remove(flag);
    }
    if !rest.is_empty() {
        let bits = alloc::format!("{:02x}", rest.bits());
        printer.word("ifa_flags|flags | ", &bits);
    }
}

fn lifetime(printer: &mut Printer<'_>, face: &str, seconds: u32) {
    match seconds {
        FOREVER => printer.shown(face, seconds.into(), &"forever"),
        _ => printer.shown(face, seconds.into(), &[&seconds.to_string(), "sec"].concat()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, text, expected) in [
            ("eth0", "eth0", true),
            ("eth*", "eth0:1", true),
            ("*:1", "eth0:1", true),
            ("*", "", true),
            ("e?h*1", "eth0:1", true),
            ("eth", "eth0", false),
            ("?", "", false),
            ("*a*b", "xxaxxbxxc", false),
            ("*a*b", "xxaxxbxxb", true),
        ] {
            assert_eq!(matches(pattern.as_bytes(), text.as_bytes()), expected, "{pattern} {text}");
        }
    }
}
