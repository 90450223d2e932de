//! `insmod` (kmod's and BusyBox's).

use linux::system::ModuleFlags;

use crate::{Applet, Flag, Io, Outcome, Parsed, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "insmod",
    summary: "Load a module of the kernel from its file",
    usage: "[-f] FILE [NAME=VALUE]...",
    flags: flags![Flag::new(b'f', "force", "even if it was built for another kernel")],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let [file, parameters @ ..] = parsed.operands.as_slice() else { return Ok(parsed.usage(io)) };
    let force = ModuleFlags::IGNORE_VERSION | ModuleFlags::IGNORE_SYMBOL_VERSIONS;
    let flags = if parsed.has(b'f') { force } else { ModuleFlags::empty() };
    Ok(io.report(file, system::modules::load(file, &parameters.join(&b' '), flags)))
}
