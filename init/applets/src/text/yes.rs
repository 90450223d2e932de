//! `yes`: GNU's and BusyBox's. The words are put into one block as often as they fit, so that a write carries many.

use alloc::vec::Vec;

use crate::{Applet, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "yes",
    summary: "Print a line of WORDs, or y, again and again until nobody reads it",
    usage: "[WORD]...",
    flags: flags![],
    run: Run::Parsed(run),
};

const BLOCK: usize = 64 << 10;

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let mut line = parsed.operands.join(&b' ');
    if parsed.operands.is_empty() {
        line.push(b'y');
    }
    line.push(b'\n');
    let block: Vec<u8> = line.repeat((BLOCK / line.len()).max(1));
    while !io.out.is_broken() {
        io.out.put(&block);
    }
    Ok(Status::SUCCESS)
}
