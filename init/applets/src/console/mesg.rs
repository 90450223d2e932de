//! `mesg` (POSIX): status 0 if others may write to the terminal, 1 if they may not, 2 where there is none.

use linux::fd::{STDERR, STDIN, STDOUT};
use linux::fs::{Mode, fchmod, fstat};
use linux::terminal::is_terminal;

use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "mesg",
    summary: "Show or say whether others may write to the terminal",
    usage: "[y | n]",
    flags: flags![Flag::new(b'v', "verbose", "say what is so afterwards")],
    run: Run::Parsed(run),
};

/// The right of the group, which is that of programs such as write(1).
const WRITE: Mode = Mode::octal(0o020);

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let failed = Status(2);
    let Some(terminal) = [STDIN, STDOUT, STDERR].into_iter().find(|file| is_terminal(*file)) else {
        io.complain(b"", &"no terminal");
        return Ok(failed);
    };
    let mut mode = match fstat(terminal) {
        Ok(data) => data.permissions(),
        Err(errno) => {
            io.complain(b"terminal", &errno);
            return Ok(failed);
        }
    };
    match parsed.operands.as_slice() {
        [] => {}
        &[word @ (b"y" | b"n")] => {
            mode.set(WRITE, word == b"y");
            if let Err(errno) = fchmod(terminal, mode) {
                io.complain(b"terminal", &errno);
                return Ok(failed);
            }
        }
        [word, ..] => return Ok(io.misuse(word, "y or n is expected")),
    }
    let may_write = mode.contains(WRITE);
    if parsed.operands.is_empty() || parsed.has(b'v') {
        io.out.put(if may_write { b"is y\n" } else { b"is n\n" });
    }
    Ok(Status::from(may_write))
}
