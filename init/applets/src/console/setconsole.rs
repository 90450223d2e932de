//! `setconsole` (BusyBox's).

use linux::fs::{Mode, OpenFlags, open};

use crate::{Applet, Flag, Io, Outcome, Parsed, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "setconsole",
    summary: "Have what is written to /dev/console go to a terminal",
    usage: "[-r] [DEVICE]    (/dev/tty)",
    flags: flags![Flag::new(b'r', "reset", "to /dev/console itself again")],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let or: &[u8] = if parsed.has(b'r') { b"/dev/console" } else { b"/dev/tty" };
    let path = parsed.operands.first().copied().unwrap_or(or);
    let flags = OpenFlags::WRITE | OpenFlags::NO_CONTROLLING_TERMINAL | OpenFlags::CLOSE_ON_EXEC;
    let done = open(path, flags, Mode::empty()).and_then(linux::console::take_messages);
    Ok(io.report(path, done))
}
