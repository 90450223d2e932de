//! How a rule is described, added and removed.

use system::routes::{Protocol, Table};
use system::rules::{self, Action, RuleFlags};

use formats::netlink::Family;

use super::super::words::{Argument, Prefix, Trouble, Words, number, route_kind};
use super::super::{Command, Session};
use super::{Range, Rule, TRANSPORTS, family};

pub(in super::super) fn run(
    ip: &mut Session,
    words: &mut Words<'_>,
    command: Command,
) -> Result<(), Trouble> {
    if words.is_empty() {
        return Err(Trouble::word("rule", "say which packets, or what to do with them"));
    }
    let Wish { mut rule, .. } = read(words, ip.settings.family)?;
    rule.family = family(rule.family);
    if command == Command::Delete {
        return Ok(rules::delete(&mut ip.socket, &rule)?);
    }
    if rule.action == Action::UNSPECIFIED {
        rule.action = Action::TABLE;
        if rule.table == Table::UNSPECIFIED && rule.master_device.is_none() {
            rule.table = Table::MAIN;
        }
    }
    Ok(rules::add(&mut ip.socket, &rule)?)
}

/// What the words say of a rule.
pub(super) struct Wish {
    pub(super) rule: Rule,
    /// The source, as it was said.
    pub(super) from: Option<Prefix>,
    /// The destination, as it was said.
    pub(super) to: Option<Prefix>,
}

keywords! {
    /// What can be said of a rule.
    enum Setting, "no such setting of a rule" {
        Not: Nothing = "not",
        From: Prefix = "from",
        To: Prefix = "to",
        Priority: Number = "preference* order* priority*",
        Tos: Number = "tos* dsfield*",
        Mark: Word = "fwmark*",
        Input: Word = "dev* iif*",
        Output: Word = "oif",
        MasterDevice: Nothing = "l3mdev",
        Users: Word = "uidrange",
        Table: Table = "table* lookup*",
        SuppressPrefix: Number = "suppress_prefixlength sup_pl",
        Protocol: Protocol = "protocol*",
        Transport: Word = "ipproto",
        SourcePorts: Word = "sport",
        DestinationPorts: Word = "dport",
        Goto: Number = "goto",
        Nothing: Nothing = "nop",
        Type: Word = "type",
        Other: Word = "_",
    }
}

/// Reads all words.
pub(super) fn read(words: &mut Words<'_>, told: Family) -> Result<Wish, Trouble> {
    let mut wish = Wish { rule: Rule { family: told, ..Rule::default() }, from: None, to: None };
    let value = &mut Argument::new(told);
    while let Some(setting) = Setting::next(words, value)? {
        let rule = &mut wish.rule;
        let complain = |reason| Trouble::word(value.word, reason);
        match setting {
            Setting::Not => rule.flags |= RuleFlags::INVERT,
            Setting::From | Setting::To => {
                let told = value.prefix;
                let address = Some(told.address).filter(|_| told.bits != 0);
                if told.bits != 0 || told.given {
                    rule.family = told.family();
                }
                if setting == Setting::From {
                    (wish.from, rule.source, rule.source_prefix) = (Some(told), address, told.bits);
                } else {
                    (wish.to, rule.destination, rule.prefix) = (Some(told), address, told.bits);
                }
            }
            Setting::Priority => rule.priority = Some(value.number),
            Setting::Tos => {
                rule.tos =
                    u8::try_from(value.number).map_err(|_| complain("a type of service is below 256"))?;
            }
            Setting::Mark => {
                let (mark, mask) = value.word.split_once('/').unwrap_or((value.word, ""));
                rule.mark = Some(number(mark).ok_or_else(|| complain("expected MARK[/MASK]"))?);
                if value.word.contains('/') {
                    rule.mask = Some(number(mask).ok_or_else(|| complain("expected MARK[/MASK]"))?);
                }
            }
            Setting::Input => rule.input = Some(value.word.into()),
            Setting::Output => rule.output = Some(value.word.into()),
            Setting::MasterDevice => rule.master_device = Some(1),
            Setting::Users => {
                let users = value.word.split_once('-');
                let users = users.and_then(|(first, last)| Some(Range(number(first)?, number(last)?)));
                rule.users = Some(users.ok_or_else(|| complain("expected FIRST-LAST"))?);
            }
            Setting::Table => rule.table = Table(value.number),
            Setting::SuppressPrefix => rule.suppress_prefix = Some(value.number.cast_signed()),
            Setting::Protocol => rule.protocol = Some(Protocol(value.byte)),
            Setting::Transport => {
                let transport = TRANSPORTS.find(value.word).and_then(|number| u8::try_from(number).ok());
                rule.transport = Some(transport.ok_or_else(|| complain("no such protocol"))?);
            }
            Setting::SourcePorts => rule.source_ports = Some(ports(value.word)?),
            Setting::DestinationPorts => rule.destination_ports = Some(ports(value.word)?),
            Setting::Goto => (rule.action, rule.target) = (Action::GOTO, Some(value.number)),
            Setting::Nothing => rule.action = Action::NOTHING,
            Setting::Type | Setting::Other => {
                let kind = route_kind(value.word).ok_or_else(|| Setting::TABLE.refuse(value.word))?;
                rule.action = Action(kind.0);
            }
        }
        value.family = wish.rule.family;
    }
    Ok(wish)
}

/// Reads `PORT` or `FIRST-LAST`.
fn ports(word: &str) -> Result<Range<u16>, Trouble> {
    let (first, last) = word.split_once('-').unwrap_or((word, word));
    let port = |word| number(word).and_then(|port| u16::try_from(port).ok());
    let range = port(first).and_then(|first| Some(Range(first, port(last)?)));
    range.ok_or_else(|| Trouble::word(word, "expected a port or FIRST-LAST"))
}
