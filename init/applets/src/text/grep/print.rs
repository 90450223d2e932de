//! How lines are shown: with names, numbers, colours.

use alloc::vec::Vec;

use regex::Regex;

use crate::{Io, Output};

/// Which lines have the names of their files before them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Names {
    Always,
    Never,
    /// Where there may be several files.
    Open,
}

/// What is shown of lines.
pub(super) struct Shown {
    pub(super) names: Names,
    pub(super) numbers: bool,
    pub(super) offsets: bool,
    pub(super) zero_behind_names: bool,
    pub(super) tab: bool,
    pub(super) only_matches: bool,
    pub(super) colors: bool,
    /// Whether lines before or behind were asked for, and how many.
    pub(super) has_context: bool,
    pub(super) before: u64,
    pub(super) after: u64,
    /// What stands between groups of lines.
    pub(super) separator: Option<Vec<u8>>,
    /// Whether each line is written at once.
    pub(super) at_once: bool,
}

/// A line to show.
pub(super) struct Line<'l> {
    pub(super) name: &'l [u8],
    /// Without its end.
    pub(super) text: &'l [u8],
    pub(super) number: u64,
    /// Where it begins in its file.
    pub(super) offset: u64,
    /// Whether it was searched for, or only stands beside such a line.
    pub(super) is_selected: bool,
}

/// The colours that GNU's has as its own.
const NAME: &[u8] = b"35";
const NUMBER: &[u8] = b"32";
const SEPARATOR: &[u8] = b"36";
const MATCH: &[u8] = b"01;31";

impl Shown {
    /// Says whether lines are shown without anything beside them, so that many can be printed at once.
    pub(super) fn is_plain(&self) -> bool {
        let has_prefix = self.names == Names::Always || self.numbers || self.offsets || self.tab;
        !(has_prefix || self.only_matches || self.colors || self.has_context)
    }

    /// Prints a line, or what matches of it.
    pub(super) fn print(&self, line: &Line<'_>, regex: Option<&Regex>, end: u8, out: &mut Output<'_>) {
        if self.only_matches {
            let Some(regex) = regex.filter(|_| line.is_selected) else { return };
            each(regex, line.text, &mut |begin, end_of_match| {
                let text = line.text.get(begin..end_of_match).unwrap_or_default();
                self.prefix(&Line { offset: line.offset + begin as u64, ..*line }, out);
                self.colored(MATCH, text, out);
                out.put(&[end]);
            });
            return;
        }
        self.prefix(line, out);
        match regex.filter(|_| self.colors) {
            None => out.put(line.text),
            Some(regex) => {
                let mut at = 0;
                each(regex, line.text, &mut |begin, end_of_match| {
                    out.put(line.text.get(at..begin).unwrap_or_default());
                    self.colored(MATCH, line.text.get(begin..end_of_match).unwrap_or_default(), out);
                    at = end_of_match;
                });
                out.put(line.text.get(at..).unwrap_or_default());
            }
        }
        out.put(&[end]);
        if self.at_once {
            out.flush();
        }
    }

    /// Prints what stands before a line.
    fn prefix(&self, line: &Line<'_>, out: &mut Output<'_>) {
        let separator: &[u8] = if line.is_selected { b":" } else { b"-" };
        if self.names == Names::Always {
            self.colored(NAME, line.name, out);
            match self.zero_behind_names {
                true => out.put(b"\0"),
                false => self.colored(SEPARATOR, separator, out),
            }
        }
        for (is_shown, number) in [(self.numbers, line.number), (self.offsets, line.offset)] {
            if is_shown {
                let mut digits = Vec::new();
                query::text::decimal(number, &mut digits);
                self.colored(NUMBER, &digits, out);
                self.colored(SEPARATOR, separator, out);
            }
        }
        if self.tab && (self.names == Names::Always || self.numbers || self.offsets) {
            out.put(b"\t");
        }
    }

    /// Prints the name of a file that is all there is to say of it.
    pub(super) fn name(&self, name: &[u8], io: &mut Io<'_>) {
        self.colored(NAME, name, &mut io.out);
        io.out.put(if self.zero_behind_names { b"\0" } else { b"\n" });
    }

    /// Prints how many lines of a file there are.
    pub(super) fn count(&self, name: &[u8], count: u64, out: &mut Output<'_>) {
        if self.names == Names::Always {
            self.colored(NAME, name, out);
            match self.zero_behind_names {
                true => out.put(b"\0"),
                false => self.colored(SEPARATOR, b":", out),
            }
        }
        out.number(count);
        out.put(b"\n");
    }

    /// Prints what stands between groups of lines.
    pub(super) fn gap(&self, out: &mut Output<'_>) {
        if let Some(separator) = &self.separator {
            self.colored(SEPARATOR, separator, out);
            out.put(b"\n");
        }
    }

    fn colored(&self, color: &[u8], text: &[u8], out: &mut Output<'_>) {
        if !self.colors || text.is_empty() {
            return out.put(text);
        }
        for part in [b"\x1b[", color, b"m\x1b[K", text, b"\x1b[m\x1b[K"] {
            out.put(part);
        }
    }
}

/// Gives where each match in a line begins and ends, but those of no character.
fn each(regex: &Regex, line: &[u8], work: &mut dyn FnMut(usize, usize)) {
    let mut at = 0;
    while let Some(place) = regex.find(line, at) {
        if place.is_empty() {
            at = place.end + 1;
        } else {
            work(place.start, place.end);
            at = place.end;
        }
        if at >= line.len() {
            break;
        }
    }
}
