//! `dirname` (POSIX; several operands and `-z` are GNU's).

use super::path::parent;
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "dirname",
    summary: "Print paths without their last name",
    usage: "[OPTION]... PATH...",
    flags: flags![Flag::new(b'z', "zero", "zero bytes instead of line feeds")],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if parsed.operands.is_empty() {
        return Ok(parsed.usage(io));
    }
    for path in &parsed.operands {
        io.out.put(parent(path));
        io.out.put(if parsed.has(b'z') { b"\0" } else { b"\n" });
    }
    Ok(Status::SUCCESS)
}
