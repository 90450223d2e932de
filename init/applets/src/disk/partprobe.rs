//! `partprobe` (BusyBox's; parted's has `-s` and `-d` too).

use linux::block;
use linux::fs::OpenFlags;
use system::disks::Disk;

use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "partprobe",
    summary: "Have the kernel read the tables of partitions of disks again",
    usage: "[OPTION]... DISK...",
    flags: flags![
        Flag::new(b'd', "dry-run", "only look whether there is a table"),
        Flag::new(b's', "summary", "show which partitions there are"),
    ],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if parsed.operands.is_empty() {
        return Ok(parsed.usage(io));
    }
    let mut status = Status::SUCCESS;
    for &path in &parsed.operands {
        let disk = match Disk::open(path, OpenFlags::READ) {
            Ok(disk) => disk,
            Err(errno) => {
                status = io.complain(path, &errno);
                continue;
            }
        };
        if parsed.has(b's')
            && let Some(table) = disk.table()
        {
            io.out.printable(path);
            io.out.put(if table.kind() == "dos" { b": msdos partitions" } else { b": gpt partitions" });
            for partition in &table.partitions {
                io.out.put(b" ");
                io.out.number(partition.number.into());
            }
            io.out.put(b"\n");
        }
        if !parsed.has(b'd') {
            status = status.and(io.report(path, block::reread_partitions(&disk.file)));
        }
    }
    Ok(status)
}
