//! `fallocate` (util-linux; BusyBox has `-l` and `-o`). Where a file system cannot reserve room, it is not written instead.

use linux::fs::{self, Allocate, Mode, OpenFlags};
use linux::retry;

use crate::amount;
use crate::{Applet, Flag, Io, Outcome, Parsed, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "fallocate",
    summary: "Reserve room for a file, or give it back",
    usage: "[OPTION]... -l LENGTH FILE",
    flags: flags![
        Flag::with(b'l', "length", "LENGTH", "so many bytes, or with a unit"),
        Flag::with(b'o', "offset", "OFFSET", "from there on"),
        Flag::new(b'n', "keep-size", "the file does not get longer"),
        Flag::new(b'p', "punch-hole", "give the room back; it reads as zeros"),
        Flag::new(b'z', "zero-range", "have it read as zeros"),
        Flag::new(b'c', "collapse-range", "cut it out"),
        Flag::new(b'i', "insert-range", "put zeros in"),
        Flag::new(b'v', "verbose", "say what is done"),
    ],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let (&[path], Some(length)) = (parsed.operands.as_slice(), parsed.value(b'l')) else {
        return Ok(parsed.usage(io));
    };
    let length = amount::parse(length)
        .filter(|&length| length > 0)
        .ok_or_else(|| io.misuse(length, "not a length"))?;
    let offset = match parsed.value(b'o') {
        Some(text) => amount::parse(text).ok_or_else(|| io.misuse(text, "not an offset"))?,
        None => 0,
    };
    let mut what = match parsed.last_of(b"pzci") {
        Some(b'p') => Allocate::PUNCH_HOLE | Allocate::KEEP_SIZE,
        Some(b'z') => Allocate::ZERO,
        Some(b'c') => Allocate::COLLAPSE,
        Some(_) => Allocate::INSERT,
        None => Allocate::empty(),
    };
    // Only to reserve, something new may be made for it.
    let create = if what.is_empty() { OpenFlags::CREATE } else { OpenFlags::empty() };
    what.set(Allocate::KEEP_SIZE, what.contains(Allocate::KEEP_SIZE) || parsed.has(b'n'));
    let flags = OpenFlags::READ_WRITE | OpenFlags::CLOSE_ON_EXEC | create;
    let done = retry(|| fs::open(path, flags, Mode::octal(0o666)))
        .and_then(|file| retry(|| fs::fallocate(&file, what, offset, length)));
    if done.is_ok() && parsed.has(b'v') {
        io.out.put(path);
        io.out.put(b": ");
        io.out.number(length);
        io.out.put(b" bytes from ");
        io.out.number(offset);
        io.out.put(b"\n");
    }
    Ok(io.report(path, done))
}
