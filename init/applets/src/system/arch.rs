//! `arch` (GNU's and BusyBox's): `uname -m`.

use crate::{Applet, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "arch",
    summary: "Print the architecture of the machine",
    usage: "",
    flags: flags![],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if let Some(extra) = parsed.operands.first() {
        return Ok(io.misuse(extra, "no operand is expected"));
    }
    let names = linux::system::uname().map_err(|errno| io.complain(b"", &errno))?;
    io.out.put(names.machine());
    io.out.put(b"\n");
    Ok(Status::SUCCESS)
}
