//! `ip route`: routes.

mod change;
mod filter;
mod get;
mod show;

use formats::netlink::route::{Protocol, RouteKind, Scope, Table};

use super::words::{self, Trouble, Words};
use super::{Io, Session};

use self::change::Action;

/// The commands; an abbreviation means the first that begins with it.
const COMMANDS: &[(&str, Command)] = &[
    ("list", Command::Show),
    ("show", Command::Show),
    ("lst", Command::Show),
    ("get", Command::Get),
    ("add", Command::Change(Action::Add)),
    ("change", Command::Change(Action::Change)),
    ("chg", Command::Change(Action::Change)),
    ("replace", Command::Change(Action::Replace)),
    ("prepend", Command::Change(Action::Prepend)),
    ("append", Command::Change(Action::Append)),
    ("delete", Command::Change(Action::Delete)),
    ("flush", Command::Flush),
    ("help", Command::Help),
];

#[derive(Clone, Copy)]
enum Command {
    Change(Action),
    Show,
    Get,
    Flush,
    Help,
}

pub(super) fn run(ip: &mut Session, io: &mut Io<'_>, mut words: Words<'_>) -> Result<(), Trouble> {
    let Some(word) = words.next()? else {
        return show::run(ip, io, words);
    };
    match words::choose(word, COMMANDS) {
        Some(Command::Change(action)) => change::run(ip, words, action),
        Some(Command::Show) => show::run(ip, io, words),
        Some(Command::Get) => get::run(ip, io, words),
        Some(Command::Flush) => show::flush(ip, words),
        Some(Command::Help) => Err(Trouble::help()),
        None => Err(Trouble::word(word, "no such command")),
    }
}

fn table(name: &str) -> Result<Table, Trouble> {
    let table = words::number(name).map(Table).or_else(|| Table::from_name(name));
    table.ok_or_else(|| Trouble::word(name, "no such routing table"))
}

fn protocol(name: &str) -> Result<Protocol, Trouble> {
    Protocol::from_name(name).ok_or_else(|| Trouble::word(name, "no such protocol"))
}

fn scope(name: &str) -> Result<Scope, Trouble> {
    Scope::from_name(name).ok_or_else(|| Trouble::word(name, "no such scope"))
}

/// Finds a type of route by its name; numbers could be taken for a destination.
fn kind(name: &str) -> Option<RouteKind> {
    if name.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    RouteKind::from_name(name).filter(|kind| *kind != RouteKind::UNSPECIFIED)
}
