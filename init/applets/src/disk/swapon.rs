//! `swapon` (util-linux's; BusyBox has `-a -d -e -p`). Signatures of other page sizes are not made anew (`-f`).

use alloc::vec::Vec;

use formats::etc::fstab::Entry;
use linux::mem::swapon;
use system::swap::{Manner, discard, priority};

use super::{device, swap};
use crate::{Applet, Flag, Io, JSON, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "swapon",
    summary: "Have the kernel put memory on a device or file, or show where it does",
    usage: "[OPTION]... DEVICE...\n-a [OPTION]...\n[--show] [--json]",
    flags: flags![
        Flag::new(b'a', "all", "all that /etc/fstab lists, but those with noauto"),
        Flag::with(b'p', "priority", "N", "the higher ones are used first: 0 to 32767"),
        Flag::may(b'd', "discard", "POLICY", "tell the device what is free: once, pages or both"),
        Flag::new(b'e', "ifexists", "pass over what is not there"),
        Flag::with(b'L', "", "LABEL", "the device of this label"),
        Flag::with(b'U', "", "UUID", "the device of this name"),
        Flag::with(b'o', "options", "LIST", "pri=N, discard and nofail, as /etc/fstab has them"),
        Flag::new(b's', "summary", "show /proc/swaps"),
        Flag::may(
            SHOW,
            "show",
            "COLUMNS",
            "show what is used as a table; this is what it does without operands",
        ),
        Flag::new(NO_HEADINGS, "noheadings", "with --show: no titles"),
        Flag::new(BYTES, "bytes", "with --show: whole bytes"),
        Flag::new(RAW, "raw", ""),
        Flag::new(b'v', "verbose", "say what is done"),
        Flag::new(b'f', "fixpgsz", ""),
        Flag::rows("name type bytes:n bytes_used:n priority:n?"),
    ],
    run: Run::Parsed(run),
};

const SHOW: u8 = 0x80;
const NO_HEADINGS: u8 = 0x81;
const BYTES: u8 = 0x82;
const RAW: u8 = 0x83;

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if parsed.has(b's') {
        io.out.put(&system::file::read(b"/proc/swaps")?);
        return Ok(Status::SUCCESS);
    }
    if parsed.operands.is_empty() && !parsed.has_any(b"aLU") || parsed.has_any(&[SHOW, JSON]) {
        return Ok(swap::show(io, parsed, parsed.has(BYTES), !parsed.has(NO_HEADINGS)));
    }
    let mut manner = Manner { may_be_missing: parsed.has(b'e'), ..Manner::default() };
    if let Some(list) = parsed.value(b'o') {
        manner.read(list).map_err(|word| io.misuse(word, "not an option"))?;
    }
    if let Some(word) = parsed.value(b'p') {
        manner.priority = Some(priority(word).ok_or_else(|| io.misuse(word, "not a priority"))?);
    }
    if let Some(policy) = parsed.value(b'd') {
        manner.flags |= discard(policy).ok_or_else(|| io.misuse(policy, "no such policy"))?;
    }
    let (paths, mut status) = swap::meant(io, parsed);
    for path in &paths {
        status = status.and(one(io, parsed, path, manner));
    }
    if parsed.has(b'a') {
        status = status.and(swap::each_listed(io, &mut |io, entry| listed(io, parsed, entry, manner)));
    }
    Ok(status)
}

/// Uses a line of /etc/fstab, if it is not used already.
fn listed(io: &mut Io<'_>, parsed: &Parsed<'_>, entry: &Entry<'_>, mut manner: Manner) -> Status {
    let options = entry.options.plain();
    if let Err(word) = manner.read(&options) {
        return io.complain(word, &"not an option");
    }
    let source = entry.source.plain();
    let path = match device::path(&source) {
        Some(path) => path,
        None if manner.may_be_missing => return Status::SUCCESS,
        None => return io.complain(&source, &"no such device"),
    };
    let used = system::file::read(b"/proc/swaps").unwrap_or_default();
    let resolved: Vec<u8> = system::mounts::resolve(&path);
    if formats::proc::swaps::places(&used).any(|place| place.is(&resolved)) {
        return Status::SUCCESS;
    }
    one(io, parsed, &path, manner)
}

fn one(io: &mut Io<'_>, parsed: &Parsed<'_>, path: &[u8], manner: Manner) -> Status {
    if manner.may_be_missing && linux::fs::stat(path).is_err() {
        return Status::SUCCESS;
    }
    if parsed.has(b'v') {
        io.out.put(b"swapon ");
        io.out.printable(path);
        io.out.put(b"\n");
    }
    let done = swapon(path, manner.priority, manner.flags);
    io.report(path, done)
}
