//! `blkdiscard` (util-linux's; BusyBox has `-l -o -s -f`). What holds a file system or a table is left alone without `-f`.

use linux::block::{Discard, discard};
use linux::fs::OpenFlags;
use system::disks::{self, Disk};

use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status, amount};

pub(crate) const APPLET: Applet = Applet {
    name: "blkdiscard",
    summary: "Give the room of a device back: what was on it is lost",
    usage: "[OPTION]... DEVICE",
    flags: flags![
        Flag::with(b'o', "offset", "BYTES", "from there on"),
        Flag::with(b'l', "length", "BYTES", "so much of it"),
        Flag::with(b'p', "step", "BYTES", "so much at once"),
        Flag::new(b's', "secure", "so that no copy of it remains"),
        Flag::new(b'z', "zeroout", "have it read as zeros"),
        Flag::new(b'f', "force", "whatever is on it"),
        Flag::new(b'q', "quiet", ""),
        Flag::new(b'v', "verbose", "say what is done"),
    ],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let &[path] = parsed.operands.as_slice() else { return Ok(parsed.usage(io)) };
    let mut number = |key, or| match parsed.value(key) {
        None => Ok(or),
        Some(word) => amount::parse_any(word).ok_or_else(|| io.misuse(word, "is no number")),
    };
    let (offset, length, step) = (number(b'o', 0)?, number(b'l', u64::MAX)?, number(b'p', 0)?);
    let disk = Disk::open(path, OpenFlags::READ_WRITE).map_err(|errno| io.complain(path, &errno))?;
    if !disk.is_device {
        return Ok(io.complain(path, &linux::Errno::NOTBLK));
    }
    let sector = u64::from(disk.sector);
    if !offset.is_multiple_of(sector)
        || length != u64::MAX && !length.is_multiple_of(sector)
        || !step.is_multiple_of(sector)
    {
        return Ok(io.complain(path, &"whole sectors are expected"));
    }
    if offset > disk.size {
        return Ok(io.complain(path, &"it ends before that"));
    }
    let end = offset.saturating_add(length).min(disk.size);
    if !parsed.has(b'f')
        && disks::look(path).is_ok_and(|contents| contents.superblock.is_some() || contents.table.is_some())
    {
        return Ok(io.complain(path, &"something is on it; -f gives that up"));
    }
    let how = match parsed.last_of(b"sz") {
        Some(b's') => Discard::Secure,
        Some(_) => Discard::Zero,
        None => Discard::Plain,
    };
    let step = if step == 0 { u64::MAX } else { step };
    let mut at = offset;
    while at < end {
        let count = step.min(end - at);
        if let Err(errno) = discard(&disk.file, how, at, count) {
            return Ok(io.complain(path, &errno));
        }
        at += count;
    }
    if parsed.has(b'v') {
        io.out.printable(path);
        io.out.put(b": Discarded ");
        io.out.number(end - offset);
        io.out.put(b" bytes from the offset ");
        io.out.number(offset);
        io.out.put(b"\n");
    }
    Ok(Status::SUCCESS)
}
