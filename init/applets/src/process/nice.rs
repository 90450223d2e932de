//! `nice` (POSIX; GNU's `--adjustment` and the old `-N`). A value that is refused is said, and the command runs without it.

use linux::process::{Whose, getpriority, setpriority};

use super::{launch, number};
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "nice",
    summary: "Run a command with another nice value, or print this one's",
    usage: "[-n N] [COMMAND [WORD]...]",
    flags: flags![
        Flag::with(b'n', "adjustment", "N", "so much nicer, 10 if it is not given; below 0 less nice"),
        Flag::number("the same, in its old form"),
    ],
    run: Run::Leading(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let own = Whose::Process(None);
    let now = getpriority(own).map_err(|errno| io.complain(b"", &errno))?;
    let given = parsed.options.last().map(|option| option.1);
    if parsed.operands.is_empty() {
        if given.is_some() {
            return Ok(parsed.usage(io));
        }
        io.out.put(if now < 0 { b"-" } else { b"" });
        io.out.number(now.unsigned_abs().into());
        io.out.put(b"\n");
        return Ok(Status::SUCCESS);
    }
    let Some(more) = given.map_or(Some(10), number::signed) else {
        return Ok(io.misuse(given.unwrap_or_default(), "is no number"));
    };
    if let Err(errno) = setpriority(own, now.saturating_add(more).clamp(-20, 19)) {
        io.complain(b"set the nice value", &errno);
    }
    Ok(launch::replace(io, &parsed.operands, io.environment))
}
