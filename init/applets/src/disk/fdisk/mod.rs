//! `fdisk`, in util-linux's dialogue, for tables of both kinds (MBR and GPT). Commands come a line each from standard input; at
//! its end nothing has been written unless `w` was said. BusyBox's has no GPT to write. Sectors, not cylinders, are what counts.

mod ask;
mod edit;
mod list;

use linux::fs::OpenFlags;
use system::disks::Disk;

use crate::{Applet, Flag, Io, JSON, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "fdisk",
    summary: "Show how disks are divided, or divide one",
    usage: "-l [--json] [DISK]...\n[OPTION]... DISK",
    flags: flags![
        Flag::new(b'l', "list", "show the tables of disks: of all that there are"),
        Flag::with(b'b', "sector-size", "BYTES", "take a sector to be so big: 512 to 4096"),
        Flag::new(b's', "getsz", "print the size in sectors of 512 bytes"),
        Flag::may(b'u', "units", "UNIT", ""),
        Flag::may(b'c', "compatibility", "MODE", ""),
        Flag::with(b'C', "cylinders", "N", ""),
        Flag::with(b'H', "heads", "N", ""),
        Flag::with(b'S', "sectors", "N", ""),
        Flag::may(b'w', "wipe", "WHEN", ""),
        Flag::may(b'W', "wipe-partitions", "WHEN", ""),
        Flag::may(0x80, "color", "WHEN", ""),
        Flag::new(0x81, "noauto-pt", "make no table where there is none"),
        Flag::rows("device number:n start:n end:n sectors:n bytes:n boot:b type type_name label:s? uuid:s?"),
    ],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let sector = match parsed.value(b'b') {
        None => None,
        Some(word) => Some(
            query::text::parse_decimal(word)
                .and_then(|bytes| u32::try_from(bytes).ok())
                .filter(|bytes| matches!(bytes, 512 | 1024 | 2048 | 4096))
                .ok_or_else(|| io.misuse(word, "not the size of a sector"))?,
        ),
    };
    if parsed.has(b'l') || parsed.has(JSON) {
        return Ok(list::disks(io, parsed, sector));
    }
    if parsed.has(b's') && !parsed.operands.is_empty() {
        let mut status = Status::SUCCESS;
        for &path in &parsed.operands {
            match Disk::open(path, OpenFlags::READ) {
                Ok(disk) => {
                    io.out.number(disk.size / 512);
                    io.out.put(b"\n");
                }
                Err(errno) => status = io.complain(path, &errno),
            }
        }
        return Ok(status);
    }
    let &[path] = parsed.operands.as_slice() else { return Ok(parsed.usage(io)) };
    let mut disk = Disk::open(path, OpenFlags::READ_WRITE).map_err(|errno| io.complain(path, &errno))?;
    disk.sector = sector.unwrap_or(disk.sector);
    if disk.size < u64::from(disk.sector) {
        return Ok(io.complain(path, &"it has no room for a table"));
    }
    Ok(edit::converse(io, &disk, path))
}
