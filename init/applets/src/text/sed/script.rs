//! What a script is: commands in a row, with the lines that they are for.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::vec::Vec;

use regex::Regex;

/// A script.
#[derive(Default)]
pub(super) struct Script {
    pub(super) commands: Vec<Command>,
    /// The files that `w` and its like write, by their numbers.
    pub(super) files: Vec<Vec<u8>>,
    /// Those that `R` reads, likewise.
    pub(super) read: Vec<Vec<u8>>,
    /// Whether it begins with `#n`: lines are printed only by commands.
    pub(super) is_quiet: bool,
}

/// A command and which lines it is for.
pub(super) struct Command {
    pub(super) lines: Lines,
    /// For all lines but these.
    pub(super) is_negated: bool,
    pub(super) action: Action,
}

/// Which lines.
pub(super) enum Lines {
    All,
    One(Address),
    /// From one to another; the second is looked for behind the first.
    Range(Address, End),
}

/// A line, or several of a kind.
pub(super) enum Address {
    Number(u64),
    /// Before the first line: the end of its range may be the first line itself.
    Zero,
    /// The first number, and from there on each that is so many behind.
    Step(u64, u64),
    Last,
    Match(Expression),
}

/// The end of a range.
pub(super) enum End {
    At(Address),
    /// So many lines behind its begin.
    Count(u64),
    /// The next line whose number is a multiple.
    Multiple(u64),
}

/// A regular expression; nothing for the one that was used last.
pub(super) type Expression = Option<Rc<Regex>>;

/// What a command does.
pub(super) enum Action {
    /// `{`: where its end is.
    Block(usize),
    /// `}` and what else only marks a place.
    Nothing,
    Append(Vec<u8>),
    Insert(Vec<u8>),
    Change(Vec<u8>),
    /// `b`, `t` and `T`: where it goes on.
    Jump(When, usize),
    Delete,
    DeleteFirst,
    /// `F`.
    Name,
    Get,
    GetAppend,
    Hold,
    HoldAppend,
    Exchange,
    /// `l`: how long lines are, where that is said.
    List(Option<usize>),
    Next,
    NextAppend,
    Print,
    PrintFirst,
    /// `q`, and whether the line is printed; the status.
    Quit(bool, u8),
    Read(Vec<u8>),
    /// `e`: runs a command, or the line as one, whose output takes its place.
    Run(Option<Vec<u8>>),
    ReadLine(usize),
    Substitute(Box<Substitution>),
    Write(usize),
    WriteFirst(usize),
    Translate(Box<Table>),
    Number,
    Zap,
}

/// When a jump is made.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    Always,
    /// After a substitution since the last line was read or the last such jump.
    Replaced,
    NotReplaced,
}

/// Characters for characters.
pub(super) struct Table {
    pub(super) bytes: [u8; 256],
    /// Those of several bytes, or that become such.
    pub(super) wide: Vec<(Vec<u8>, Vec<u8>)>,
}

/// `s`.
pub(super) struct Substitution {
    pub(super) expression: Expression,
    pub(super) replacement: Vec<Part>,
    /// The first match that is replaced.
    pub(super) first: u64,
    /// Whether all behind it are, too.
    pub(super) all: bool,
    pub(super) prints: bool,
    /// Whether what comes of it is run as a command.
    pub(super) runs: bool,
    pub(super) writes: Option<usize>,
}

/// A part of what takes a match's place.
pub(super) enum Part {
    Text(Vec<u8>),
    /// What a group has matched; 0 for the whole match.
    Group(usize),
    Case(Case),
}

/// How letters are written from here on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    Upper,
    Lower,
    UpperOne,
    LowerOne,
    End,
}
