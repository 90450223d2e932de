//! `fsync` (BusyBox).

use super::sync::{How, each};
use crate::{Applet, Flag, Io, Outcome, Parsed, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "fsync",
    summary: "Write what waits in memory of each FILE to the devices",
    usage: "[-d] FILE...",
    flags: flags![Flag::new(b'd', "data", "the data, and what is needed to read it")],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if parsed.operands.is_empty() {
        return Ok(parsed.usage(io));
    }
    Ok(each(io, &parsed.operands, if parsed.has(b'd') { How::Data } else { How::File }))
}
