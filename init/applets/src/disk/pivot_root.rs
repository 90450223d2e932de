//! `pivot_root` (util-linux's and BusyBox's).

use crate::{Applet, Io, Outcome, Parsed, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "pivot_root",
    summary: "Make a mount the root, and put the old root below it",
    usage: "NEW_ROOT PUT_OLD",
    flags: flags![],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let &[new_root, put_old] = parsed.operands.as_slice() else { return Ok(parsed.usage(io)) };
    let done = linux::mount::pivot_root(new_root, put_old);
    Ok(io.report(new_root, done))
}
