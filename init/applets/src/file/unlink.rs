//! `unlink` (POSIX): the call of the kernel, and nothing around it.

use crate::{Applet, Io, Outcome, Parsed, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "unlink",
    summary: "Remove one name of a file",
    usage: "FILE",
    flags: flags![],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let [name] = parsed.operands.as_slice() else { return Ok(parsed.usage(io)) };
    Ok(io.report(name, linux::fs::unlink(*name)))
}
