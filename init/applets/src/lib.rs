//! The commands, one a file: each takes its streams and arguments and gives a status; this crate never exits the process.
//!
//! To add a command: write `src/<group>/<name>.rs` with a `pub(crate) const APPLET`, add its `mod` line and its row to
//! `src/<group>/mod.rs` and its feature to `Cargo.toml`, and describe it by examples in `tests/applets/<name>.test`.

#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]
// What is not chosen is not linked; that all of it is used somewhere is checked where all is chosen.
#![cfg_attr(not(feature = "all"), allow(dead_code))]

extern crate alloc;

#[macro_use]
mod command;
#[macro_use]
mod group;
#[macro_use]
mod options;

mod amount;
mod console;
mod disk;
mod file;
mod io;
mod listed;
#[cfg(feature = "multiplexer")]
pub mod multiplexer;
mod network;
#[cfg(not(feature = "files"))]
mod no_zone;
mod packed;
mod process;
mod reader;
mod sandbox;
mod source;
mod span;
mod status;
mod suggestion;
mod system;
mod text;
mod user;
#[cfg(feature = "files")]
mod zone;

use alloc::vec::Vec;

#[cfg(not(feature = "files"))]
use no_zone as zone;

pub use command::Command;
pub use group::Group;
pub use io::{Input, Io, Output, Together};
use options::HAS_MORE;
pub use options::{Flag, Flags, JSON, NUMBER, Parsed, Value};
pub use sandbox::Keeps;
pub use status::{Failure, Outcome, Status};

/// A command as its file declares it: what [`Command`] is made of.
pub struct Applet {
    /// The word that calls it.
    pub name: &'static str,
    /// What it does, in one line.
    pub summary: &'static str,
    /// The forms of its arguments, a line each, without the name (`[OPTION]... [FILE]...`).
    pub usage: &'static str,
    /// Its options.
    pub flags: Flags,
    /// The command itself.
    pub run: Run,
}

/// How a command takes its words.
#[derive(Clone, Copy)]
pub enum Run {
    /// Sorted into options and operands by its table; `--help` and mistakes have been answered.
    Parsed(fn(&mut Io<'_>, &Parsed<'_>) -> Outcome),
    /// So, but everything from the first operand on is an operand: its operands are another command.
    Leading(fn(&mut Io<'_>, &Parsed<'_>) -> Outcome),
    /// So, after all is given up but what the command keeps, where its process is its own.
    Confined(Keeps, fn(&mut Io<'_>, &Parsed<'_>) -> Outcome),
    /// As they come.
    Words(fn(&mut Io<'_>, Arguments<'_>) -> Status),
}

/// The words after a command's name.
#[derive(Clone, Copy)]
pub struct Arguments<'a> {
    /// The command they are for.
    pub applet: &'static Command,
    /// The words.
    pub words: &'a [&'a [u8]],
}

impl Arguments<'_> {
    /// Prints the usage text on standard error, for arguments that make no sense; gives the status that the
    /// command has for this.
    pub fn usage(self, io: &mut Io<'_>) -> Status {
        io.out.flush();
        options::print_help(self.applet, &mut io.err);
        io.err.flush();
        Status::misuse(self.applet.name())
    }
}

/// All groups, in the order in which `help` lists them.
pub const GROUPS: &[&Group] = &[
    &file::GROUP,
    &text::GROUP,
    &process::GROUP,
    &system::GROUP,
    &disk::GROUP,
    &console::GROUP,
    &user::GROUP,
    &network::GROUP,
];

/// Gives the names of all commands.
pub fn names() -> impl Iterator<Item = &'static str> {
    GROUPS.iter().flat_map(|group| group.names())
}

/// Finds a command by its name.
pub fn find(name: &[u8]) -> Option<&'static Command> {
    GROUPS.iter().find_map(|group| group.find(name))
}

/// Gives the names that come nearest to one that does not exist, nearest first, at most three.
pub fn nearest(name: &[u8]) -> Vec<&'static str> {
    suggestion::nearest(name, names())
}

/// Runs a command, writes out its streams, and reports lost output.
#[must_use]
pub fn run(applet: &'static Command, io: &mut Io<'_>, words: &[&[u8]]) -> Status {
    let caller = core::mem::replace(&mut io.name, applet.name());
    let arguments = Arguments { applet, words };
    let outcome = match applet.run {
        Run::Parsed(run) => options::parse(arguments, io, false).and_then(|parsed| run(io, &parsed)),
        Run::Leading(run) => options::parse(arguments, io, true).and_then(|parsed| run(io, &parsed)),
        Run::Confined(keeps, run) => options::parse(arguments, io, false).and_then(|parsed| {
            if caller == io::PROGRAM && io.out.has_descriptor() {
                keeps.confine();
            }
            run(io, &parsed)
        }),
        Run::Words(run) => Ok(run(io, arguments)),
    };
    let status = io.settle(outcome);
    let status = io.finish(status);
    io.name = caller;
    status
}

/// Runs the command that the first word names, its folder left out; says so when there is none, with the nearest names.
pub fn call(io: &mut Io<'_>, words: &[&[u8]]) -> Status {
    let Some((path, words)) = words.split_first() else {
        return Status::SUCCESS;
    };
    let name = path.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
    if let Some(applet) = find(name) {
        return run(applet, io, words);
    }
    io.complain(name, &"no such command");
    suggestion::print(&nearest(name), "", &mut io.err);
    io.err.flush();
    Status::NOT_FOUND
}
