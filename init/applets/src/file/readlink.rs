//! `readlink` (POSIX 2024 has `-n`; the others are GNU's and BusyBox's). As theirs it is silent unless `-v` is given.

use linux::path::PATH_BYTES;

use super::resolve::{Needs, resolve};
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "readlink",
    summary: "Print where symbolic links lead",
    usage: "[OPTION]... FILE...",
    flags: flags![
        Flag::new(b'f', "canonicalize", "the path without any links; the last name need not be there"),
        Flag::new(b'e', "canonicalize-existing", "so, but all must be there"),
        Flag::new(b'm', "canonicalize-missing", "so, but nothing need be there"),
        Flag::new(b'n', "no-newline", "no line feed at the end"),
        Flag::new(b'z', "zero", "zero bytes instead of line feeds"),
        Flag::new(b'v', "verbose", "say what fails"),
        Flag::new(b'q', "quiet", "say nothing of what fails (so without -v)"),
        Flag::new(b's', "silent", "same as -q"),
    ],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if parsed.operands.is_empty() {
        return Ok(parsed.usage(io));
    }
    let needs = parsed.last_of(b"fem").map(|key| match key {
        b'e' => Needs::All,
        b'm' => Needs::Nothing,
        _ => Needs::Folders,
    });
    let is_verbose = matches!(parsed.last_of(b"vqs"), Some(b'v'));
    let end: &[u8] = match (parsed.has(b'z'), parsed.has(b'n') && parsed.operands.len() == 1) {
        (_, true) => b"",
        (true, false) => b"\0",
        (false, false) => b"\n",
    };
    let mut status = Status::SUCCESS;
    for &path in &parsed.operands {
        let found = match needs {
            Some(needs) => resolve(path, needs, true),
            None => {
                let mut buffer = [0; PATH_BYTES];
                linux::fs::readlink(path, &mut buffer).map(<[u8]>::to_vec)
            }
        };
        match found {
            Ok(found) => {
                io.out.put(&found);
                io.out.put(end);
            }
            Err(errno) if is_verbose => status = io.complain(path, &errno),
            Err(_) => status = Status::FAILURE,
        }
    }
    Ok(status)
}
