//! `link` (POSIX): the call of the kernel, and nothing around it.

use crate::{Applet, Io, Outcome, Parsed, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "link",
    summary: "Give a file a second name",
    usage: "FILE NAME",
    flags: flags![],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let [file, name] = parsed.operands.as_slice() else { return Ok(parsed.usage(io)) };
    Ok(io.report(name, linux::fs::link(*file, *name)))
}
