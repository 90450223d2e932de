//! `timeout` (GNU's, with BusyBox's old `-t`). The command and all it starts are a group of their own, so that the signal
//! reaches all of them, unless `--foreground` says that the command is to have the terminal.

use core::time::Duration;

use linux::Errno;
use linux::process::{CloneFlags, Ended, Pid, Step, WaitFlags, WaitFor, kill, kill_group, setpgid, waitid};
use linux::signal::{MaskHow, Signal, SignalSet, ignore, sigprocmask, sigtimedwait};
use linux::time::monotonic;

use super::{launch, signals};
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status, span};

pub(crate) const APPLET: Applet = Applet {
    name: "timeout",
    summary: "Run a command, and end it when its time is over; the status is 124 then",
    usage: "[OPTION]... TIME COMMAND [WORD]...",
    flags: flags![
        Flag::with(b's', "signal", "SIGNAL", "send SIGNAL (TERM)"),
        Flag::with(b'k', "kill-after", "TIME", "send KILL so long after it"),
        Flag::new(b'f', "foreground", "leave the terminal to the command; send to it alone"),
        Flag::new(b'p', "preserve-status", "end with the command's status in any case"),
        Flag::new(b'v', "verbose", "say when a signal is sent"),
        Flag::with(b't', "", "TIME", "the time, in an old form"),
    ],
    run: Run::Leading(run),
};

/// What is to be done when.
struct Order<'a> {
    command: &'a [u8],
    signal: Signal,
    kill_after: Option<Duration>,
    is_alone: bool,
    is_verbose: bool,
}

/// The status for a time that is over.
const OVER: Status = Status(124);

/// What ends this process is passed on to the command.
const PASSED_ON: [Signal; 4] = [Signal::TERM, Signal::INT, Signal::HUP, Signal::QUIT];

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let (time, words) = match (parsed.value(b't'), parsed.operands.as_slice()) {
        (Some(time), words @ [_, ..]) => (time, words),
        (None, [time, words @ ..]) if !words.is_empty() => (*time, words),
        _ => return Ok(parsed.usage(io)),
    };
    let order = Order {
        command: words.first().copied().unwrap_or_default(),
        signal: match signals::parse(parsed.value(b's').unwrap_or(b"TERM")) {
            Some(Some(signal)) => signal,
            _ => return Ok(io.misuse(parsed.value(b's').unwrap_or_default(), "no such signal")),
        },
        kill_after: match parsed.value(b'k').map(|word| (word, span::parse(word))) {
            Some((word, None)) => return Ok(io.misuse(word, "not a time")),
            after => after.and_then(|after| after.1).filter(|after| !after.is_zero()),
        },
        is_alone: parsed.has(b'f'),
        is_verbose: parsed.has(b'v'),
    };
    let Some(time) = span::parse(time) else { return Ok(io.misuse(time, "not a time")) };
    let watched = PASSED_ON.into_iter().fold(SignalSet::of(&[Signal::CHLD]), SignalSet::with);
    let former = sigprocmask(MaskHow::Block, Some(watched)).map_err(|errno| io.complain(b"", &errno))?;
    if !order.is_alone {
        // Fails for a session's leader, whose group is its own already.
        let _ = setpgid(None, None);
    }
    let _ = ignore(Signal::TTIN);
    let _ = ignore(Signal::TTOU);
    let steps = [Step::Default(Signal::TTIN), Step::Default(Signal::TTOU)];
    let child = launch::child(io, words, &steps, CloneFlags::empty(), Some(former))?;
    let (ended, is_over) = order.follow(io, child, time, watched);
    let ended = match ended {
        Ok(ended) => ended,
        Err(errno) => return Ok(io.complain(b"wait", &errno)),
    };
    let is_killed = matches!(ended, Ended::Killed(Signal::KILL));
    Ok(if is_over && !is_killed && !parsed.has(b'p') { OVER } else { launch::status(ended) })
}

impl Order<'_> {
    /// Waits for the end, and sends what is to be sent; says whether the time was over.
    fn follow(
        &self,
        io: &mut Io<'_>,
        child: Pid,
        time: Duration,
        watched: SignalSet,
    ) -> (linux::Result<Ended>, bool) {
        let mut deadline = Some(time).filter(|time| !time.is_zero()).map(after);
        let (mut next, mut is_over) = (self.signal, false);
        loop {
            let left = deadline.map(|deadline| deadline.saturating_sub(monotonic()));
            let sent = match sigtimedwait(watched, left) {
                Err(Errno::AGAIN) => {
                    is_over = true;
                    next
                }
                Ok(Signal::CHLD) => {
                    match waitid(WaitFor::Process(child), WaitFlags::EXITED | WaitFlags::NO_HANG) {
                        Ok(None) | Err(Errno::INTR) => continue,
                        Ok(Some(child)) => return (Ok(child.ended), is_over),
                        Err(errno) => return (Err(errno), is_over),
                    }
                }
                Ok(signal) => signal,
                Err(_) => continue,
            };
            if sent == Signal::KILL {
                deadline = None;
            } else {
                deadline = self.kill_after.map(after);
                next = Signal::KILL;
            }
            self.send(io, child, sent);
        }
    }

    fn send(&self, io: &mut Io<'_>, child: Pid, signal: Signal) {
        if self.is_verbose {
            io.complain(self.command, &format_args!("sending {signal}"));
        }
        // It may have ended just now.
        let _ = kill(child, Some(signal));
        if self.is_alone {
            return;
        }
        // Not for ourselves: those that are not watched have no effect then, and of those that are, which stay pending while
        // they are held back, ignoring it again takes ours away.
        let _ = ignore(signal);
        let _ = kill_group(None, Some(signal));
        let _ = ignore(signal);
        if !matches!(signal, Signal::KILL | Signal::CONT) {
            // One that stands still would not see it.
            let _ = kill(child, Some(Signal::CONT));
            let _ = kill_group(None, Some(Signal::CONT));
        }
    }
}

fn after(time: Duration) -> Duration {
    monotonic().saturating_add(time)
}
