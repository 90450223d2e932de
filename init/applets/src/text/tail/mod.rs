//! `tail` (POSIX; `-F`, `-q`, `-v`, `-s`, `-z`, `--pid` and `--retry` are GNU's). Of a file only the end is read.

mod follow;

use linux::fd::BorrowedFd;
use linux::fs::{FileKind, From, fstat, lseek, pread};

use super::head::Titles;
use super::window::{OldCount, Unit, Window};
use crate::amount;
use crate::reader::Reader;
use crate::source;
use crate::{Applet, Flag, Input, Io, NUMBER, Outcome, Output, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "tail",
    summary: "Print the last 10 lines of each file",
    usage: "[OPTION]... [FILE]...",
    flags: flags![
        Flag::with(b'n', "lines", "[+]N", "the last N lines; with +, from line N on"),
        Flag::with(b'c', "bytes", "[+]N", "the last N bytes; with +, from byte N on"),
        Flag::new(b'f', "", "then wait for more"),
        Flag::may(FOLLOW, "follow", "HOW", "the same; name: as -F without --retry"),
        Flag::new(b'F', "", "the same, and open a file anew that another one replaces"),
        Flag::new(RETRY, "retry", "wait for files that there are not"),
        Flag::with(b's', "sleep-interval", "SECONDS", "look at least so often (1)"),
        Flag::with(PID, "pid", "PID", "end with that process"),
        Flag::new(b'q', "quiet", "no names of files"),
        Flag::new(b'q', "silent", ""),
        Flag::new(b'v', "verbose", "the name of each file"),
        Flag::new(b'z', "zero-terminated", "lines end with a zero byte"),
        Flag::number("as -n NUMBER"),
    ],
    run: Run::Parsed(run),
};

keys! { 128; RETRY PID FOLLOW }

/// Which part is printed.
#[derive(Clone, Copy)]
struct Part {
    unit: Unit,
    /// How many, counted from the end; or from 1 the first.
    count: u64,
    is_from_start: bool,
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let lines = Unit::Lines(if parsed.has(b'z') { 0 } else { b'\n' });
    let mut part = Part { unit: lines, count: 10, is_from_start: false };
    let mut follows = false;
    for (key, value) in &parsed.options {
        part.unit = match *key {
            b'c' => Unit::Bytes,
            b'n' => lines,
            NUMBER => {
                let Some(old) = OldCount::parse(value) else { return Ok(io.misuse(value, "is no number")) };
                part = Part::old(old, lines, false);
                follows |= old.follows;
                continue;
            }
            _ => continue,
        };
        let from_start = value.strip_prefix(b"+");
        let digits = from_start.or(value.strip_prefix(b"-")).unwrap_or(value);
        let Some(count) = amount::parse(digits) else {
            return Ok(io.misuse(value, "is no number"));
        };
        (part.count, part.is_from_start) = (count, from_start.is_some());
    }
    let mut operands = parsed.operands.as_slice();
    if let [first, rest @ ..] = operands
        && !parsed.has_any(&[b'n', b'c', NUMBER])
        && rest.len() < 2
        && let Some(old) = first.strip_prefix(b"+").and_then(OldCount::parse)
    {
        // `tail +5 FILE`
        part = Part::old(old, lines, true);
        follows |= old.follows;
        operands = rest;
    }
    let mut titles = Titles::new(parsed, operands.len());
    let wish = match follow::Wish::new(parsed, follows) {
        Ok(wish) => wish,
        Err(word) => return Ok(io.misuse(word, "makes no sense here")),
    };
    if let Some(wish) = wish {
        return Ok(follow::run(io, operands, part, titles, wish));
    }
    if part.count == 0 && !part.is_from_start {
        // As GNU's: not even the files are looked for.
        return Ok(Status::SUCCESS);
    }
    Ok(source::each(io, operands, &mut |io, name, input| {
        titles.print(name, &mut io.out);
        part.print(input, &mut io.out)
    }))
}

impl Part {
    fn old(old: OldCount, lines: Unit, is_from_start: bool) -> Self {
        Self { unit: if old.is_bytes { Unit::Bytes } else { lines }, count: old.count, is_from_start }
    }

    fn print(self, input: &mut Input<'_>, out: &mut Output<'_>) -> linux::Result<()> {
        if !self.is_from_start
            && let Some(file) = input.descriptor()
            && let Some((start, end)) = extent(file)
        {
            let at = self.before_end(file, start, end)?;
            lseek(file, From::Start(at))?;
            return rest(&mut Reader::new(input), out);
        }
        let mut reader = Reader::new(input);
        if self.is_from_start {
            skip(&mut reader, self.unit, self.count.saturating_sub(1))?;
            return rest(&mut reader, out);
        }
        let mut window = Window::new(self.unit, self.count);
        loop {
            let (length, more) = window.advance(&mut reader)?;
            reader.consume(length);
            if !more {
                out.put(reader.at_hand());
                return Ok(());
            }
        }
    }

    /// Gives where in a file the last lines or bytes begin, looking at it from its end on.
    fn before_end(self, file: BorrowedFd<'_>, start: u64, end: u64) -> linux::Result<u64> {
        let delimiter = match self.unit {
            Unit::Bytes => return Ok(end.saturating_sub(self.count).max(start)),
            Unit::Lines(_) if self.count == 0 => return Ok(end),
            Unit::Lines(delimiter) => delimiter,
        };
        let mut block = [0; 16 << 10];
        let (mut at, mut left) = (end, self.count);
        while at > start {
            let size = (at - start).min(block.len() as u64) as usize;
            let from = at - size as u64;
            let bytes = block.get_mut(..size).unwrap_or_default();
            let count = linux::retry(|| pread(file, bytes, from))?;
            let bytes = block.get(..count).unwrap_or_default();
            for found in memchr::memrchr_iter(delimiter, bytes) {
                let after = from + found as u64 + 1;
                // The end of the last line has nothing behind it.
                if after == end {
                    continue;
                }
                left -= 1;
                if left == 0 {
                    return Ok(after);
                }
            }
            at = from;
        }
        Ok(start)
    }
}

/// Gives where a file is being read and where it ends; nothing for what has no end, and for files of `/proc`, which say 0.
pub(super) fn extent(file: BorrowedFd<'_>) -> Option<(u64, u64)> {
    let metadata = fstat(file).ok()?;
    let at = lseek(file, From::Current(0)).ok()?;
    (metadata.kind() == FileKind::Regular && metadata.size() > at).then_some((at, metadata.size()))
}

/// Takes the first lines or bytes.
fn skip(reader: &mut Reader<'_, '_>, unit: Unit, mut count: u64) -> linux::Result<()> {
    if unit == Unit::Bytes {
        return reader.skip(count);
    }
    while count > 0 {
        let bytes = reader.fill()?;
        if bytes.is_empty() {
            break;
        }
        let there = unit.count(bytes);
        let length = if there < count { bytes.len() } else { unit.length(bytes, count) };
        count -= there.min(count);
        reader.consume(length);
    }
    Ok(())
}

/// Prints all that comes.
fn rest(reader: &mut Reader<'_, '_>, out: &mut Output<'_>) -> linux::Result<()> {
    while !out.is_broken() {
        let bytes = reader.fill()?;
        if bytes.is_empty() {
            break;
        }
        out.put(bytes);
        let length = bytes.len();
        reader.consume(length);
    }
    Ok(())
}
