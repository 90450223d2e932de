//! `swapoff` (util-linux's; BusyBox has `-a` and `-e`).

use alloc::vec::Vec;

use formats::proc::swaps;
use linux::Errno;
use linux::mem::swapoff;

use super::{device, swap};
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "swapoff",
    summary: "Have the kernel take memory back from a device or file",
    usage: "[OPTION]... DEVICE...\n-a",
    flags: flags![
        Flag::new(b'a', "all", "all that is used, and what /etc/fstab lists"),
        Flag::with(b'L', "", "LABEL", "the device of this label"),
        Flag::with(b'U', "", "UUID", "the device of this name"),
        Flag::new(b'e', "ifexists", "pass over what is not there"),
        Flag::new(b'v', "verbose", "say what is done"),
    ],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if parsed.operands.is_empty() && !parsed.has_any(b"aLU") {
        return Ok(parsed.usage(io));
    }
    let (mut paths, mut status) = swap::meant(io, parsed);
    if parsed.has(b'a') {
        let used = system::file::read(b"/proc/swaps")?;
        paths.extend(swaps::places(&used).map(|place| place.plain()));
    }
    for path in &paths {
        status = status.and(one(io, parsed, path, parsed.has(b'e')));
    }
    if parsed.has(b'a') && linux::fs::stat("/etc/fstab").is_ok() {
        // What the kernel listed under another name than that file is not used any more.
        status = status.and(swap::each_listed(io, &mut |io, entry| {
            let path: Option<Vec<u8>> = device::path(&entry.source.plain());
            match path.map(|path| (swapoff(path.as_slice()), path)) {
                None | Some((Ok(()) | Err(Errno::INVAL | Errno::NOENT), _)) => Status::SUCCESS,
                Some((Err(errno), path)) => io.complain(&path, &errno),
            }
        }));
    }
    Ok(status)
}

fn one(io: &mut Io<'_>, parsed: &Parsed<'_>, path: &[u8], may_be_missing: bool) -> Status {
    if parsed.has(b'v') {
        io.out.put(b"swapoff ");
        io.out.printable(path);
        io.out.put(b"\n");
    }
    match swapoff(path) {
        Err(Errno::NOENT) if may_be_missing => Status::SUCCESS,
        done => io.report(path, done),
    }
}
