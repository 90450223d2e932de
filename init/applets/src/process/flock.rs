//! `flock` (util-linux's; BusyBox has `-s -x -u -n -w -c`). Statuses: 1, or that of `-E`, when the lock was not to be had in time,
//! 66 when the file cannot be opened, else the command's.

use alloc::vec::Vec;

use linux::Errno;
use linux::fd::OwnedFd;
use linux::fs::{self, Lock, Mode, OpenFlags};
use linux::process::CloneFlags;
use linux::signal::{Signal, default, note};
use linux::time::{monotonic, set_alarm};

use core::time::Duration;

use super::launch;
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status, span};

pub(crate) const APPLET: Applet = Applet {
    name: "flock",
    summary: "Run a command while a file is locked, or lock an open file",
    usage: "[OPTION]... FILE COMMAND [WORD]...\n[OPTION]... FILE -c LINE\n[OPTION]... NUMBER",
    flags: flags![
        Flag::new(b's', "shared", "together with others that say so"),
        Flag::new(b'x', "exclusive", "alone (usual)"),
        Flag::new(b'e', "", ""),
        Flag::new(b'u', "unlock", "give the lock back"),
        Flag::new(b'n', "nonblock", "do not wait"),
        Flag::new(b'n', "nb", ""),
        Flag::with(b'w', "timeout", "SECONDS", "wait so long at most"),
        Flag::with(b'w', "wait", "SECONDS", ""),
        Flag::with(b'E', "conflict-exit-code", "STATUS", "the status if it is not to be had (1)"),
        Flag::new(b'o', "close", "the command does not get the lock"),
        Flag::new(b'F', "no-fork", "become the command"),
        Flag::with(b'c', "command", "LINE", "run LINE by the shell"),
        Flag::new(VERBOSE, "verbose", "say how long it took, and what is run"),
    ],
    run: Run::Leading(run),
};

const VERBOSE: u8 = 128;

/// There is no such file (`sysexits.h`: EX_NOINPUT).
const NOT_OPENED: Status = Status(66);

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let conflict = match parsed.value(b'E') {
        None => Status::FAILURE,
        Some(word) => {
            let status = query::text::parse_decimal(word).and_then(|status| u8::try_from(status).ok());
            Status(status.ok_or_else(|| io.misuse(word, "not a status"))?)
        }
    };
    let limit = match parsed.value(b'w') {
        None => None,
        Some(word) => Some(span::parse(word).ok_or_else(|| io.misuse(word, "not a time"))?),
    };
    let Some((&name, words)) = parsed.operands.split_first() else { return Ok(parsed.usage(io)) };
    let shell = io.variable("SHELL").unwrap_or(b"/bin/sh");
    // As getopt leaves it to others, the option may stand behind the file.
    let words: Vec<&[u8]> = match (parsed.value(b'c'), words) {
        (Some(line), []) => Vec::from([shell, b"-c", line]),
        (None, [b"-c" | b"--command", line]) => Vec::from([shell, b"-c", *line]),
        (None, [b"-c" | b"--command", ..]) | (Some(_), _) => return Ok(parsed.usage(io)),
        (None, words) => words.to_vec(),
    };
    let file = if words.is_empty() {
        let number = query::text::parse_decimal(name).and_then(|number| i32::try_from(number).ok());
        let number = number.ok_or_else(|| io.misuse(name, "is no number of an open file"))?;
        fs::dup_number(number)
    } else {
        open(name, parsed.has(b'o'))
    };
    let file = match file {
        Ok(file) => file,
        Err(errno) => {
            io.complain(name, &errno);
            return Ok(NOT_OPENED);
        }
    };
    let kind = match parsed.last_of(b"sxeu") {
        Some(b's') => Lock::Shared,
        Some(b'u') => Lock::Unlock,
        _ => Lock::Exclusive,
    };
    let begin = monotonic();
    let limit = if parsed.has(b'n') { Some(Duration::ZERO) } else { limit };
    match lock(&file, kind, limit) {
        Ok(()) => {}
        Err(Errno::AGAIN) => {
            if parsed.has(VERBOSE) {
                io.complain(b"", &"the lock was not to be had");
            }
            return Ok(conflict);
        }
        Err(errno) => return Ok(io.complain(name, &errno)),
    }
    if parsed.has(VERBOSE) {
        let took = monotonic().saturating_sub(begin);
        let (seconds, micros) = (took.as_secs(), took.subsec_micros());
        io.complain(b"", &format_args!("getting lock took {seconds}.{micros:06} seconds"));
    }
    let Some(command) = words.first() else { return Ok(Status::SUCCESS) };
    if parsed.has(VERBOSE) {
        io.complain(b"executing", &command.escape_ascii());
    }
    if parsed.has(b'F') {
        return Ok(launch::replace(io, &words, io.environment));
    }
    Ok(launch::run(io, &words, &[], CloneFlags::empty()))
}

/// Opens what is locked, and makes a file where there is nothing; a command gets it too, unless it is told to be closed, so that
/// what it leaves behind holds the lock.
fn open(name: &[u8], is_kept: bool) -> linux::Result<OwnedFd> {
    let close = if is_kept { OpenFlags::CLOSE_ON_EXEC } else { OpenFlags::empty() };
    let flags = OpenFlags::READ | OpenFlags::NO_CONTROLLING_TERMINAL | close;
    let open = |flags| linux::retry(|| fs::open(name, flags, Mode::octal(0o666)));
    match open(flags | OpenFlags::CREATE) {
        // A folder, or a place where nothing can be made.
        Err(Errno::ISDIR | Errno::ROFS | Errno::ACCES) => open(flags),
        other => other,
    }
}

/// Waits for the lock, so long at most; `AGAIN` when that is over.
fn lock(file: &OwnedFd, kind: Lock, limit: Option<Duration>) -> linux::Result<()> {
    let Some(limit) = limit else { return linux::retry(|| fs::flock(file, kind, true)) };
    if limit.is_zero() {
        return fs::flock(file, kind, false);
    }
    let deadline = monotonic().saturating_add(limit);
    note(Signal::ALRM)?;
    // Again and again: the first may come before the wait has begun.
    let again = Duration::from_millis(50);
    set_alarm(limit.min(Duration::from_secs(1 << 30)), again)?;
    let result = loop {
        match fs::flock(file, kind, true) {
            Err(Errno::INTR) if monotonic() < deadline => {}
            Err(Errno::INTR) => break Err(Errno::AGAIN),
            other => break other,
        }
    };
    set_alarm(Duration::ZERO, Duration::ZERO)?;
    default(Signal::ALRM)?;
    result
}
