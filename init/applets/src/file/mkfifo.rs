//! `mkfifo` (POSIX).

use linux::fs::{FileKind, mknod};

use super::mode::{Change, without_mask};
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "mkfifo",
    summary: "Make fifos",
    usage: "[OPTION]... NAME...",
    flags: flags![MODE],
    run: Run::Parsed(run),
};

/// The declaration of `-m`.
pub(super) const MODE: Flag = Flag::with(b'm', "mode", "MODE", "permissions, as chmod takes them");

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if parsed.operands.is_empty() {
        return Ok(parsed.usage(io));
    }
    let mut status = Status::SUCCESS;
    for &name in &parsed.operands {
        status = status.and(make(io, parsed, name, FileKind::Fifo, (0, 0))?);
    }
    Ok(status)
}

/// Makes a node, with the permissions that `-m` asks for, else with those that the mask leaves.
pub(super) fn make(
    io: &mut Io<'_>,
    parsed: &Parsed<'_>,
    name: &[u8],
    kind: FileKind,
    device: (u32, u32),
) -> Result<Status, Status> {
    let made = match parsed.value(b'm') {
        None => mknod(name, kind, linux::fs::Mode::octal(0o666), device),
        Some(text) => {
            let change = Change::parse(text).ok_or_else(|| io.misuse(text, "not a mode"))?;
            let mode = change.applied(0o666, false);
            without_mask(|| mknod(name, kind, mode, device))
        }
    };
    Ok(io.report(name, made))
}
