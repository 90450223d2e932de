//! `eject` (BusyBox's `-t -T`; util-linux's `-i`). What is mounted stays so: the kernel then refuses. There is no way for disks that take
//! commands of SCSI (`-s`).

use linux::block::{is_tray_out, lock_tray, move_tray};
use linux::fs::{Mode, OpenFlags, open};

use crate::{Applet, Flag, Io, Outcome, Parsed, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "eject",
    summary: "Have a drive put out its medium",
    usage: "[OPTION]... [DEVICE]    (/dev/cdrom)",
    flags: flags![
        Flag::new(b't', "trayclose", "draw it in"),
        Flag::new(b'T', "traytoggle", "the one or the other"),
        Flag::with(b'i', "manualeject", "on|off", "lock it in, or let it go"),
        Flag::new(b'v', "verbose", ""),
        Flag::new(b'r', "cdrom", ""),
        Flag::new(b'F', "force", ""),
    ],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let path = match parsed.operands.as_slice() {
        [] => b"/dev/cdrom",
        [path] => *path,
        _ => return Ok(parsed.usage(io)),
    };
    let is_locked = match parsed.value(b'i') {
        None => None,
        Some(b"on" | b"1") => Some(true),
        Some(b"off" | b"0") => Some(false),
        Some(word) => return Ok(io.misuse(word, "neither on nor off")),
    };
    // Without a medium it can be opened like this only.
    let flags = OpenFlags::READ | OpenFlags::NONBLOCK | OpenFlags::CLOSE_ON_EXEC;
    let done = open(path, flags, Mode::empty()).and_then(|drive| {
        if let Some(is_locked) = is_locked {
            return lock_tray(&drive, is_locked);
        }
        let is_in = parsed.has(b't') || parsed.has(b'T') && is_tray_out(&drive)?;
        if !is_in {
            // One that was never locked says no, and opens.
            let _ = lock_tray(&drive, false);
        }
        move_tray(&drive, !is_in)
    });
    Ok(io.report(path, done))
}
