//! `fstrim` (util-linux's and BusyBox's).

use alloc::vec::Vec;

use linux::block::trim;
use linux::fs::{Mode, OpenFlags, open};
use linux::{Errno, retry};
use system::mounts::Table;

use super::size;
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status, amount};

pub(crate) const APPLET: Applet = Applet {
    name: "fstrim",
    summary: "Tell disks which of their room is free",
    usage: "[OPTION]... FOLDER\n-a [OPTION]...",
    flags: flags![
        Flag::new(b'a', "all", "of all file systems on disks that are mounted"),
        Flag::new(b'A', "fstab", ""),
        Flag::with(b'o', "offset", "BYTES", "from there on"),
        Flag::with(b'l', "length", "BYTES", "so much of it"),
        Flag::with(b'm', "minimum", "BYTES", "only stretches that are so long"),
        Flag::new(b'n', "dry-run", "only say what would be done"),
        Flag::new(b'v', "verbose", "say how much was free"),
        Flag::new(b'q', "quiet-unsupported", "say nothing of disks that do not want to know"),
    ],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let mut number = |key, or| match parsed.value(key) {
        None => Ok(or),
        Some(word) => amount::parse_any(word).ok_or_else(|| io.misuse(word, "is no number")),
    };
    let range = [number(b'o', 0)?, number(b'l', u64::MAX)?, number(b'm', 0)?];
    let mut folders: Vec<Vec<u8>> = parsed.operands.iter().map(|folder| folder.to_vec()).collect();
    let is_all = parsed.has_any(b"aA");
    if is_all {
        let table = Table::read()?;
        let mut devices = Vec::new();
        for mount in table.mounts().flatten().filter(|mount| mount.source.plain().starts_with(b"/dev/")) {
            // Of what is mounted in several places, once.
            if !devices.contains(&mount.device) {
                devices.push(mount.device);
                folders.push(mount.target.plain());
            }
        }
    }
    if folders.is_empty() && !is_all {
        return Ok(parsed.usage(io));
    }
    let mut status = Status::SUCCESS;
    for folder in &folders {
        status = status.and(one(io, parsed, folder, range, is_all));
    }
    Ok(status)
}

fn one(
    io: &mut Io<'_>,
    parsed: &Parsed<'_>,
    folder: &[u8],
    [offset, length, shortest]: [u64; 3],
    is_all: bool,
) -> Status {
    let flags = OpenFlags::READ | OpenFlags::DIRECTORY | OpenFlags::CLOSE_ON_EXEC;
    let opened = retry(|| open(folder, flags, Mode::empty()));
    let done = if parsed.has(b'n') {
        opened.map(|_| 0)
    } else {
        opened.and_then(|folder| trim(folder, offset, length, shortest))
    };
    match done {
        Ok(bytes) if parsed.has_any(b"vn") => {
            io.out.printable(folder);
            io.out.put(b": ");
            size::put(bytes, false, &mut io.out);
            io.out.put(b" (");
            io.out.number(bytes);
            io.out.put(if parsed.has(b'n') { b" bytes) would be trimmed\n" } else { b" bytes) trimmed\n" });
            Status::SUCCESS
        }
        Ok(_) => Status::SUCCESS,
        Err(Errno::OPNOTSUPP | Errno::NOTTY | Errno::ROFS) if is_all || parsed.has(b'q') => Status::SUCCESS,
        Err(Errno::NOTTY | Errno::OPNOTSUPP) => {
            io.complain(folder, &"the discard operation is not supported")
        }
        Err(errno) => io.complain(folder, &errno),
    }
}
