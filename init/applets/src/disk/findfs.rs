//! `findfs` (util-linux's and BusyBox's).

use super::device;
use crate::{Applet, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "findfs",
    summary: "Print the device that has a label or a name",
    usage: "LABEL=TEXT | UUID=TEXT | PARTLABEL=TEXT | PARTUUID=TEXT | DEVICE",
    flags: flags![],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let &[word] = parsed.operands.as_slice() else { return Ok(parsed.usage(io)) };
    let Some(path) = device::path(word) else { return Ok(io.complain(word, &"unable to resolve")) };
    io.out.put(&path);
    io.out.put(b"\n");
    Ok(Status::SUCCESS)
}
