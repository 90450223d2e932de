//! `chvt` (kbd's and BusyBox's).

use super::virtual_terminal::{self, number};
use crate::{Applet, Io, Outcome, Parsed, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "chvt",
    summary: "Show another virtual terminal",
    usage: "NUMBER",
    flags: flags![],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let &[word] = parsed.operands.as_slice() else { return Ok(parsed.usage(io)) };
    let number = number(io, word)?;
    let done = virtual_terminal::any().and_then(|console| linux::console::activate(console, number));
    Ok(io.report(word, done))
}
