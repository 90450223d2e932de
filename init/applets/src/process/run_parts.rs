//! `run-parts` (Debian's; BusyBox has its first half).

use alloc::vec::Vec;

use linux::fs::{FileKind, Mode};
use linux::process::{CloneFlags, Step};
use regex::{Regex, Syntax};

use super::launch;
use super::number::octal;
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

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

const TEST: u8 = 128;
const LIST: u8 = 129;
const REPORT: u8 = 130;
const REVERSE: u8 = 131;
const EXIT: u8 = 132;
const REGEX: u8 = 133;
const LSB: u8 = 134;
const SESSION: u8 = 135;

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
    let status = launch::run(io, &words, steps, CloneFlags::empty());
    if status != Status::SUCCESS && status != Status::NOT_FOUND && status != Status::NOT_EXECUTABLE {
        io.complain(path, &format_args!("ended with status {}", status.0));
    }
    status
}
