//! Words: what becomes of them when they are expanded.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::vec::Vec;

use super::{Arithmetic, Bytes, List, Position};
use crate::names::Symbol;

/// A word.
#[derive(Debug, Default)]
pub(crate) struct Word {
    pub(crate) parts: Vec<Part>,
    pub(crate) position: Position,
    /// What the word is, if nothing in it is expanded: its text without quotes.
    pub(crate) plain: Option<Bytes>,
}

/// A part of a word.
#[derive(Debug)]
pub(crate) enum Part {
    /// Text as it stands; `*`, `?` and `[` in it are patterns.
    Text(Box<[u8]>),
    /// Text that was quoted.
    Quoted(Box<[u8]>),
    /// `~` or `~user` where it means a home.
    Tilde(Box<[u8]>),
    /// `$x` or `${x...}`, and whether it is within double quotes.
    Parameter(Box<Parameter>, bool),
    /// `$(...)`, and whether it is within double quotes.
    Command(Rc<List>, bool),
    /// `$((...))`, and whether it is within double quotes.
    Arithmetic(Rc<Arithmetic>, bool),
}

/// A parameter, and what is made of its value.
#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) name: Name,
    pub(crate) change: Change,
    pub(crate) position: Position,
}

/// Which parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    Variable(Symbol),
    /// `$1` and so on.
    Positional(u32),
    /// One of `@*#?-$!0`.
    Special(u8),
}

/// What is made of a parameter's value.
#[derive(Debug)]
pub(crate) enum Change {
    /// Nothing.
    None,
    /// `${#x}`.
    Length,
    /// `${x-word}`; the first field of this and the next three says whether a colon makes empty count as unset.
    Default(bool, Word),
    /// `${x=word}`.
    Assign(bool, Word),
    /// `${x?word}`.
    Fail(bool, Word),
    /// `${x+word}`.
    Alternate(bool, Word),
    /// `${x#pattern}` and its like: from where, whether the longest match, which pattern.
    Strip(End, bool, Word),
    /// `${x:offset:length}`.
    Slice(Rc<Arithmetic>, Option<Rc<Arithmetic>>),
    /// `${x/pattern/replacement}` and its like.
    Replace(Replace, Word, Word),
    /// What is no expansion: an error when it is met, not before.
    Bad(Box<[u8]>),
}

/// An end of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// `#`.
    Front,
    /// `%`.
    Back,
}

/// Which matches are replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Replace {
    First,
    All,
    Front,
    Back,
}

impl Word {
    /// Makes a word of its parts.
    pub(crate) fn new(parts: Vec<Part>, position: Position) -> Self {
        let plain = match parts.as_slice() {
            [] => Some(Rc::from(&b""[..])),
            [Part::Text(text)] if !is_pattern(text) => Some(Rc::from(&text[..])),
            [Part::Quoted(text)] => Some(Rc::from(&text[..])),
            _ => None,
        };
        Self { parts, position, plain }
    }

    /// Gives the text of a word none of which is quoted or expanded: one that may be a reserved word, a name or an alias.
    pub(crate) fn bare(&self) -> Option<&[u8]> {
        match self.parts.as_slice() {
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }
}

/// Says whether a text that is not quoted may match names of files; a bracket that nothing closes does not.
pub(crate) fn is_pattern(text: &[u8]) -> bool {
    let mut is_open = false;
    text.iter().any(|byte| {
        is_open |= *byte == b'[';
        matches!(byte, b'*' | b'?') || is_open && *byte == b']'
    })
}
