//! `chgrp` (POSIX; its options are those of `chown`).

use linux::fs;
use system::users::Names;

use super::chown::{FLAGS, REFERENCE, change};
use super::owner::Owner;
use crate::{Applet, Io, Outcome, Parsed, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "chgrp",
    summary: "Change the group of files",
    usage: "[OPTION]... GROUP FILE...\n[OPTION]... --reference=FILE FILE...",
    flags: FLAGS,
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let names = Names::read();
    let (group, files) = match (parsed.value(REFERENCE), parsed.operands.as_slice()) {
        (Some(path), files) => {
            (Some(fs::stat(path).map_err(|errno| io.complain(path, &errno))?.group()), files)
        }
        // No group is no change.
        (None, [b"", files @ ..]) => (None, files),
        (None, [name, files @ ..]) => {
            (Some(names.find_group(name).ok_or_else(|| io.complain(name, &"no such group"))?), files)
        }
        _ => return Ok(parsed.usage(io)),
    };
    change(io, parsed, names, Owner { user: None, group }, files)
}
