//! How rules are shown, and many of them removed.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Display;
use core::net::IpAddr;

use formats::internet::Shown;
use system::routes::{Protocol, RouteKind, Table};
use system::rules::{self, Action, Range, Rule, RuleFlags};

use super::super::printer::Printer;
use super::super::words::{Trouble, Words};
use super::super::{Io, Session};
use super::change::{self, Wish};
use super::{TRANSPORTS, family};

pub(in super::super) fn run(ip: &mut Session, io: &mut Io<'_>, words: &mut Words<'_>) -> Result<(), Trouble> {
    let rules = select(ip, words)?;
    let mut printer = Printer::new(&mut io.out, ip.settings);
    for rule in &rules {
        printer.object();
        show(&mut printer, rule);
        printer.end_line();
        printer.end_object();
    }
    printer.finish();
    Ok(())
}

/// Removes the rules that the words fit, but the first one, which finds this machine's own addresses.
pub(in super::super) fn flush(ip: &mut Session, words: &mut Words<'_>) -> Result<(), Trouble> {
    for rule in select(ip, words)?.iter().filter(|rule| rule.priority.is_some()) {
        rules::delete(&mut ip.socket, &Rule { flags: rule.flags & RuleFlags::INVERT, ..rule.clone() })?;
    }
    Ok(())
}

fn select(ip: &mut Session, words: &mut Words<'_>) -> Result<Vec<Rule>, Trouble> {
    let wish = change::read(words, ip.settings.family)?;
    let mut all = rules::dump(&mut ip.socket, family(wish.rule.family))?;
    all.retain(|rule| passes(&wish, rule));
    Ok(all)
}

/// Says whether a rule has everything that is wished.
fn passes(wish: &Wish, rule: &Rule) -> bool {
    fn same<T: PartialEq>(wished: &Option<T>, has: &Option<T>) -> bool {
        wished.is_none() || wished == has
    }
    let wished = &wish.rule;
    let within = |prefix: Option<super::super::words::Prefix>, address: Option<IpAddr>| {
        prefix.is_none_or(|prefix| {
            prefix.bits == 0 || address.is_some_and(|address| prefix.holds(address, prefix.family().bits()))
        })
    };
    (wished.priority.is_none() || wished.priority == Some(rule.priority.unwrap_or(0)))
        && within(wish.from, rule.source)
        && within(wish.to, rule.destination)
        && (wished.tos == 0 || wished.tos == rule.tos)
        && same(&wished.mark, &rule.mark)
        && same(&wished.mask, &rule.mask)
        && same(&wished.input, &rule.input)
        && same(&wished.output, &rule.output)
        && same(&wished.users, &rule.users)
        && same(&wished.transport, &rule.transport)
        && same(&wished.source_ports, &rule.source_ports)
        && same(&wished.destination_ports, &rule.destination_ports)
        && same(&wished.suppress_prefix, &rule.suppress_prefix)
        && same(&wished.protocol, &rule.protocol)
        && same(&wished.target, &rule.target)
        && (wished.table == Table::UNSPECIFIED || wished.table == rule.table)
        && (wished.action == Action::UNSPECIFIED || wished.action == rule.action)
        && rule.flags.contains(wished.flags)
}

/// Prints a rule.
pub(in super::super) fn show(printer: &mut Printer<'_>, rule: &Rule) {
    printer.number("priority||:\t", rule.priority.unwrap_or(0).into());
    if rule.flags.contains(RuleFlags::INVERT) {
        printer.null("not", "not ");
    }
    prefix(printer, ("src|from |", "srclen|/|"), rule, rule.source, rule.source_prefix);
    if rule.destination.is_some() || rule.prefix != 0 {
        prefix(printer, ("dst| to |", "dstlen|/|"), rule, rule.destination, rule.prefix);
    }
    if rule.tos != 0 {
        printer.word("tos| tos |", &alloc::format!("{:#04x}", rule.tos));
    }
    if rule.mark.is_some() || rule.mask.is_some() {
        printer.word("fwmark| fwmark |", &hexadecimal(rule.mark.unwrap_or(0)));
        if let Some(mask) = rule.mask.filter(|&mask| mask != u32::MAX) {
            printer.word("fwmask|/|", &hexadecimal(mask));
        }
    }
    let input = ("iif| iif |", "iif_detached", RuleFlags::INPUT_DETACHED);
    let output = ("oif| oif |", "oif_detached", RuleFlags::OUTPUT_DETACHED);
    for (link, (face, key, detached)) in [(&rule.input, input), (&rule.output, output)] {
        if let Some(link) = link {
            printer.word(face, link);
            if rule.flags.contains(detached) {
                printer.null(key, " [detached]");
            }
        }
    }
    if rule.master_device.is_some_and(|device| device != 0) {
        printer.null("l3mdev", " lookup [l3mdev-table]");
    }
    if let Some(Range(first, last)) = rule.users {
        printer.number("uid_start| uidrange |", first.into());
        printer.number("uid_end|-|", last.into());
    }
    if let Some(transport) = rule.transport {
        let name = TRANSPORTS.of(transport.into());
        printer.word("ipproto| ipproto |", &name.map_or_else(|| transport.to_string(), Into::into));
    }
    ports(printer, "sport", rule.source_ports);
    ports(printer, "dport", rule.destination_ports);
    if rule.table != Table::UNSPECIFIED {
        printer.word("table| lookup |", &rule.table);
        if let Some(bits) = rule.suppress_prefix.filter(|&bits| bits != -1) {
            printer.shown("suppress_prefixlen| suppress_prefixlength |", bits.into(), &bits);
        }
    }
    action(printer, rule);
    // What the kernel set is no news.
    let protocol = rule.protocol.filter(|told| !matches!(*told, Protocol::UNSPECIFIED | Protocol::KERNEL));
    if let Some(protocol) = protocol {
        printer.word("protocol| proto |", &protocol);
    }
}

fn prefix(
    printer: &mut Printer<'_>,
    (address_face, bits_face): (&str, &str),
    rule: &Rule,
    address: Option<IpAddr>,
    bits: u8,
) {
    let shown = address.map(Shown);
    let none: &dyn Display = if bits == 0 { &"all" } else { &"0" };
    printer.word(address_face, shown.as_ref().map_or(none, |shown| shown));
    let whole = if address.is_some() { rule.family.bits() } else { 0 };
    if bits != whole {
        printer.number(bits_face, bits.into());
    }
}

fn hexadecimal(number: u32) -> String {
    if number == 0 { "0".into() } else { alloc::format!("{number:#x}") }
}

fn ports(printer: &mut Printer<'_>, key: &str, ports: Option<Range<u16>>) {
    let Some(Range(first, last)) = ports else { return };
    if first == last {
        return printer.number(&[key, "| ", key, " |"].concat(), first.into());
    }
    printer.number(&[key, "_start| ", key, " |"].concat(), first.into());
    printer.number(&[key, "_end|-|"].concat(), last.into());
}

fn action(printer: &mut Printer<'_>, rule: &Rule) {
    match rule.action {
        Action::TABLE => {}
        Action::GOTO => {
            match rule.target {
                Some(target) => printer.number("goto| goto |", target.into()),
                None => printer.word("goto| goto |", &"none"),
            }
            if rule.flags.contains(RuleFlags::UNRESOLVED) {
                printer.null("unresolved", " [unresolved]");
            }
        }
        Action::NOTHING => printer.null("nop", " nop"),
        Action(other) => printer.word("action| |", &RouteKind(other)),
    }
}
