//! Regular expressions of POSIX (XBD 9), basic and extended: the first match, and of those there the longest.
//!
//! Without back-references a match takes time in proportion to the text and the expression, whatever they are. What POSIX
//! leaves open is as with GNU's: `\+ \? \|` in basic expressions, `\1` in extended ones, `\< \> \b \B \w \W \s \S` in both.
//! Not taken for it: regex-lite and regex-automata match the first alternative, not the longest, and no setting of theirs
//! gives POSIX's groups.

mod again;
mod groups;
mod parse;
mod program;
mod run;
mod set;
#[cfg(test)]
mod tests;

use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use parse::Parser;
use program::{Compiler, Piece, Step};
use run::{Machine, Text};

/// Which of POSIX's two notations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    /// `\(`, `\{`: that of `grep`, `sed` and `expr`.
    Basic,
    /// `(`, `{`, `+`, `?`, `|`: that of `grep -E`, `awk` and `[[`.
    Extended,
}

/// Why a text is no regular expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error {
    message: &'static str,
    /// Where in the text, in bytes.
    pub at: usize,
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} at character {}", self.message, self.at + 1)
    }
}

/// A regular expression.
#[derive(Debug)]
pub struct Regex {
    steps: Vec<Step>,
    whole: Piece,
    groups: u32,
    has_again: bool,
    utf8: bool,
}

impl Regex {
    /// Reads an expression. With `utf8` its characters and those of texts are UTF-8's, else bytes.
    pub fn new(pattern: &[u8], syntax: Syntax, utf8: bool) -> Result<Self, Error> {
        let mut parser = Parser::new(pattern, syntax, utf8);
        let node = parser.all()?;
        let mut compiler = Compiler::default();
        let whole = compiler.add(&node)?;
        let Compiler { steps } = compiler;
        Ok(Self { steps, whole, groups: parser.groups, has_again: parser.has_again, utf8 })
    }

    /// Says whether the expression matches somewhere in a text.
    pub fn is_match(&self, text: &[u8]) -> bool {
        if self.has_again {
            return self.find(text, 0).is_some();
        }
        Machine::new(&self.steps, self.text(text)).find(0, false).is_some()
    }

    /// Gives the first match that begins at `from` or behind it, the longest of them; `^` is the begin of the text all the
    /// same.
    pub fn find(&self, text: &[u8], from: usize) -> Option<Range<usize>> {
        if self.has_again {
            let places = again::find(&self.steps, self.groups, self.text(text), from)?;
            return places.first().copied().flatten().map(|(begin, end)| begin..end);
        }
        let (begin, end) = Machine::new(&self.steps, self.text(text)).find(from, true)?;
        Some(begin..end)
    }

    /// The same, with what the groups have matched: the whole match first, then each by its number.
    pub fn find_groups(&self, text: &[u8], from: usize) -> Option<Vec<Option<Range<usize>>>> {
        let text = self.text(text);
        let places = if self.has_again {
            again::find(&self.steps, self.groups, text, from)?
        } else {
            let mut machine = Machine::new(&self.steps, text);
            let (begin, end) = machine.find(from, true)?;
            let mut places = alloc::vec![None; self.groups as usize + 1];
            machine.place(&self.whole, begin, end, &mut places);
            if let Some(whole) = places.first_mut() {
                *whole = Some((begin, end));
            }
            places
        };
        Some(places.into_iter().map(|place| place.map(|(begin, end)| begin..end)).collect())
    }

    fn text<'t>(&self, bytes: &'t [u8]) -> Text<'t> {
        Text { bytes, utf8: self.utf8 }
    }
}
