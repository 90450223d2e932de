//! `fsfreeze` (util-linux's and BusyBox's).

use linux::block::{freeze, thaw};
use linux::fs::{Mode, OpenFlags, open};

use crate::{Applet, Flag, Io, Outcome, Parsed, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "fsfreeze",
    summary: "Hold a file system still, so that its disk can be copied",
    usage: "-f | -u FOLDER",
    flags: flags![
        Flag::new(b'f', "freeze", "whoever writes waits from now on"),
        Flag::new(b'u', "unfreeze", "let it go on"),
    ],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let (&[folder], Some(what)) = (parsed.operands.as_slice(), parsed.last_of(b"fu")) else {
        return Ok(parsed.usage(io));
    };
    let flags = OpenFlags::READ | OpenFlags::DIRECTORY | OpenFlags::CLOSE_ON_EXEC;
    let done = open(folder, flags, Mode::empty())
        .and_then(|open| if what == b'f' { freeze(open) } else { thaw(open) });
    Ok(io.report(folder, done))
}
