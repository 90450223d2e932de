//! `ip address`: addresses of links.

mod change;
mod show;

use super::words::{self, Trouble, Words};
use super::{Io, Session};

use self::change::Action;

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

#[derive(Clone, Copy)]
enum Command {
    Change(Action),
    Show,
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
        Some(Command::Flush) => show::flush(ip, words),
        Some(Command::Help) => Err(Trouble::help()),
        None => Err(Trouble::word(word, "no such command")),
    }
}
