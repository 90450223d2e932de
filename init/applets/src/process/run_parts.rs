//! `run-parts` (Debian's; BusyBox has its first half).

use alloc::vec::Vec;

use linux::fd::{AsFd, OwnedFd};
use linux::fs::{FileKind, Mode, PipeFlags, pipe};
use linux::poll::{PollFd, PollFlags, poll};
use linux::process::{CloneFlags, Step};
use regex::{Regex, Syntax};

use super::launch;
use super::number::octal;
use crate::{Applet, Flag, Input, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "run-parts",
    summary: "Run all programs of a folder, in the order of their names",
    usage: "[OPTION]... FOLDER",
    flags: flags![
        Flag::new(TEST, "test", "print what would be run"),
        Flag::new(LIST, "list", "print all files whose names fit"),
        Flag::new(b'v', "verbose", "say what is run"),
        Flag::new(REPORT, "report", "say what is run if it prints anything"),
        Flag::new(REVERSE, "reverse", "the last name first"),
        Flag::new(EXIT, "exit-on-error", "end with the first that fails"),
        Flag::with(b'a', "arg", "WORD", "give WORD to each"),
        Flag::with(b'u', "umask", "MASK", "set the mask of permissions (022)"),
        Flag::with(REGEX, "regex", "PATTERN", "names that match PATTERN"),
        Flag::new(LSB, "lsbsysinit", "names as LSB has them, too"),
        Flag::new(SESSION, "new-session", "each in a session of its own"),
    ],
    run: Run::Parsed(run),
};

keys! { 128; TEST LIST REPORT REVERSE EXIT REGEX LSB SESSION }

/// Names that are run: no dots, so that none of what editors and packages leave.
const NAMES: &[u8] = b"^[a-zA-Z0-9_-]+$";

/// Hierarchical and assigned names of LSB.
const LSB_NAMES: &[u8] = b"^(_?([a-z0-9_.]+-)+[a-z0-9]+|[a-z0-9][a-z0-9-]*)$";

/// Of these names none is run: packages leave them.
const LEFT: [&[u8]; 4] = [b"dpkg-old", b"dpkg-dist", b"dpkg-new", b"dpkg-tmp"];

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let [folder] = parsed.operands.as_slice() else { return Ok(parsed.usage(io)) };
    let pattern = match parsed.value(REGEX) {
        Some(pattern) => pattern,
        None => {
            if parsed.has(LSB) {
                LSB_NAMES
            } else {
                NAMES
            }
        }
    };
    let pattern = match Regex::new(pattern, Syntax::Extended, false) {
        Ok(regex) => regex,
        Err(error) => return Ok(io.complain(pattern, &error)),
    };
    let mask = match parsed.value(b'u') {
        None => 0o22,
        Some(word) => match octal(word) {
            Some(mask) => mask,
            None => return Ok(io.misuse(word, "no mask")),
        },
    };
    let mut names = system::folder::names(folder)?;
    query::sort::sort(&mut names);
    if parsed.has(REVERSE) {
        names.reverse();
    }
    let mut status = Status::SUCCESS;
    names.retain(|name| {
        pattern.is_match(name) && !(parsed.has(LSB) && LEFT.iter().any(|end| name.ends_with(end)))
    });
    for name in &names {
        let path = [folder.strip_suffix(b"/").unwrap_or(folder), b"/", name.as_slice()].concat();
        let Ok(file) = linux::fs::stat(path.as_slice()) else {
            // As with Debian's, this is no failure.
            io.complain(&path, &"the link leads nowhere");
            continue;
        };
        if file.kind() != FileKind::Regular {
            continue;
        }
        let is_program = linux::fs::access(path.as_slice(), linux::fs::Access::EXECUTE).is_ok();
        if parsed.has(LIST) || parsed.has(TEST) {
            if parsed.has(LIST) || is_program {
                io.out.put(&path);
                io.out.put(b"\n");
            }
        } else if is_program {
            let done = one(io, parsed, &path, mask);
            if done != Status::SUCCESS {
                status = Status::FAILURE;
                if parsed.has(EXIT) {
                    return Ok(done);
                }
            }
        }
    }
    Ok(status)
}

/// Runs one, and says with what status it failed.
fn one(io: &mut Io<'_>, parsed: &Parsed<'_>, path: &[u8], mask: u32) -> Status {
    if parsed.has(b'v') {
        io.complain(path, &"runs");
    }
    let mut words = Vec::from([path]);
    words.extend(parsed.values(b'a'));
    let steps = [Step::Umask(Mode::octal(mask)), Step::Session];
    let steps = steps.get(..if parsed.has(SESSION) { 2 } else { 1 }).unwrap_or(&steps);
    let status = match parsed.has(REPORT) {
        true => reported(io, &words, steps).unwrap_or_else(|status| status),
        false => launch::run(io, &words, steps, CloneFlags::empty()),
    };
    if status != Status::SUCCESS && status != Status::NOT_FOUND && status != Status::NOT_EXECUTABLE {
        io.complain(path, &format_args!("ended with status {}", status.0));
    }
    status
}

/// Runs one and hands on what it prints, on both streams behind its name.
fn reported(io: &mut Io<'_>, words: &[&[u8]], steps: &[Step<'_>]) -> Result<Status, Status> {
    let mut taken = || pipe(PipeFlags::CLOSE_ON_EXEC).map_err(|errno| io.complain(b"pipe", &errno));
    let ((out, its_out), (err, its_err)) = (taken()?, taken()?);
    let puts = [Step::Put(its_out.as_fd(), 1), Step::Put(its_err.as_fd(), 2)];
    let all: Vec<Step<'_>> = puts.into_iter().chain(steps.iter().copied()).collect();
    let child = launch::child(io, words, &all, CloneFlags::empty(), None)?;
    drop((its_out, its_err));
    let name = [words.first().copied().unwrap_or_default(), b":\n"].concat();
    let mut streams = Vec::from([
        Heard { from: out, is_err: false, named: false },
        Heard { from: err, is_err: true, named: false },
    ]);
    while !streams.is_empty() {
        let mut waiting: Vec<_> =
            streams.iter().map(|heard| PollFd::new(&heard.from, PollFlags::IN)).collect();
        if let Err(errno) = linux::retry(|| poll(&mut waiting, None)) {
            return Err(io.complain(b"poll", &errno));
        }
        let ready: Vec<bool> = waiting.iter().map(PollFd::is_ready).collect();
        let mut ready = ready.into_iter();
        streams.retain_mut(|heard| !ready.next().unwrap_or(false) || heard.hand_on(io, &name));
    }
    Ok(launch::end(io, child))
}

/// A stream of a program that runs.
struct Heard {
    from: OwnedFd,
    is_err: bool,
    named: bool,
}

impl Heard {
    /// Hands on what is there, the name before the first of it; false at the end.
    fn hand_on(&mut self, io: &mut Io<'_>, name: &[u8]) -> bool {
        let mut buffer = [0; 4096];
        let read = linux::retry(|| Input::Descriptor(self.from.as_fd()).read(&mut buffer)).unwrap_or(0);
        let out = if self.is_err { &mut io.err } else { &mut io.out };
        if read > 0 && !core::mem::replace(&mut self.named, true) {
            out.put(name);
        }
        out.put(buffer.get(..read).unwrap_or_default());
        out.flush();
        read > 0
    }
}
