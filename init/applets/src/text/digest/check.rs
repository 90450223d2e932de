//! `-c`: lists of digests against the files that they are of.

use alloc::format;
use alloc::vec::Vec;

use linux::Errno;

use super::form;
use super::{IGNORE_MISSING, Kind, QUIET, RAW, STRICT, TAG, misplaced, of};
use crate::reader::{Reader, ended};
use crate::source;
use crate::{Io, Parsed, Status};

/// What came of a list.
#[derive(Default)]
struct Counts {
    lines: u64,
    malformed: u64,
    unread: u64,
    different: u64,
    same: u64,
}

pub(super) fn run(io: &mut Io<'_>, parsed: &Parsed<'_>, kinds: &[Kind]) -> Status {
    if parsed.has(TAG) {
        return misplaced(io, b"--tag");
    }
    if parsed.has(RAW) {
        return misplaced(io, b"--raw");
    }
    let mut status = Status::SUCCESS;
    for &name in source::names(&parsed.operands) {
        let mut counts = Counts::default();
        let mut lines = Vec::new();
        let result = source::with(io, name, &mut |_, _, input| {
            let mut reader = Reader::new(input);
            while let Some(record) = reader.record(b'\n')? {
                lines.push(ended(record, b'\n').0.to_vec());
            }
            Ok(())
        });
        if result.is_err() {
            status = status.and(io.report(name, result));
            continue;
        }
        for (index, line) in lines.iter().enumerate() {
            check(io, parsed, kinds, line, &mut counts);
            if parsed.has(b'w') && parse(line, kinds).is_none() && !is_remark(line) {
                io.complain(name, &format!("line {}: no digest and name", index + 1));
            }
        }
        status = status.and(report(io, parsed, name, &counts));
    }
    status
}

fn is_remark(line: &[u8]) -> bool {
    matches!(line, [] | [b'#', ..])
}

/// Checks what a line says.
fn check(io: &mut Io<'_>, parsed: &Parsed<'_>, kinds: &[Kind], line: &[u8], counts: &mut Counts) {
    if is_remark(line) {
        return;
    }
    let Some((name, expected, kind)) = parse(line, kinds) else {
        counts.malformed += 1;
        return;
    };
    counts.lines += 1;
    let mut digest = Vec::new();
    let result = source::with(io, &name, &mut |_, _, input| {
        digest = of(input, kind.algorithm)?;
        Ok(())
    });
    let (word, is_said) = match result {
        Err(Errno::NOENT) if parsed.has(IGNORE_MISSING) => return,
        Err(errno) => {
            io.complain(&name, &errno);
            counts.unread += 1;
            (&b"FAILED open or read"[..], true)
        }
        Ok(()) if digest == expected => {
            counts.same += 1;
            (&b"OK"[..], !parsed.has(QUIET))
        }
        Ok(()) => {
            counts.different += 1;
            (&b"FAILED"[..], true)
        }
    };
    if is_said && !parsed.has(b's') {
        for part in [&*name, b": ", word, b"\n"] {
            io.out.put(part);
        }
    }
}

/// Says what was wrong in a list; gives the status.
fn report(io: &mut Io<'_>, parsed: &Parsed<'_>, name: &[u8], counts: &Counts) -> Status {
    if counts.lines == 0 {
        return io.complain(name, &"has no line with a digest and a name");
    }
    if !parsed.has(b's') {
        let faults = [
            (counts.malformed, "lines that have no digest and name"),
            (counts.unread, "files that could not be read"),
            (counts.different, "files that are not the same any more"),
        ];
        for (count, what) in faults {
            if count > 0 {
                io.complain(name, &format!("{what}: {count}"));
            }
        }
    }
    if parsed.has(IGNORE_MISSING) && counts.same == 0 && counts.different == 0 {
        return io.complain(name, &"of no file that it names there is one");
    }
    let has_failed = counts.unread + counts.different > 0 || parsed.has(STRICT) && counts.malformed > 0;
    (!has_failed).into()
}

/// Reads a line: the name and the digest, and of which kind it is.
fn parse(line: &[u8], kinds: &[Kind]) -> Option<(Vec<u8>, Vec<u8>, Kind)> {
    let (is_escaped, line) = match line {
        [b'\\', line @ ..] => (true, line),
        line => (false, line),
    };
    let tagged = kinds.iter().find_map(|kind| {
        let (kind, rest) = kind.without_tag(line)?;
        Some((rest.strip_prefix(b" (")?, kind))
    });
    let (name, digest, kind) = match tagged {
        Some((rest, kind)) => {
            let end = rest.windows(4).rposition(|four| four == b") = ")?;
            let digest = form::read(rest.get(end + 4..)?, &|length| length == kind.algorithm.length())?;
            (rest.get(..end)?, digest, kind)
        }
        None => {
            let &[kind] = kinds else { return None };
            let (digest, rest) = line.split_at(line.iter().position(|byte| *byte == b' ')?);
            let digest = form::read(digest, &|length| kind.of_length(length).is_some())?;
            let kind = kind.of_length(digest.len())?;
            match rest {
                [b' ', b' ' | b'*', name @ ..] | [b' ', name @ ..] => (name, digest, kind),
                _ => return None,
            }
        }
    };
    if name.is_empty() {
        return None;
    }
    let name = if is_escaped { unescape(name)? } else { name.to_vec() };
    Some((name, digest, kind))
}

fn unescape(name: &[u8]) -> Option<Vec<u8>> {
    let mut plain = Vec::new();
    let mut bytes = name.iter();
    while let Some(byte) = bytes.next() {
        plain.push(match byte {
            b'\\' => match bytes.next()? {
                b'n' => b'\n',
                b'r' => b'\r',
                b'\\' => b'\\',
                _ => return None,
            },
            byte => *byte,
        });
    }
    Some(plain)
}
