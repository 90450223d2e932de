//! `strace` (strace's, of its options those that are used daily). Names, numbers and kinds of arguments are those of the table
//! that `cargo xtask codegen` makes from the kernel's headers.
//!
//! Structures that programs meet daily are shown by their fields, the others by their addresses; what strace explains behind a
//! value (dates, names of unknown bits) is left out. A call of another processor's table (a 32-bit program under a 64-bit
//! kernel) is shown as `syscall_N`.

mod accounts;
mod calls;
mod classes;
mod follow;
mod memory;
mod names;
#[cfg(test)]
mod sample;
mod shapes;
mod show;
mod signals;
mod sockets;
mod structures;
mod words;

use alloc::vec::Vec;

use linux::fs::{Mode, OpenFlags, open};
use linux::process::{CloneFlags, Pid, Step};
use linux::trace::{Stops, Tracee, calls};

use super::{launch, number};
use crate::{Applet, Flag, Io, JSON, Outcome, Output, Parsed, Run};

use follow::Session;

pub(crate) const APPLET: Applet = Applet {
    name: "strace",
    summary: "Run a command, or follow processes, and show the system calls and signals",
    usage: "[OPTION]... COMMAND [WORD]...\n[OPTION]... -p PID",
    flags: flags![
        Flag::new(b'c', "summary-only", "count calls, errors and time, and show that at the end"),
        Flag::with(b'e', "trace", "CALLS", "these alone: trace=NAME,...; %file, %desc, ...; !: all others"),
        Flag::new(b'f', "follow-forks", "also the processes and threads that are started"),
        Flag::with(b'o', "output", "FILE", "write to FILE, not to standard error"),
        Flag::with(b'p', "attach", "PID", "follow a process that runs"),
        Flag::with(b's', "string-limit", "COUNT", "show so many bytes of texts (32)"),
        Flag::new(b'q', "quiet", "nothing about the end of processes"),
        Flag::rows("pid:n call arguments result:n? error:s?"),
    ],
    run: Run::Leading(run),
};

/// What is to be shown.
struct Order<'a> {
    chosen: Option<Chosen<'a>>,
    /// How many bytes of texts.
    limit: usize,
    follows: bool,
    is_count: bool,
    is_json: bool,
    is_quiet: bool,
    /// Whether each line begins with a number, as in a file.
    is_file: bool,
}

/// The calls that are shown.
struct Chosen<'a> {
    names: Vec<&'a [u8]>,
    /// All others, in fact.
    is_not: bool,
}

impl Order<'_> {
    fn shows(&self, name: &str) -> bool {
        let Some(Chosen { names, is_not }) = &self.chosen else { return true };
        let is_named = |word: &&[u8]| *word == b"all" || *word == name.as_bytes();
        names.iter().any(is_named) != *is_not
    }
}

/// Reads `trace=openat,close`, `openat`, `!close`, `trace=none`, `%file`.
fn chosen(word: &[u8]) -> Option<Chosen<'_>> {
    let list = word.strip_prefix(b"trace=").unwrap_or(word);
    let (list, is_not) = list.strip_prefix(b"!").map_or((list, false), |rest| (rest, true));
    let mut names = Vec::new();
    for name in list.split(|byte| *byte == b',').filter(|name| *name != b"none") {
        if let Some(class) = name.strip_prefix(b"%") {
            let mut is_class = true;
            let all = calls().filter(|call| {
                let holds = classes::holds(class, call);
                is_class &= holds.is_some();
                holds == Some(true)
            });
            names.extend(all.map(|call| call.name.as_bytes()));
            is_class.then_some(())?;
            continue;
        }
        let is_known = name == b"all" || calls().any(|call| call.name.as_bytes() == name);
        names.push(is_known.then_some(name)?);
    }
    Some(Chosen { names, is_not })
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let mut attached = Vec::new();
    for word in parsed.values(b'p') {
        let Some(pid) = number::process(word) else { return Ok(io.misuse(word, "not a process number")) };
        attached.push(pid);
    }
    if attached.is_empty() == parsed.operands.is_empty() {
        return Ok(parsed.usage(io));
    }
    let limit = match parsed.value(b's').map(|word| (word, query::text::parse_decimal(word))) {
        None => 32,
        Some((_, Some(limit))) => usize::try_from(limit).unwrap_or(usize::MAX).min(1 << 16),
        Some((word, None)) => return Ok(io.misuse(word, "not a number")),
    };
    let calls = match parsed.value(b'e').map(|word| (word, chosen(word))) {
        None => None,
        Some((_, Some(chosen))) => Some(chosen),
        Some((word, None)) => return Ok(io.misuse(word, "no such call")),
    };
    let file = match parsed.value(b'o') {
        None => None,
        Some(path) => {
            let flags = OpenFlags::WRITE | OpenFlags::CREATE | OpenFlags::TRUNCATE | OpenFlags::CLOSE_ON_EXEC;
            Some(open(path, flags, Mode::octal(0o666)).map_err(|errno| {
                io.complain(path, &errno);
                launch::NOT_STARTED
            })?)
        }
    };
    let order = Order {
        chosen: calls,
        limit,
        follows: parsed.has(b'f'),
        is_count: parsed.has(b'c'),
        is_json: parsed.has(JSON),
        is_quiet: parsed.has(b'q'),
        is_file: file.is_some(),
    };
    let mut stops = Stops::CALLS | Stops::EXECUTE;
    if order.follows {
        stops |= Stops::CHILDREN;
    }
    let (tracees, command) = start(io, parsed, &attached, stops)?;
    let mut out = file.as_ref().map(|file| {
        use linux::fd::AsFd;
        Output::descriptor_stream(file.as_fd())
    });
    let mut session = Session::new(io, out.as_mut(), &order, tracees, command);
    let status = session.follow();
    session.finish();
    Ok(status)
}

/// Starts the command, or seizes what runs; gives what is followed, and the command's number.
fn start(
    io: &mut Io<'_>,
    parsed: &Parsed<'_>,
    attached: &[Pid],
    stops: Stops,
) -> Result<(Vec<Tracee>, Option<Pid>), crate::Status> {
    let mut tracees = Vec::new();
    for pid in attached {
        tracees.push(seized(*pid, stops).map_err(|errno| {
            io.complain(parsed.value(b'p').unwrap_or_default(), &errno);
            launch::NOT_STARTED
        })?);
        if parsed.has(b'f') {
            seize_threads(*pid, stops, &mut tracees);
        }
    }
    if !attached.is_empty() {
        return Ok((tracees, None));
    }
    let command = launch::child(io, &parsed.operands, &[Step::Trace], CloneFlags::empty(), None)?;
    tracees.push(Tracee::started(command, stops).map_err(|errno| {
        io.complain(b"wait", &errno);
        launch::NOT_STARTED
    })?);
    Ok((tracees, Some(command)))
}

/// Follows a thread, which is stopped soon.
fn seized(thread: Pid, stops: Stops) -> linux::Result<Tracee> {
    let tracee = Tracee::seize(thread, stops)?;
    tracee.interrupt()?;
    Ok(tracee)
}

/// Seizes the other threads of a process; one that ends in the meantime is none.
fn seize_threads(process: Pid, stops: Stops, tracees: &mut Vec<Tracee>) {
    for thread in system::processes::threads(process.get().unsigned_abs()).unwrap_or_default() {
        let thread = Pid::new(thread.cast_signed()).filter(|thread| *thread != process);
        tracees.extend(thread.and_then(|thread| seized(thread, stops).ok()));
    }
}
