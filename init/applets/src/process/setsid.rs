//! `setsid` (util-linux's; BusyBox has `-c` alone).

use linux::fd::STDIN;
use linux::process::{CloneFlags, Step, getpgid, getpid, setsid};

use super::launch;
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "setsid",
    summary: "Run a command in a session of its own",
    usage: "[OPTION]... COMMAND [WORD]...",
    flags: flags![
        Flag::new(b'c', "ctty", "standard input becomes its terminal"),
        Flag::new(b'f', "fork", "in a child, whether that is needed or not"),
        Flag::new(b'w', "wait", "wait for its end, and end with its status"),
    ],
    run: Run::Leading(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if parsed.operands.is_empty() {
        return Ok(parsed.usage(io));
    }
    // Who leads a group cannot found a session.
    let is_leader = getpgid(None).is_ok_and(|group| group == Some(getpid()));
    if !is_leader && !parsed.has(b'f') {
        setsid().map_err(|errno| io.complain(b"", &errno))?;
        if parsed.has(b'c') {
            linux::terminal::set_controlling(STDIN, true)
                .map_err(|errno| io.complain(b"standard input", &errno))?;
        }
        return Ok(launch::replace(io, &parsed.operands, io.environment));
    }
    let steps = [Step::Session, Step::Terminal(0)];
    let steps = steps.get(..if parsed.has(b'c') { 2 } else { 1 }).unwrap_or(&steps);
    let child = launch::child(io, &parsed.operands, steps, CloneFlags::empty(), None)?;
    if !parsed.has(b'w') {
        return Ok(Status::SUCCESS);
    }
    Ok(launch::end(io, child))
}
