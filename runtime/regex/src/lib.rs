//! Regular expressions of POSIX (XBD 9), basic and extended: the first match, and of those there the longest.
//!
//! Without back-references a match takes time in proportion to the text, whatever the expression is: an automaton that is made
//! as far as texts need it reads each byte once. What POSIX leaves open is as with GNU's: `\\+ \\? \\|` in basic
//! expressions, `\\1` in extended ones, `\\< \\> \\b \\B \\w \\W \\s \\S` in both. This crate makes no system call.
//! Not taken for it: regex-lite and regex-automata match the first alternative, not the longest, and no setting of theirs
//! gives POSIX's groups.

#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

mod again;
mod automaton;
mod groups;
mod letters;
mod literal;
mod parse;
mod program;
mod run;
mod set;
mod starts;
#[cfg(test)]
mod tests;

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::cell::RefCell;
use core::fmt;
use core::ops::Range;

use automaton::Automaton;
use literal::Literal;
use parse::{Edge, Node, Parser};
use program::{Compiler, Piece, Step};
use run::{Machine, Text};

/// Which notation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    /// `\(`, `\{`: that of `grep`, `sed` and `expr`.
    Basic,
    /// `(`, `{`, `+`, `?`, `|`: that of `grep -E`, `awk` and `[[`.
    Extended,
    /// Each character stands for itself: that of `grep -F`.
    Fixed,
}

/// What a match must be besides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Whole {
    /// Nothing more.
    #[default]
    Any,
    /// Neither before nor behind it is a character of a word.
    Word,
    /// All of the text.
    Text,
}

/// What becomes in extended expressions of what POSIX leaves open: `{` that begins no interval, and what repeats nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Odd {
    /// `{` stands for itself where neither a digit nor a comma is behind it, all else is a mistake: that of `awk`.
    Usual,
    /// Both are mistakes: that of GNU `sed -E`.
    Refused,
    /// `{` stands for itself, what repeats nothing says nothing: that of GNU `grep -E`.
    Taken,
}

/// How expressions are read, and what is a match.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The notation.
    pub syntax: Syntax,
    /// Characters are UTF-8's, else bytes.
    pub utf8: bool,
    /// Letters of either case are the same.
    pub ignores_case: bool,
    /// What becomes of odd repetitions.
    pub odd: Odd,
    /// What a match must be besides.
    pub whole: Whole,
    /// `^` and `$` are at the begin and end of each line of a text too.
    pub by_lines: bool,
    /// With what the lines end that [`Regex::find_line`] looks at; no match has it in it.
    pub delimiter: Option<u8>,
}

impl Options {
    /// Gives the options of plain expressions in a notation.
    pub const fn new(syntax: Syntax, utf8: bool) -> Self {
        let (odd, whole, delimiter) = (Odd::Usual, Whole::Any, None);
        Self { syntax, utf8, ignores_case: false, odd, whole, by_lines: false, delimiter }
    }
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
    options: Options,
    node: Node,
    steps: Vec<Step>,
    whole: Piece,
    groups: u32,
    has_again: bool,
    literal: Option<Literal>,
    forward: RefCell<Automaton>,
    /// From the end of a match to its begin; made for the first one.
    backward: RefCell<Option<Box<Backward>>>,
}

/// A text that all matches have is not looked for any more when after so many lines that had it, but no match, ...
const IN_VAIN: usize = 8;
/// ... there was one in so many bytes.
const OFTEN: usize = 256;

/// The program that reads a match from its end, and its automaton.
type Backward = (Vec<Step>, Automaton);

impl Regex {
    /// Reads an expression. With `utf8` its characters and those of texts are UTF-8's, else bytes.
    pub fn new(pattern: &[u8], syntax: Syntax, utf8: bool) -> Result<Self, Error> {
        Self::any(&[pattern], Options::new(syntax, utf8))
    }

    /// Reads expressions, any of which may match; the groups of each have numbers of their own.
    ///
    /// # Errors
    /// What is wrong with the first that is none.
    pub fn any(patterns: &[&[u8]], options: Options) -> Result<Self, Error> {
        let (mut nodes, mut groups, mut has_again) = (Vec::new(), 0, false);
        for pattern in patterns {
            let mut parser = Parser::new(pattern, &options, groups);
            nodes.push(parser.all()?);
            groups = parser.groups;
            has_again |= parser.has_again;
        }
        let node = match options.whole {
            Whole::Any => parse::choice(nodes),
            Whole::Word => parse::between(Edge::NoWordBefore, parse::choice(nodes), Edge::NoWordBehind),
            Whole::Text => parse::between(Edge::TextBegin, parse::choice(nodes), Edge::TextEnd),
        };
        let mut compiler = Compiler::default();
        let whole = compiler.add(&node)?;
        let steps = compiler.steps;
        let forward = Automaton::new(&steps, &options, false);
        let literal = if has_again { None } else { Literal::of(&node, options.utf8) };
        // A single byte is passed often, and a line for each; the automaton does it by itself.
        let literal = literal.filter(|literal| literal.is_all || literal.len() > 1 || !forward.has_starts());
        let forward = RefCell::new(forward);
        let backward = RefCell::new(None);
        Ok(Self { options, node, steps, whole, groups, has_again, literal, forward, backward })
    }

    /// Says whether the expression matches somewhere in a text.
    pub fn is_match(&self, text: &[u8]) -> bool {
        if self.has_again {
            return self.find(text, 0).is_some();
        }
        match &self.literal {
            Some(literal) if literal.is_all => literal.find(text).is_some(),
            Some(literal) if literal.find(text).is_none() => false,
            _ => self.forward.borrow_mut().find(&self.steps, self.text(text), 0, true).is_some(),
        }
    }

    /// Finds the first line from `from` on, the begin of one, in which the expression matches; gives a place in it. Lines
    /// end with the delimiter of the options, the last may lack it.
    pub fn find_line(&self, text: &[u8], mut from: usize) -> Option<usize> {
        let delimiter = self.options.delimiter.unwrap_or(b'\n');
        let end_of = |at: usize| {
            let rest = text.get(at..).unwrap_or_default();
            memchr::memchr(delimiter, rest).map_or(text.len(), |length| at + length)
        };
        let by_automaton = |from: usize| {
            let place = self.forward.borrow_mut().find(&self.steps, self.text(text), from, true)?;
            // Behind the end of the last line there is none, though an empty one would match.
            let is_behind = place == text.len() && (place == from || text.last() == Some(&delimiter));
            (!is_behind).then_some(place)
        };
        if !self.has_again && self.literal.is_none() {
            return by_automaton(from);
        }
        let (begin, mut in_vain) = (from, 0);
        while from < text.len() {
            let mut at = from;
            if let Some(literal) = &self.literal {
                at += literal.find(text.get(from..)?)?;
                if literal.is_all {
                    return Some(at);
                }
                let before = text.get(from..at)?;
                from += memchr::memrchr(delimiter, before).map_or(0, |last| last + 1);
            }
            let end = end_of(at);
            let line = text.get(from..end)?;
            let is_match = match self.has_again {
                true => self.find(line, 0).is_some(),
                false => self.forward.borrow_mut().find(&self.steps, self.text(line), 0, true).is_some(),
            };
            if is_match {
                return Some(from);
            }
            from = end + 1;
            in_vain += 1;
            if !self.has_again && in_vain % IN_VAIN == 0 && from - begin < in_vain * OFTEN {
                return by_automaton(from);
            }
        }
        None
    }

    /// Gives the first match that begins at `from` or behind it, the longest of them; `^` is the begin of the text all the
    /// same.
    pub fn find(&self, text: &[u8], from: usize) -> Option<Range<usize>> {
        if self.has_again {
            let places = again::find(&self.steps, self.groups, self.text(text), from)?;
            return places.first().copied().flatten().map(|(begin, end)| begin..end);
        }
        if let Some(literal) = &self.literal {
            let at = from + literal.find(text.get(from..)?)?;
            if literal.is_all {
                return Some(at..at + literal.len());
            }
        }
        let end = self.forward.borrow_mut().find(&self.steps, self.text(text), from, false)?;
        let mut backward = self.backward.borrow_mut();
        let (steps, automaton) = &mut **backward.get_or_insert_with(|| {
            let steps = Compiler::backward(&self.node);
            let automaton = Automaton::new(&steps, &self.options, true);
            Box::new((steps, automaton))
        });
        Some(automaton.find_begin(steps, self.text(text), from, end)..end)
    }

    /// The same, with what the groups have matched: the whole match first, then each by its number.
    pub fn find_groups(&self, text: &[u8], from: usize) -> Option<Vec<Option<Range<usize>>>> {
        let places = if self.has_again {
            again::find(&self.steps, self.groups, self.text(text), from)?
        } else {
            let whole = self.find(text, from)?;
            let mut places = alloc::vec![None; self.groups as usize + 1];
            if self.groups > 0 {
                let mut machine = Machine::new(&self.steps, self.text(text));
                machine.place(&self.whole, whole.start, whole.end, &mut places);
            }
            if let Some(slot) = places.first_mut() {
                *slot = Some((whole.start, whole.end));
            }
            places
        };
        Some(places.into_iter().map(|place| place.map(|(begin, end)| begin..end)).collect())
    }

    /// Gives how many groups the expression has.
    pub fn groups(&self) -> usize {
        self.groups as usize
    }

    fn text<'t>(&self, bytes: &'t [u8]) -> Text<'t> {
        Text { bytes, utf8: self.options.utf8, by_lines: self.options.by_lines }
    }
}
