//! `freeramdisk` (BusyBox's; `blockdev --flushbufs` does the same).

use linux::fs::{Mode, OpenFlags, open};

use crate::{Applet, Io, Outcome, Parsed, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "freeramdisk",
    summary: "Free the memory of a disk in memory",
    usage: "DEVICE",
    flags: flags![],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let &[path] = parsed.operands.as_slice() else { return Ok(parsed.usage(io)) };
    let flags = OpenFlags::READ_WRITE | OpenFlags::CLOSE_ON_EXEC;
    let done = open(path, flags, Mode::empty()).and_then(linux::block::flush);
    Ok(io.report(path, done))
}
