//! `deallocvt` (kbd's and BusyBox's).

use super::virtual_terminal::{self, number};
use crate::{Applet, Io, Outcome, Parsed, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "deallocvt",
    summary: "Free the memory of virtual terminals that nobody uses",
    usage: "[NUMBER]",
    flags: flags![],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let (word, number): (&[u8], u16) = match parsed.operands.as_slice() {
        [] => (b"console", 0),
        [word] => (word, number(io, word)?),
        _ => return Ok(parsed.usage(io)),
    };
    let done = virtual_terminal::any().and_then(|console| linux::console::deallocate(console, number));
    Ok(io.report(word, done))
}
