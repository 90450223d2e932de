//! `pkill` (procps's; BusyBox has fewer options).

use alloc::vec::Vec;

use linux::Errno;
use linux::process::{Pid, kill};

use super::{select, signals};
use crate::{Applet, Arguments, Flag, Io, Outcome, Run, Status, options};

pub(crate) const APPLET: Applet = Applet {
    name: "pkill",
    summary: "Send a signal (TERM) to processes that fit",
    usage: "[-SIGNAL] [OPTION]... PATTERN",
    flags: flags![
        ..select::FLAGS,
        Flag::with(SIGNAL, "signal", "SIGNAL", "send SIGNAL: a name or a number; 0 only asks"),
        Flag::new(b'e', "echo", "print what is signalled"),
        Flag::new(b'l', "", ""),
    ],
    run: Run::Words(run),
};

const SIGNAL: u8 = 131;

fn run(io: &mut Io<'_>, arguments: Arguments<'_>) -> Status {
    let outcome = send(io, arguments);
    io.settle(outcome)
}

fn send(io: &mut Io<'_>, arguments: Arguments<'_>) -> Outcome {
    let mut words: Vec<&[u8]> = arguments.words.to_vec();
    let named = select::take_signal(&mut words);
    let parsed = options::parse(Arguments { words: &words, ..arguments }, io, false)?;
    let name = parsed.value(SIGNAL).or(named).unwrap_or(b"TERM");
    let Some(signal) = signals::parse(name) else { return Ok(io.misuse(name, "no such signal")) };
    let found = select::find(io, &parsed)?;
    let mut status = Status::from(!found.is_empty());
    for process in &found {
        let sent = Pid::new(process.pid.cast_signed()).map_or(Ok(()), |pid| kill(pid, signal));
        match sent {
            Ok(()) if parsed.has(b'e') => {
                io.out.printable(&process.name);
                io.out.put(b" killed (pid ");
                io.out.number(process.pid.into());
                io.out.put(b")\n");
            }
            // One that has ended is signalled no more.
            Ok(()) | Err(Errno::SRCH) => {}
            Err(errno) => status = io.complain(&process.name, &errno),
        }
    }
    if parsed.has(b'c') {
        select::count(io, found.len())?;
    }
    Ok(status)
}
