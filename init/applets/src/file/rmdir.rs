//! `rmdir` (POSIX; `-v` and `--ignore-fail-on-non-empty` are GNU's).

use linux::Errno;

use super::ask::say;
use super::path::{parent, trimmed};
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "rmdir",
    summary: "Remove empty folders",
    usage: "[OPTION]... FOLDER...",
    flags: flags![
        Flag::new(b'p', "parents", "with those above it, as the path names them"),
        Flag::new(b'v', "verbose", "say what is removed"),
        Flag::new(IGNORE, "ignore-fail-on-non-empty", "nothing is said of folders that are not empty"),
    ],
    run: Run::Parsed(run),
};

const IGNORE: u8 = 128;

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if parsed.operands.is_empty() {
        return Ok(parsed.usage(io));
    }
    let mut status = Status::SUCCESS;
    for &operand in &parsed.operands {
        let mut path = operand;
        loop {
            if parsed.has(b'v') {
                say(io, &[b"rmdir: removing directory, '", path, b"'"]);
            }
            match linux::fs::rmdir(path) {
                Ok(()) => {}
                Err(Errno::NOTEMPTY | Errno::EXIST) if parsed.has(IGNORE) => break,
                Err(errno) => {
                    status = io.complain(path, &errno);
                    break;
                }
            }
            path = trimmed(path);
            if !parsed.has(b'p') || !path.contains(&b'/') || parent(path) == b"/" {
                break;
            }
            path = parent(path);
        }
    }
    Ok(status)
}
