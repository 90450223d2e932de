//! `killall` (psmisc's; BusyBox has `-l -q -s`).

use alloc::vec::Vec;

use formats::proc::pid::cmdline;
use linux::Errno;
use linux::process::{Pid, getpid, kill, kill_group};
use regex::{Regex, Syntax};
use system::processes::{self, Process};
use system::users::Names;

use super::schedule::{self, Wait};
use super::{kill as signal_list, select, signals};
use crate::{Applet, Arguments, Flag, Io, Outcome, Parsed, Run, Status, options, span};

pub(crate) const APPLET: Applet = Applet {
    name: "killall",
    summary: "Send a signal (TERM) to all processes of a name",
    usage: "[-SIGNAL] [OPTION]... NAME...\n-l",
    flags: flags![
        Flag::with(b's', "signal", "SIGNAL", "send SIGNAL: a name or a number; 0 only asks"),
        Flag::new(b'l', "list", "list the signals"),
        Flag::new(b'q', "quiet", "say nothing of names that nobody has"),
        Flag::new(b'e', "exact", "long names must be known whole"),
        Flag::new(b'I', "ignore-case", "letters of either case are equal"),
        Flag::new(b'r', "regexp", "NAMEs are extended regular expressions"),
        Flag::new(b'g', "process-group", "to the groups of the processes"),
        Flag::new(b'i', "interactive", "ask before each"),
        Flag::with(b'u', "user", "USER", "only processes of USER"),
        Flag::with(b'o', "older-than", "TIME", "only those that run longer"),
        Flag::with(b'y', "younger-than", "TIME", "only those that run less long"),
        Flag::new(b'v', "verbose", "say what is signalled"),
        Flag::new(b'w', "wait", "wait until they have ended"),
    ],
    run: Run::Words(run),
};

fn run(io: &mut Io<'_>, arguments: Arguments<'_>) -> Status {
    let outcome = send(io, arguments);
    io.settle(outcome)
}

fn send(io: &mut Io<'_>, arguments: Arguments<'_>) -> Outcome {
    let mut words: Vec<&[u8]> = arguments.words.to_vec();
    let named = select::take_signal(&mut words);
    let parsed = options::parse(Arguments { words: &words, ..arguments }, io, false)?;
    if parsed.has(b'l') {
        return Ok(signal_list::list(io, &parsed.operands));
    }
    let name = parsed.value(b's').or(named).unwrap_or(b"TERM");
    let Some(signal) = signals::parse(name) else { return Ok(io.misuse(name, "no such signal")) };
    let others = Others::new(&parsed).map_err(|word| io.misuse(word, "not what is expected here"))?;
    if parsed.operands.is_empty() && !parsed.has(b'u') {
        return Ok(parsed.usage(io));
    }
    let all = processes::all()?;
    let mut status = Status::SUCCESS;
    let mut signalled = Vec::new();
    let any: [&[u8]; 1] = [b""];
    for name in if parsed.operands.is_empty() { &any } else { parsed.operands.as_slice() } {
        let pattern = Pattern::new(name, &parsed).map_err(|error| io.misuse_with(name, &error))?;
        let mut has_any = false;
        for process in all.iter().filter(|process| others.are_met(process) && pattern.is_met(process)) {
            has_any = true;
            if parsed.has(b'i') && !asked(io, process) {
                continue;
            }
            let Some(pid) = Pid::new(process.pid.cast_signed()) else { continue };
            let sent = match Pid::new(process.group.cast_signed()) {
                Some(group) if parsed.has(b'g') => kill_group(Some(group), signal),
                _ => kill(pid, signal),
            };
            match sent {
                Ok(()) => {
                    signalled.push(process.pid);
                    if parsed.has(b'v') {
                        io.complain(&process.name, &format_args!("signalled process {pid}"));
                    }
                }
                Err(Errno::SRCH) => {}
                Err(errno) => status = io.complain(name, &errno),
            }
        }
        if !has_any {
            status = Status::FAILURE;
            if !parsed.has(b'q') {
                io.complain(name, &"no process found");
            }
        }
    }
    if parsed.has(b'w') {
        schedule::wait(Wait::Forever, &mut || {
            let mut left = Vec::new();
            for pid in &signalled {
                left.extend(
                    processes::one(*pid)?.filter(|process| process.state != b'Z').map(|process| process.pid),
                );
            }
            Ok(left)
        })?;
    }
    Ok(status)
}

/// What is asked of processes besides their names.
struct Others {
    user: Option<u32>,
    started_before: Option<formats::time::Duration>,
    started_after: Option<formats::time::Duration>,
    own: u32,
}

impl Others {
    fn new<'a>(parsed: &Parsed<'a>) -> Result<Self, &'a [u8]> {
        let user = match parsed.value(b'u') {
            None => None,
            Some(name) => Some(Names::read().find_user(name).ok_or(name)?),
        };
        let ago = |key| match parsed.value(key) {
            None => Ok::<_, &[u8]>(None),
            Some(word) => {
                let age = span::parse(word).ok_or(word)?;
                Ok(Some(system::machine::uptime().saturating_sub(age.into())))
            }
        };
        Ok(Self {
            user,
            started_before: ago(b'o')?,
            started_after: ago(b'y')?,
            own: getpid().get().unsigned_abs(),
        })
    }

    fn are_met(&self, process: &Process) -> bool {
        process.pid != self.own
            && self.user.is_none_or(|user| user == process.user)
            && self.started_before.is_none_or(|time| process.started <= time)
            && self.started_after.is_none_or(|time| process.started >= time)
    }
}

/// A name, or an expression for names.
struct Pattern<'a> {
    name: &'a [u8],
    regex: Option<Regex>,
    is_exact: bool,
    ignores_case: bool,
}

impl<'a> Pattern<'a> {
    fn new(name: &'a [u8], parsed: &Parsed<'_>) -> Result<Self, regex::Error> {
        let regex = match parsed.has(b'r') {
            true => Some(Regex::new(name, Syntax::Extended, false)?),
            false => None,
        };
        Ok(Self { name, regex, is_exact: parsed.has(b'e'), ignores_case: parsed.has(b'I') })
    }

    fn is_met(&self, process: &Process) -> bool {
        /// As much as the kernel keeps of a name.
        const NAME: usize = 15;
        if self.name.is_empty() {
            return true;
        }
        if let Some(regex) = &self.regex {
            return regex.is_match(&process.name);
        }
        let is = |name: &[u8]| {
            if self.ignores_case { name.eq_ignore_ascii_case(self.name) } else { name == self.name }
        };
        if self.name.contains(&b'/') {
            return processes::link(process.pid, b"exe").is_some_and(|path| path == self.name);
        }
        if is(&process.name) {
            return true;
        }
        // A long name: what the process is called by knows the rest.
        let Some(head) = self.name.get(..NAME).filter(|head| *head == process.name) else { return false };
        let bytes = processes::arguments(process.pid);
        let called = cmdline::parse(&bytes).next().unwrap_or_default();
        let last = called.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
        is(last) || !self.is_exact && !last.starts_with(head)
    }
}

/// Asks whether a process is to be signalled.
fn asked(io: &mut Io<'_>, process: &Process) -> bool {
    io.out.flush();
    io.err.put(b"killall: signal ");
    io.err.printable(&process.name);
    io.err.put(b" (");
    io.err.number(process.pid.into());
    io.err.put(b")? ");
    io.err.flush();
    let mut answer = Vec::new();
    let mut byte = [0];
    while linux::retry(|| io.input.read(&mut byte)).is_ok_and(|count| count == 1) && byte != *b"\n" {
        answer.push(byte[0]);
    }
    matches!(answer.first(), Some(b'y' | b'Y'))
}
