//! `[`, which is `test` with a bracket at its end.

use super::test::{SUMMARY, USAGE, answer};
use crate::{Applet, Arguments, Io, Run, Status, options};

pub(crate) const APPLET: Applet =
    Applet { name: "[", summary: SUMMARY, usage: USAGE, flags: flags![], run: Run::Words(run) };

fn run(io: &mut Io<'_>, arguments: Arguments<'_>) -> Status {
    match arguments.words {
        [expression @ .., b"]"] => answer(io, expression),
        [b"--help"] => {
            options::print_help(arguments.applet, &mut io.out);
            Status::SUCCESS
        }
        _ => io.misuse(b"", "a \"]\" is missing"),
    }
}
