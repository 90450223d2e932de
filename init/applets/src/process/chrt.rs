//! `chrt` (util-linux's; BusyBox has fewer options).

use alloc::vec::Vec;

use linux::process::{Pid, Policy, Scheduling, sched_getattr, sched_setattr};
use query::text::{decimal, parse_decimal};

use super::{launch, number};
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "chrt",
    summary: "Run a command, or let a process go on, by other rules of the scheduler, or print them",
    usage: "[OPTION]... PRIORITY COMMAND [WORD]...\n-p [OPTION]... [PRIORITY] PID\n-m",
    flags: flags![
        Flag::new(b'o', "other", "SCHED_OTHER"),
        Flag::new(b'b', "batch", "SCHED_BATCH"),
        Flag::new(b'i', "idle", "SCHED_IDLE"),
        Flag::new(b'f', "fifo", "SCHED_FIFO"),
        Flag::new(b'r', "rr", "SCHED_RR (the default)"),
        Flag::new(b'd', "deadline", "SCHED_DEADLINE"),
        Flag::new(b'R', "reset-on-fork", "children begin with SCHED_OTHER"),
        Flag::with(b'T', "sched-runtime", "NS", "for deadline: time of the processor"),
        Flag::with(b'D', "sched-deadline", "NS", "for deadline: within this time"),
        Flag::with(b'P', "sched-period", "NS", "for deadline: in each period of this length"),
        Flag::new(b'a', "all-tasks", "with -p: all threads of the process"),
        Flag::new(b'p', "pid", "of a process that runs"),
        Flag::new(b'm', "max", "print which priorities there are"),
        Flag::new(b'v', "verbose", "print the rules that are set"),
    ],
    run: Run::Leading(run),
};

/// Each policy's option, its name, and its least and greatest priority.
const POLICIES: [(u8, Policy, &str, u32, u32); 6] = [
    (b'o', Policy::OTHER, "SCHED_OTHER", 0, 0),
    (b'f', Policy::FIFO, "SCHED_FIFO", 1, 99),
    (b'r', Policy::ROUND_ROBIN, "SCHED_RR", 1, 99),
    (b'b', Policy::BATCH, "SCHED_BATCH", 0, 0),
    (b'i', Policy::IDLE, "SCHED_IDLE", 0, 0),
    (b'd', Policy::DEADLINE, "SCHED_DEADLINE", 0, 0),
];

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if parsed.has(b'm') {
        for (_, _, name, least, greatest) in POLICIES {
            io.out.put(name.as_bytes());
            io.out.put(b" min/max priority\t: ");
            io.out.number(least.into());
            io.out.put(b"/");
            io.out.number(greatest.into());
            io.out.put(b"\n");
        }
        return Ok(Status::SUCCESS);
    }
    let mut words = parsed.operands.as_slice();
    let chosen = parsed.last_of(&POLICIES.map(|row| row.0));
    let row = POLICIES.iter().find(|row| Some(row.0) == chosen).unwrap_or(&POLICIES[2]);
    let mut wanted = Scheduling::new(row.1);
    // Policies without priorities need none to be named, but take a 0.
    let takes_number = match words {
        [_] if parsed.has(b'p') => false,
        [first, ..] => row.4 > 0 || parsed.has(b'p') || parse_decimal(first).is_some(),
        [] => return Ok(parsed.usage(io)),
    };
    if let (true, [word, rest @ ..]) = (takes_number, words) {
        let priority = parse_decimal(word).and_then(|number| u32::try_from(number).ok());
        match priority.filter(|priority| (row.3..=row.4).contains(priority)) {
            Some(priority) => wanted.priority = priority,
            None => return Ok(io.misuse(word, "no priority of this policy")),
        }
        words = rest;
    }
    for (key, place) in
        [(b'T', &mut wanted.runtime), (b'D', &mut wanted.deadline), (b'P', &mut wanted.period)]
    {
        if let Some(word) = parsed.value(key) {
            *place = match parse_decimal(word) {
                Some(number) => number,
                None => return Ok(io.misuse(word, "is no number")),
            };
        }
    }
    if parsed.has(b'R') {
        wanted.flags |= Scheduling::RESET_ON_FORK;
    }
    if parsed.has(b'p') {
        let sets = takes_number || chosen.is_some_and(|_| row.4 == 0);
        return Ok(running(io, parsed, words, sets.then_some(&wanted)));
    }
    if words.is_empty() {
        return Ok(parsed.usage(io));
    }
    sched_setattr(None, &wanted).map_err(|errno| io.complain(b"set the policy", &errno))?;
    if parsed.has(b'v') {
        show(io, linux::process::getpid(), "current");
    }
    Ok(launch::replace(io, words, io.environment))
}

/// Shows or sets the rules of a process, or of all its threads.
fn running(io: &mut Io<'_>, parsed: &Parsed<'_>, words: &[&[u8]], wanted: Option<&Scheduling>) -> Status {
    let [word] = words else { return parsed.usage(io) };
    let Some(process) = number::process(word) else { return io.misuse(word, "not a process number") };
    let threads = if parsed.has(b'a') { threads(process) } else { Vec::from([process]) };
    let mut status = Status::SUCCESS;
    for thread in threads {
        let done = match wanted {
            None => show(io, thread, "current"),
            Some(wanted) => {
                let set = io.report(word, sched_setattr(Some(thread), wanted));
                if set == Status::SUCCESS && parsed.has(b'v') { show(io, thread, "new") } else { set }
            }
        };
        status = status.and(done);
    }
    status
}

/// Gives the threads of a process; the process itself where it is gone, so that the failure is told of it.
fn threads(process: Pid) -> Vec<Pid> {
    let threads = system::processes::threads(process.get().unsigned_abs()).unwrap_or_default();
    let threads: Vec<Pid> = threads.iter().filter_map(|thread| Pid::new(thread.cast_signed())).collect();
    if threads.is_empty() { Vec::from([process]) } else { threads }
}

fn show(io: &mut Io<'_>, thread: Pid, when: &str) -> Status {
    let mut name = Vec::new();
    decimal(thread.get().unsigned_abs().into(), &mut name);
    let found = match sched_getattr(Some(thread)) {
        Ok(found) => found,
        Err(errno) => return io.complain(&name, &errno),
    };
    let mut line = |what: &str, value: &dyn Fn(&mut Vec<u8>)| {
        let mut text = b"pid ".to_vec();
        text.extend_from_slice(&name);
        for part in ["'s ", when, " ", what, ": "] {
            text.extend_from_slice(part.as_bytes());
        }
        value(&mut text);
        text.push(b'\n');
        io.out.put(&text);
    };
    let policy = POLICIES.iter().find(|row| row.1 == found.policy).map_or("unknown", |row| row.2);
    line("scheduling policy", &|text| {
        text.extend_from_slice(policy.as_bytes());
        if found.flags & Scheduling::RESET_ON_FORK != 0 {
            text.extend_from_slice(b"|SCHED_RESET_ON_FORK");
        }
    });
    line("scheduling priority", &|text| decimal(found.priority.into(), text));
    if found.policy == Policy::DEADLINE {
        line("runtime/deadline/period parameters", &|text| {
            decimal(found.runtime, text);
            text.push(b'/');
            decimal(found.deadline, text);
            text.push(b'/');
            decimal(found.period, text);
        });
    }
    Status::SUCCESS
}
