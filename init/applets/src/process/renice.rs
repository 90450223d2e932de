//! `renice` (POSIX). As POSIX and BusyBox have it, `-n` adds; util-linux's `--priority` and the old form without an option
//! set.

use linux::process::{Whose, getpriority, setpriority};
use system::users::Names;

use super::number;
use crate::{Applet, Arguments, Flag, Io, Run, Status, options};

pub(crate) const APPLET: Applet = Applet {
    name: "renice",
    summary: "Change the nice value of processes that run",
    usage: "[-n] N [[-p | -g | -u] ID...]...",
    flags: flags![
        Flag::with(b'n', "relative", "N", "add N to the nice value"),
        Flag::with(PRIORITY, "priority", "N", "set it to N"),
        Flag::new(b'p', "pid", "what follows are processes (the default)"),
        Flag::new(b'g', "pgrp", "groups of processes"),
        Flag::new(b'u', "user", "users, by name or number"),
    ],
    // Its options stand between its operands, and change what these are.
    run: Run::Words(run),
};

const PRIORITY: u8 = 128;

fn run(io: &mut Io<'_>, arguments: Arguments<'_>) -> Status {
    let mut words = arguments.words.iter().copied();
    let first = words.next().unwrap_or_default();
    let (value, is_more) = match first {
        b"--help" => {
            options::print_help(arguments.applet, &mut io.out);
            return Status::SUCCESS;
        }
        b"-n" | b"--relative" => (words.next(), true),
        b"--priority" => (words.next(), false),
        _ => match first.strip_prefix(b"--priority=") {
            Some(value) => (Some(value), false),
            None => match first.strip_prefix(b"--relative=").or(first.strip_prefix(b"-n")) {
                Some(value) => (Some(value), true),
                None => (Some(first), false),
            },
        },
    };
    let Some(value) = value.filter(|value| !value.is_empty()) else { return arguments.usage(io) };
    let Some(value) = number::signed(value) else { return io.misuse(value, "is no number") };
    let names = Names::read();
    let mut kind = b'p';
    let mut status = None;
    for word in words {
        match word {
            b"-p" | b"--pid" => kind = b'p',
            b"-g" | b"--pgrp" => kind = b'g',
            b"-u" | b"--user" => kind = b'u',
            word => {
                let done = match whose(kind, word, &names) {
                    Some(whose) => io.report(word, change(whose, value, is_more)),
                    None => io.complain(word, &"no such process or user"),
                };
                status = Some(status.map_or(done, |status: Status| status.and(done)));
            }
        }
    }
    status.unwrap_or_else(|| arguments.usage(io))
}

fn whose(kind: u8, word: &[u8], names: &Names) -> Option<Whose> {
    Some(match kind {
        b'u' => Whose::User(names.find_user(word)?),
        b'g' => Whose::Group(Some(number::process(word)?)),
        _ => Whose::Process(Some(number::process(word)?)),
    })
}

fn change(whose: Whose, value: i32, is_more: bool) -> linux::Result<()> {
    let from = if is_more { getpriority(whose)? } else { 0 };
    setpriority(whose, from.saturating_add(value).clamp(-20, 19))
}
