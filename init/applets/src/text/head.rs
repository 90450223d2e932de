//! `head` (POSIX; `-c`, `-q`, `-v`, `-z` and counts below 0 are GNU's).

use super::window::{OldCount, Unit, Window};
use crate::amount;
use crate::reader::Reader;
use crate::source;
use crate::{Applet, Flag, Io, NUMBER, Outcome, Output, Parsed, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "head",
    summary: "Print the first 10 lines of each file",
    usage: "[OPTION]... [FILE]...",
    flags: flags![
        Flag::with(b'n', "lines", "[-]N", "the first N lines; with -, all but the last N"),
        Flag::with(b'c', "bytes", "[-]N", "the first N bytes; with -, all but the last N"),
        Flag::new(b'q', "quiet", "no names of files"),
        Flag::new(b'q', "silent", ""),
        Flag::new(b'v', "verbose", "the name of each file"),
        Flag::new(b'z', "zero-terminated", "lines end with a zero byte"),
        Flag::number("as -n NUMBER"),
    ],
    run: Run::Parsed(run),
};

/// Which part is printed.
#[derive(Clone, Copy)]
struct Part {
    unit: Unit,
    count: u64,
    /// Whether `count` is what is left out at the end.
    is_rest: bool,
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let delimiter = if parsed.has(b'z') { 0 } else { b'\n' };
    let mut part = Part { unit: Unit::Lines(delimiter), count: 10, is_rest: false };
    for (key, value) in &parsed.options {
        let (unit, count, is_rest) = match *key {
            b'c' | b'n' => {
                let unit = if *key == b'c' { Unit::Bytes } else { Unit::Lines(delimiter) };
                let rest = value.strip_prefix(b"-");
                let digits = rest.or(value.strip_prefix(b"+")).unwrap_or(value);
                (unit, amount::parse(digits), rest.is_some())
            }
            NUMBER => {
                let old = OldCount::parse(value).filter(|old| !old.follows);
                let is_bytes = old.is_some_and(|old| old.is_bytes);
                let unit = if is_bytes { Unit::Bytes } else { Unit::Lines(delimiter) };
                (unit, old.map(|old| old.count), false)
            }
            _ => continue,
        };
        let Some(count) = count else { return Ok(io.misuse(value, "is no number")) };
        part = Part { unit, count, is_rest };
    }
    let mut titles = Titles::new(parsed, parsed.operands.len());
    Ok(source::each(io, &parsed.operands, &mut |io, name, input| {
        titles.print(name, &mut io.out);
        let mut reader = Reader::new(input);
        if part.is_rest {
            return all_but_the_last(&mut reader, part, &mut io.out);
        }
        first(&mut reader, part, &mut io.out)?;
        reader.give_back();
        Ok(())
    }))
}

/// Prints the first lines or bytes.
fn first(reader: &mut Reader<'_, '_>, part: Part, out: &mut Output<'_>) -> linux::Result<()> {
    let mut wanted = part.count;
    while wanted > 0 && !out.is_broken() {
        let bytes = reader.fill()?;
        if bytes.is_empty() {
            break;
        }
        let count = part.unit.count(bytes);
        let length = if count < wanted { bytes.len() } else { part.unit.length(bytes, wanted) };
        out.put(bytes.get(..length).unwrap_or_default());
        wanted -= count.min(wanted);
        reader.consume(length);
    }
    Ok(())
}

/// Prints all but the last lines or bytes: what may be among these is held back.
fn all_but_the_last(reader: &mut Reader<'_, '_>, part: Part, out: &mut Output<'_>) -> linux::Result<()> {
    let mut window = Window::new(part.unit, part.count);
    loop {
        let (length, more) = window.advance(reader)?;
        out.put(reader.at_hand().get(..length).unwrap_or_default());
        reader.consume(length);
        if !more || out.is_broken() {
            return Ok(());
        }
    }
}

/// The titles of files, where there are several or they are asked for.
pub(super) struct Titles {
    shows: bool,
    is_first: bool,
}

impl Titles {
    /// Decides by `-q`, `-v` and the number of operands.
    pub(super) fn new(parsed: &Parsed<'_>, operands: usize) -> Self {
        let shows = match parsed.last_of(b"qv") {
            Some(key) => key == b'v',
            None => operands > 1,
        };
        Self { shows, is_first: true }
    }

    /// Prints the title of the next file.
    pub(super) fn print(&mut self, name: &[u8], out: &mut Output<'_>) {
        if self.shows {
            out.put(if self.is_first { b"==> " } else { b"\n==> " });
            out.put(if name == b"-" { b"standard input" } else { name });
            out.put(b" <==\n");
        }
        self.is_first = false;
    }
}
