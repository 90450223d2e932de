//! `sed` (POSIX and GNU's).

mod escape;
mod input;
mod list;
mod output;
mod parse;
mod run;
mod script;
mod substitute;

use alloc::vec::Vec;

use ::io::replace::{Draft, Durability};
use linux::Errno;
use linux::fs::{FileKind, stat};
use query::text::parse_decimal;
use regex::Syntax;

use crate::source;
use crate::{Applet, Flag, Input, Io, Outcome, Parsed, Run, Status};
use input::Files;
use output::Outputs;
use run::{Machine, Manner};

pub(crate) const APPLET: Applet = Applet {
    name: "sed",
    summary: "Edit lines by a script",
    usage: "[OPTION]... SCRIPT [FILE]...\n[OPTION]... -e SCRIPT... [-f FILE]... [FILE]...",
    flags: flags![
        Flag::new(b'n', "quiet", "print lines only where the script says so"),
        Flag::new(b'n', "silent", ""),
        Flag::with(b'e', "expression", "SCRIPT", "a part of the script"),
        Flag::with(b'f', "file", "FILE", "a part of the script, from FILE"),
        Flag::new(b'E', "regexp-extended", "extended expressions: + ? | ( ) { }"),
        Flag::new(b'r', "", ""),
        Flag::may(b'i', "in-place", "SUFFIX", "change the files; with SUFFIX what they were stays"),
        Flag::new(b's', "separate", "each file by itself: lines are counted anew, $ is its last"),
        Flag::with(b'l', "line-length", "N", "how long lines of the command l are (70)"),
        Flag::new(b'z', "null-data", "lines end with a zero byte"),
        Flag::new(b'u', "unbuffered", "write each line at once"),
        Flag::new(SANDBOX, "sandbox", "scripts that run commands, or read or write files, are refused"),
        Flag::new(FOLLOW, "follow-symlinks", "with -i: change what links lead to"),
        Flag::new(POSIX, "posix", ""),
        Flag::new(VERSION, "version", ""),
    ],
    run: Run::Parsed(run),
};

keys! { 128; SANDBOX FOLLOW POSIX VERSION }

/// The status for files that could not be read.
const UNREAD: Status = Status(2);
/// The status for what could not be written.
const FAILED: Status = Status(4);

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if parsed.has(VERSION) {
        // What configure scripts look for, and find in BusyBox's too.
        io.out.put(b"This is not GNU sed version 4.0\n");
        return Ok(Status::SUCCESS);
    }
    let mut operands = parsed.operands.as_slice();
    let mut text = Vec::new();
    for (key, value) in &parsed.options {
        match key {
            b'e' => add(&mut text, value),
            b'f' => {
                let mut part = Vec::new();
                let result =
                    source::with(io, value, &mut |_, _, input: &mut Input<'_>| input.read_all(&mut part));
                if result.is_err() {
                    return Ok(io.report(value, result));
                }
                add(&mut text, part.strip_suffix(b"\n").unwrap_or(&part));
            }
            _ => {}
        }
    }
    if !parsed.has_any(b"ef") {
        let Some((first, rest)) = operands.split_first() else {
            parsed.usage(io);
            return Ok(Status::FAILURE);
        };
        add(&mut text, first);
        operands = rest;
    }
    let width = match parsed.value(b'l') {
        None => 70,
        Some(word) => match parse_decimal(word).and_then(|width| usize::try_from(width).ok()) {
            Some(width) => width,
            None => return Ok(io.complain(word, &"is no number of columns")),
        },
    };
    let utf8 = io.is_utf8();
    let syntax = if parsed.has_any(b"Er") { Syntax::Extended } else { Syntax::Basic };
    let manner = parse::Manner { syntax, utf8, is_sandbox: parsed.has(SANDBOX) };
    let script = match parse::parse(text.get(1..).unwrap_or_default(), manner) {
        Ok(script) => script,
        Err(fault) => return Ok(refuse(io, text.get(1..).unwrap_or_default(), &fault)),
    };
    let outputs = match Outputs::open(&script.files, parsed.has(b'u')) {
        Ok(outputs) => outputs,
        Err((name, errno)) => {
            io.complain(&name, &errno);
            return Ok(FAILED);
        }
    };
    let is_quiet = parsed.has(b'n') || script.is_quiet;
    let end = if parsed.has(b'z') { 0 } else { b'\n' };
    let suffix = parsed.value(b'i');
    let files = Files::new(source::names(operands), end, parsed.has(b's'), suffix.is_some());
    let mut machine = Machine::new(&script, Manner { is_quiet, end, width, utf8 }, files, outputs);
    let status = match (suffix, parsed.has(b's')) {
        (Some(suffix), _) => edit_each(io, &mut machine, suffix, parsed.has(FOLLOW)),
        (None, true) => run_each(io, &mut machine),
        (None, false) => machine.run(io).unwrap_or(Status::SUCCESS),
    };
    let unread = if machine.files.has_failed { UNREAD } else { Status::SUCCESS };
    Ok(status.and(machine.outputs.finish(io)).and(unread))
}

/// Adds a part of the script, each behind a line feed.
fn add(text: &mut Vec<u8>, part: &[u8]) {
    text.push(b'\n');
    text.extend_from_slice(part);
}

/// Says what is wrong with a script.
fn refuse(io: &mut Io<'_>, text: &[u8], fault: &parse::Fault) -> Status {
    let before = text.get(..fault.at).unwrap_or(text);
    let line = bulk::lines(before, b'\n') + 1;
    let column = before.len() - memchr::memrchr(b'\n', before).map_or(0, |last| last + 1) + 1;
    let place = match line {
        1 => alloc::format!("character {column}"),
        _ => alloc::format!("line {line}, character {column}"),
    };
    io.complain(place.as_bytes(), &fault.message)
}

/// Runs the script over each file by itself.
fn run_each(io: &mut Io<'_>, machine: &mut Machine<'_>) -> Status {
    while machine.files.open_next(io) {
        machine.begin();
        if let Some(status) = machine.run(io) {
            return status;
        }
    }
    Status::SUCCESS
}

/// Puts what the script makes of each file in its place.
fn edit_each(io: &mut Io<'_>, machine: &mut Machine<'_>, suffix: &[u8], follows: bool) -> Status {
    let mut status = Status::SUCCESS;
    while machine.files.open_next(io) {
        let name = machine.files.name();
        let path = if follows { target(name) } else { name.to_vec() };
        let draft = match stat(path.as_slice()).map(|data| data.kind()) {
            Ok(FileKind::Regular) => Draft::beside(&path),
            Ok(_) => Err(Errno::INVAL),
            Err(errno) => Err(errno),
        };
        let draft = match draft {
            Ok(draft) => draft,
            Err(errno) => {
                io.complain(name, &errno);
                machine.files.close();
                status = status.and(FAILED);
                continue;
            }
        };
        machine.begin();
        machine.outputs.edit(Some(draft));
        let ended = machine.run(io);
        let result = match machine.outputs.edit(None) {
            Some(Ok(draft)) => put_in_place(draft, &path, suffix),
            Some(Err(errno)) => Err(errno),
            None => Ok(()),
        };
        if let Err(errno) = result {
            io.complain(name, &errno);
            status = status.and(FAILED);
        }
        if let Some(ended) = ended {
            return ended.and(status);
        }
    }
    status
}

/// Gives a file its new contents, and keeps the old ones under another name if that is wanted.
fn put_in_place(draft: Draft, path: &[u8], suffix: &[u8]) -> linux::Result<()> {
    draft.keep_attributes()?;
    if !suffix.is_empty() {
        let slash = path.iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash + 1);
        let (folder, base) = path.split_at(slash);
        let mut backup = Vec::new();
        match suffix.contains(&b'*') {
            true => {
                for byte in suffix {
                    if *byte == b'*' { backup.extend_from_slice(base) } else { backup.push(*byte) }
                }
            }
            false => backup.extend([base, suffix].concat()),
        }
        if !backup.contains(&b'/') {
            backup.splice(0..0, folder.iter().copied());
        }
        linux::fs::rename(path, backup.as_slice())?;
    }
    draft.commit(Durability::Cache)
}

/// Gives what the links of a name lead to.
fn target(name: &[u8]) -> Vec<u8> {
    let mut path = name.to_vec();
    let mut buffer = [0; linux::path::PATH_BYTES];
    // A loop ends where the file is opened.
    for _ in 0..40 {
        let Ok(link) = linux::fs::readlink(path.as_slice(), &mut buffer) else { break };
        let folder = path.iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash + 1);
        path.truncate(if link.starts_with(b"/") { 0 } else { folder });
        path.extend_from_slice(link);
    }
    path
}
