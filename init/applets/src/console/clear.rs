//! `clear` (ncurses's; BusyBox's leaves what has rolled away). Every terminal that is met today knows these sequences of ECMA-48.

use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "clear",
    summary: "Clear the screen",
    usage: "[-x]",
    flags: flags![Flag::new(b'x', "", "leave what has rolled away"), Flag::with(b'T', "", "TERM", "")],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    io.out.put(b"\x1b[H\x1b[J");
    if !parsed.has(b'x') {
        io.out.put(b"\x1b[3J");
    }
    Ok(Status::SUCCESS)
}
