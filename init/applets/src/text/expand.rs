//! `expand` (POSIX; `-i` and the long options are GNU's).

use super::tabs::Stops;
use crate::reader::Reader;
use crate::source;
use crate::{Applet, Flag, Io, Outcome, Output, Parsed, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "expand",
    summary: "Print with blanks in place of tabs",
    usage: "[OPTION]... [FILE]...",
    flags: flags![
        Flag::with(b't', "tabs", "LIST", "stops in every Nth column, or in each of a list (8)"),
        Flag::new(b'i', "initial", "only tabs at the start of a line"),
        Flag::number("as -t NUMBER"),
    ],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let stops = Stops::of(io, parsed)?;
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
    fn print(&mut self, mut bytes: &[u8], out: &mut Output<'_>) {
        // What needs no change is written in one piece.
        while let Some(at) = memchr::memchr3(b'\t', b'\n', 0x08, bytes) {
            let (plain, rest) = bytes.split_at(at);
            self.pass(plain);
            match rest.first() {
                Some(b'\t') => {
                    let next = self.stops.next(self.column).unwrap_or(self.column + 1);
                    out.put(plain);
                    match self.is_initial && self.is_behind {
                        true => out.put(b"\t"),
                        false => (self.column..next).for_each(|_| out.put(b" ")),
                    }
                    self.column = next;
                }
                Some(byte) => {
                    out.put(bytes.get(..=at).unwrap_or_default());
                    match byte {
                        b'\n' => (self.column, self.is_behind) = (0, false),
                        _ => self.column = self.column.saturating_sub(1),
                    }
                }
                None => {}
            }
            bytes = rest.get(1..).unwrap_or_default();
        }
        self.pass(bytes);
        out.put(bytes);
    }

    /// Goes over characters that stay.
    fn pass(&mut self, plain: &[u8]) {
        self.column += if self.is_utf8 { bulk::starts(plain) } else { plain.len() };
        self.is_behind |= self.is_initial && plain.iter().any(|byte| *byte != b' ');
    }
}
