//! Commands and what joins them.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::OnceCell;

use super::{Bytes, Position, Word};
use crate::names::Symbol;

/// Commands one after the other.
#[derive(Debug, Default)]
pub(crate) struct List {
    pub(crate) items: Vec<Item>,
}

/// A chain, and whether it runs in the background.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) chain: AndOr,
    pub(crate) background: bool,
    /// Its text, if it is a job.
    pub(crate) text: Option<Bytes>,
}

/// Pipelines joined by `&&` and `||`, which bind from the left alike.
#[derive(Debug)]
pub(crate) struct AndOr {
    pub(crate) first: Pipeline,
    pub(crate) rest: Vec<(Connector, Pipeline)>,
}

/// What joins two pipelines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Connector {
    And,
    Or,
}

/// Commands joined by `|`.
#[derive(Debug)]
pub(crate) struct Pipeline {
    /// Whether it begins with `!`.
    pub(crate) negated: bool,
    pub(crate) commands: Vec<Command>,
}

/// A command.
#[derive(Debug)]
pub(crate) struct Command {
    pub(crate) kind: Kind,
    pub(crate) redirects: Vec<Redirect>,
    pub(crate) position: Position,
}

/// What a command is.
#[derive(Debug)]
pub(crate) enum Kind {
    Simple(Simple),
    /// `{ ...; }`
    Group(List),
    /// `( ... )`
    Subshell(List),
    /// Conditions and what follows each; what follows none.
    If(Vec<(List, List)>, Option<List>),
    /// `while` (false) or `until` (true).
    Loop(bool, List, List),
    /// `for name in words`; without words over the positional parameters.
    For(Symbol, Option<Vec<Word>>, List),
    Case(Word, Vec<Arm>),
    Function(Bytes, Rc<Command>),
    /// `[[ ... ]]`
    Test(Condition),
}

/// Assignments and words.
#[derive(Debug)]
pub(crate) struct Simple {
    pub(crate) assignments: Vec<Assignment>,
    pub(crate) words: Vec<Word>,
}

/// `name=word`, or `name+=word`.
#[derive(Debug)]
pub(crate) struct Assignment {
    pub(crate) name: Symbol,
    pub(crate) value: Word,
}

/// An arm of a `case`.
#[derive(Debug)]
pub(crate) struct Arm {
    pub(crate) patterns: Vec<Word>,
    pub(crate) body: List,
    pub(crate) ending: Ending,
}

/// How an arm ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// `;;`
    Leave,
    /// `;&`
    FallThrough,
}

/// A redirection.
#[derive(Debug)]
pub(crate) struct Redirect {
    /// The descriptor that it is about.
    pub(crate) number: i32,
    pub(crate) kind: RedirectKind,
    pub(crate) position: Position,
}

impl Redirect {
    /// Gives where the word stands that says where it leads.
    pub(crate) fn place(&self) -> Position {
        match &self.kind {
            RedirectKind::Read(word)
            | RedirectKind::Write(word, _)
            | RedirectKind::Append(word)
            | RedirectKind::Both(word)
            | RedirectKind::Copy(word) => word.position,
            RedirectKind::Here(_) => self.position,
        }
    }
}

/// Where a descriptor leads.
#[derive(Debug)]
pub(crate) enum RedirectKind {
    /// `<`
    Read(Word),
    /// `>`, and whether `|` forces it.
    Write(Word, bool),
    /// `>>`
    Append(Word),
    /// `<>`
    Both(Word),
    /// `<&` and `>&`
    Copy(Word),
    /// `<<` and `<<-`
    Here(Rc<Here>),
}

/// A here-document, whose text stands behind the line that asks for it.
#[derive(Debug, Default)]
pub(crate) struct Here {
    pub(crate) body: OnceCell<Word>,
}

/// What `[[` decides on.
#[derive(Debug)]
pub(crate) enum Condition {
    /// A word that is not empty.
    Word(Word),
    /// `-f word` and its like.
    Unary(Bytes, Word),
    /// `word = word` and its like.
    Binary(Word, Bytes, Word),
    Not(Box<Condition>),
    And(Box<Condition>, Box<Condition>),
    Or(Box<Condition>, Box<Condition>),
}
