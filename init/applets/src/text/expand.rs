//! `expand` (POSIX; `-i` and the long options are GNU's).

use super::tabs::Stops;
use crate::reader::Reader;
use crate::source;
use crate::{Applet, Flag, Io, NUMBER, Outcome, Output, Parsed, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "expand",
    summary: "Print with blanks in place of tabs",
    usage: "[OPTION]... [FILE]...",
    flags: &[
        Flag::with(b't', "tabs", "LIST", "stops in every Nth column, or in each of a list (8)"),
        Flag::new(b'i', "initial", "only tabs at the start of a line"),
        Flag::number("as -t NUMBER"),
    ],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let lists =
        || parsed.options.iter().filter(|(key, _)| [b't', NUMBER].contains(key)).map(|(_, list)| *list);
    let stops = match lists().next() {
        None => Stops::EIGHT,
        Some(first) => match Stops::parse(lists()) {
            Some(stops) => stops,
            None => return Ok(io.misuse(first, "is no list of tab stops")),
        },
    };
    let mut line =
        Line { stops, is_initial: parsed.has(b'i'), is_utf8: io.is_utf8(), column: 0, is_behind: false };
    Ok(source::each(io, &parsed.operands, &mut |io, _, input| {
        let mut reader = Reader::new(input);
        while !io.out.is_broken() {
            let bytes = reader.fill()?;
            if bytes.is_empty() {
                break;
            }
            line.print(bytes, &mut io.out);
            let length = bytes.len();
            reader.consume(length);
        }
        Ok(())
    }))
}

/// Where in a line we are.
struct Line {
    stops: Stops,
    is_initial: bool,
    is_utf8: bool,
    column: usize,
    /// Whether something but blanks has come.
    is_behind: bool,
}

impl Line {
    fn print(&mut self, bytes: &[u8], out: &mut Output<'_>) {
        // What needs no change is written in one piece.
        let mut start = 0;
        for (at, byte) in bytes.iter().enumerate() {
            match byte {
                b'\t' if !(self.is_initial && self.is_behind) => {
                    out.put(bytes.get(start..at).unwrap_or_default());
                    start = at + 1;
                    let next = self.stops.next(self.column).unwrap_or(self.column + 1);
                    (self.column..next).for_each(|_| out.put(b" "));
                    self.column = next;
                }
                b'\t' => self.column = self.stops.next(self.column).unwrap_or(self.column + 1),
                b'\n' => (self.column, self.is_behind) = (0, false),
                0x08 => self.column = self.column.saturating_sub(1),
                _ => {
                    self.column += usize::from(!self.is_utf8 || byte & 0xc0 != 0x80);
                    self.is_behind |= *byte != b' ';
                }
            }
        }
        out.put(bytes.get(start..).unwrap_or_default());
    }
}
