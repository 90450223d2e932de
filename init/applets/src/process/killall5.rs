//! `killall5` (sysvinit's and BusyBox's): for shutting down. Spared are this session, process 1, threads of the kernel, and
//! those of `-o`. All stand still meanwhile, so that none can start others in between.

use alloc::vec::Vec;

use linux::process::{Pid, getpid, getsid, kill, kill_all};
use linux::signal::Signal;
use query::text::parse_decimal;

use super::{select, signals};
use crate::{Applet, Arguments, Flag, Io, Outcome, Run, Status, options};

pub(crate) const APPLET: Applet = Applet {
    name: "killall5",
    summary: "Send a signal (KILL) to all processes but those of this session",
    usage: "[-SIGNAL] [-o PID[,PID]...]...",
    flags: flags![Flag::with(b'o', "", "LIST", "not to these processes")],
    run: Run::Words(run),
};

/// Nobody was there to be signalled.
const NOBODY: Status = Status(2);

fn run(io: &mut Io<'_>, arguments: Arguments<'_>) -> Status {
    let outcome = send(io, arguments);
    io.settle(outcome)
}

fn send(io: &mut Io<'_>, arguments: Arguments<'_>) -> Outcome {
    let mut words: Vec<&[u8]> = arguments.words.to_vec();
    let name = select::take_signal(&mut words).unwrap_or(b"KILL");
    let parsed = options::parse(Arguments { words: &words, ..arguments }, io, false)?;
    if let Some(extra) = parsed.operands.first() {
        return Ok(io.misuse(extra, "no operand is expected"));
    }
    let signal = signals::parse(name).flatten();
    let mut spared = Vec::from([1, getpid().get().unsigned_abs()]);
    for list in parsed.values(b'o') {
        for word in list.split(|byte| b",;:".contains(byte)) {
            match parse_decimal(word).and_then(|number| u32::try_from(number).ok()) {
                Some(number) => spared.push(number),
                None => return Ok(io.misuse(word, "not a process number")),
            }
        }
    }
    let session = getsid(None).ok().flatten().map_or(0, |session| session.get().unsigned_abs());
    let stops = signal.is_some_and(|signal| signal != Signal::STOP && signal != Signal::CONT);
    if stops {
        let _ = kill_all(Some(Signal::STOP));
    }
    let mut status = NOBODY;
    let found = system::processes::all();
    for process in found.iter().flatten() {
        let is_kernel = process.virtual_bytes == 0;
        if is_kernel || process.session == session || spared.contains(&process.pid) {
            continue;
        }
        if let Some(pid) = Pid::new(process.pid.cast_signed())
            && kill(pid, signal).is_ok()
        {
            status = Status::SUCCESS;
        }
    }
    if stops {
        let _ = kill_all(Some(Signal::CONT));
    }
    found?;
    Ok(status)
}
