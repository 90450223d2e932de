//! `tty` (POSIX): status 0 for a terminal, 1 for none, 2 for words that make no sense.

use super::terminal;
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "tty",
    summary: "Print the name of the terminal that standard input is",
    usage: "[-s]",
    flags: flags![Flag::new(b's', "silent", "print nothing"), Flag::new(b'q', "quiet", "")],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if let Some(extra) = parsed.operands.first() {
        return Ok(io.misuse(extra, "no operand is expected"));
    }
    let name = io.input.descriptor().and_then(terminal::name);
    if !parsed.has_any(b"sq") {
        io.out.put(name.as_deref().unwrap_or(b"not a tty"));
        io.out.put(b"\n");
    }
    Ok(Status::from(name.is_some()))
}
