//! `setfattr` (that of attr; BusyBox has it without `--restore`).

use alloc::vec::Vec;

use linux::fs::{self, SetAttribute};

use super::attribute;
use crate::reader::{Reader, ended};
use crate::source;
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "setfattr",
    summary: "Set or remove an extended attribute of files",
    usage: "-n NAME [-v VALUE] [-h] FILE...\n-x NAME [-h] FILE...\n--restore=FILE",
    flags: flags![
        Flag::with(b'n', "name", "NAME", "set this attribute"),
        Flag::with(b'v', "value", "VALUE", "to this: text, 0x and digits, 0s and base64"),
        Flag::with(b'x', "remove", "NAME", "remove this attribute"),
        Flag::new(b'h', "no-dereference", "of symbolic links themselves"),
        Flag::with(RESTORE, "restore", "FILE", "set what getfattr -d has printed"),
    ],
    run: Run::Parsed(run),
};

const RESTORE: u8 = 128;

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let follows = !parsed.has(b'h');
    let mut status = Status::SUCCESS;
    if let Some(name) = parsed.value(RESTORE) {
        return Ok(restore(io, name, follows));
    }
    let (name, value) = match (parsed.value(b'n'), parsed.value(b'x')) {
        (Some(name), None) => {
            let word = parsed.value(b'v').unwrap_or_default();
            let value = attribute::read(word).ok_or_else(|| io.misuse(word, "not a value"))?;
            (name, Some(value))
        }
        (None, Some(name)) if !parsed.has(b'v') => (name, None),
        _ => return Ok(parsed.usage(io)),
    };
    if parsed.operands.is_empty() {
        return Ok(parsed.usage(io));
    }
    for path in &parsed.operands {
        let done = match &value {
            Some(value) => set(path, name, value, follows),
            None if follows => fs::removexattr(*path, name),
            None => fs::lremovexattr(*path, name),
        };
        status = status.and(io.report(path, done));
    }
    Ok(status)
}

fn set(path: &[u8], name: &[u8], value: &[u8], follows: bool) -> linux::Result<()> {
    if follows {
        fs::setxattr(path, name, value, SetAttribute::Any)
    } else {
        fs::lsetxattr(path, name, value, SetAttribute::Any)
    }
}

/// Reads blocks of `# file: PATH` and lines `NAME=VALUE`.
fn restore(io: &mut Io<'_>, name: &[u8], follows: bool) -> Status {
    let mut status = Status::SUCCESS;
    let read = source::with(io, name, &mut |io, _, input| {
        let mut reader = Reader::new(input);
        let mut path = Vec::new();
        while let Some(record) = reader.record(b'\n')? {
            let line = ended(record, b'\n').0;
            if let Some(title) = line.strip_prefix(b"# file: ") {
                path = attribute::unquote(title);
                continue;
            }
            if line.is_empty() {
                continue;
            }
            let at = line.iter().position(|byte| *byte == b'=').unwrap_or(line.len());
            let (name, value) = line.split_at(at);
            let name = attribute::unquote(name);
            let value = attribute::read(value.get(1..).unwrap_or_default());
            status = status.and(match value {
                Some(value) if !path.is_empty() => {
                    let done = set(&path, &name, &value, follows);
                    io.report(&path, done)
                }
                _ => io.complain(line, &"is no attribute of a file"),
            });
        }
        Ok(())
    });
    status.and(io.report(name, read))
}
