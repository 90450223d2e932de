//! `mountpoint` (util-linux; BusyBox has `-q -d -n -x`).

use linux::fs::{FileKind, Metadata, lstat, stat};

use super::resolve::{Needs, resolve};
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "mountpoint",
    summary: "Say whether a file system is mounted at a folder",
    usage: "[-q] [-d|-n] FOLDER\n-x DEVICE",
    flags: flags![
        Flag::new(b'q', "quiet", "print nothing"),
        Flag::new(b'd', "fs-devno", "print the number of its device"),
        Flag::new(b'n', "", "print what is mounted there"),
        Flag::new(b'x', "devno", "print the number of a device that a file stands for"),
        Flag::new(NOFOLLOW, "nofollow", "a link is no folder"),
    ],
    run: Run::Parsed(run),
};

const NOFOLLOW: u8 = 128;

/// What the others give for what is no mount.
const NOT_MOUNTED: Status = Status(32);

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let &[path] = parsed.operands.as_slice() else { return Ok(parsed.usage(io)) };
    let is_quiet = parsed.has(b'q');
    let found = if parsed.has(NOFOLLOW) { lstat(path) } else { stat(path) };
    let file = match found {
        Ok(file) => file,
        Err(_) if is_quiet => return Ok(Status::FAILURE),
        Err(errno) => return Ok(io.complain(path, &errno)),
    };
    if parsed.has(b'x') {
        if file.kind() != FileKind::BlockDevice {
            if !is_quiet {
                io.complain(path, &"not a block device");
            }
            return Ok(NOT_MOUNTED);
        }
        numbers(io, file.special_device());
        return Ok(Status::SUCCESS);
    }
    let is_mounted = file.is_directory() && is_mounted(path, &file);
    if parsed.has(b'd') && is_mounted {
        numbers(io, file.device());
    } else if parsed.has(b'n') && is_mounted {
        let table = system::mounts::Table::read()?;
        let whole = resolve(path, Needs::All, true).unwrap_or_default();
        let source = table.at(&whole).map(|mount| mount.source.plain());
        io.out.printable(source.as_deref().unwrap_or(b"UNKNOWN"));
        io.out.put(b" ");
        io.out.put(path);
        io.out.put(b"\n");
    } else if !is_quiet {
        io.out.put(path);
        io.out.put(if is_mounted { b" is a mountpoint\n" } else { b" is not a mountpoint\n" });
    }
    Ok(if is_mounted { Status::SUCCESS } else { NOT_MOUNTED })
}

/// Asks the kernel; an old one cannot say, and then what lies above tells.
fn is_mounted(path: &[u8], folder: &Metadata) -> bool {
    folder.is_mount_root().unwrap_or_else(|| {
        let above = stat(super::path::join(path, b"..").as_slice());
        above.is_ok_and(|above| above.device() != folder.device() || above.inode() == folder.inode())
    })
}

fn numbers(io: &mut Io<'_>, (major, minor): (u32, u32)) {
    io.out.number(major.into());
    io.out.put(b":");
    io.out.number(minor.into());
    io.out.put(b"\n");
}
