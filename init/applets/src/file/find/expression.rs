//! What an expression is made of, and how it is evaluated.

use alloc::boxed::Box;
use alloc::vec::Vec;

use linux::fs::{Access, FileKind, Timestamp};
use regex::Regex;

use super::files::Place;
use super::test::At;
use super::{State, action, print};
use crate::Io;

/// A part of an expression.
pub(super) enum Node<'a> {
    And(Box<Node<'a>>, Box<Node<'a>>),
    Or(Box<Node<'a>>, Box<Node<'a>>),
    /// Both, of which the second counts.
    Both(Box<Node<'a>>, Box<Node<'a>>),
    Not(Box<Node<'a>>),
    Test(Test<'a>),
    Action(Action<'a>),
}

/// How a number compares.
#[derive(Clone, Copy)]
pub(super) enum Than {
    Less,
    Equal,
    More,
}

/// A number with what it is compared by: `+3`, `-3`, `3`.
#[derive(Clone, Copy)]
pub(super) struct Bound {
    pub(super) than: Than,
    pub(super) number: u64,
}

impl Bound {
    pub(super) fn holds(self, number: u64) -> bool {
        match self.than {
            Than::Less => number < self.number,
            Than::Equal => number == self.number,
            Than::More => number > self.number,
        }
    }
}

/// Which of its times is meant.
#[derive(Clone, Copy)]
pub(super) enum Time {
    Accessed,
    Modified,
    Changed,
    Born,
}

/// How many of the permissions must be there.
#[derive(Clone, Copy)]
pub(super) enum Match {
    Exactly,
    All,
    Any,
}

pub(super) enum Test<'a> {
    Truth(bool),
    Name(Pattern<'a>),
    Path(Pattern<'a>),
    /// Where a link leads.
    Target(Pattern<'a>),
    Expression(Box<Regex>),
    Kind(Vec<FileKind>),
    /// The kind of what a link leads to; of the link, where links are followed.
    OtherKind(Vec<FileKind>),
    Size(Bound, u64),
    Empty,
    /// Its age at a moment, in days, of which only whole ones count.
    Days(Time, Bound, Timestamp),
    /// Its age at a moment, in minutes.
    Minutes(Time, Bound, Timestamp),
    Newer(Time, Timestamp),
    Permissions(Match, u32),
    User(Bound),
    Group(Bound),
    /// Whether its user, else its group, has no name.
    Nobody(bool),
    Links(Bound),
    Inode(Bound),
    Same((u32, u32), u64),
    May(Access),
    System(&'a [u8]),
}

/// A pattern of a name, and how it is held against one.
pub(super) struct Pattern<'a> {
    pub(super) text: &'a [u8],
    pub(super) matcher: text::pattern::Matcher,
}

impl Pattern<'_> {
    pub(super) fn holds(&self, name: &[u8]) -> bool {
        self.matcher.matches(self.text, name)
    }
}

pub(super) enum Action<'a> {
    /// With this byte behind each.
    Print(u8, Place),
    Format(&'a [u8], Place),
    List(Place),
    Delete,
    Prune,
    Quit,
    Execute(Command<'a>),
}

/// A command to be run.
pub(super) struct Command<'a> {
    pub(super) words: Vec<&'a [u8]>,
    /// With as many names at once as fit (`+`).
    pub(super) gathers: bool,
    pub(super) asks: bool,
    /// In the folder of what was found.
    pub(super) there: bool,
}

impl Node<'_> {
    /// Evaluates, from the left and only as far as the outcome needs it.
    pub(super) fn evaluate<'a>(
        &'a self,
        io: &mut Io<'_>,
        at: &mut At<'_, '_>,
        state: &mut State<'a>,
    ) -> bool {
        match self {
            Self::And(left, right) => {
                left.evaluate(io, at, state) && !state.quits && right.evaluate(io, at, state)
            }
            Self::Or(left, right) => {
                left.evaluate(io, at, state) || !state.quits && right.evaluate(io, at, state)
            }
            Self::Both(left, right) => {
                left.evaluate(io, at, state);
                !state.quits && right.evaluate(io, at, state)
            }
            Self::Not(inner) => !inner.evaluate(io, at, state),
            Self::Test(test) => test.holds(io, at, state),
            Self::Action(action) => action.perform(io, at, state),
        }
    }

    /// Says whether any action is in it that makes `-print` needless.
    pub(super) fn acts(&self) -> bool {
        match self {
            Self::And(left, right) | Self::Or(left, right) | Self::Both(left, right) => {
                left.acts() || right.acts()
            }
            Self::Not(inner) => inner.acts(),
            Self::Test(_) => false,
            Self::Action(action) => !matches!(action, Action::Prune | Action::Quit),
        }
    }
}

impl Action<'_> {
    fn perform<'a>(&'a self, io: &mut Io<'_>, at: &mut At<'_, '_>, state: &mut State<'a>) -> bool {
        match self {
            Self::Print(b'\n', None) if state.is_terminal => {
                io.out.printable(at.visit.path);
                io.out.put(b"\n");
            }
            Self::Print(end, None) => {
                io.out.put(at.visit.path);
                io.out.put(&[*end]);
            }
            Self::Print(end, place) => {
                let text = [at.visit.path, &[*end]].concat();
                state.status = state.status.and(state.files.put(io, *place, &text));
            }
            Self::Format(format, place) => print::format(io, format, *place, at, state),
            Self::List(place) => print::list(io, *place, at, state),
            Self::Delete => return action::delete(io, at, state),
            Self::Prune => state.prunes = true,
            Self::Quit => state.quits = true,
            Self::Execute(command) => return action::execute(io, command, at, state),
        }
        true
    }
}
