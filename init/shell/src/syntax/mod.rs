//! The tree of a script: what the parser makes and the interpreter walks. It holds no text that is not needed to run.

mod arithmetic;
mod command;
mod word;

use alloc::rc::Rc;

pub(crate) use arithmetic::{Arithmetic, Binary, Operation, Program, Unary};
pub(crate) use command::{
    AndOr, Arm, Assignment, Command, Condition, Connector, Ending, Here, Item, Kind, List, Pipeline,
    Redirect, RedirectKind, Simple,
};
pub(crate) use word::{Change, End, Name, Parameter, Part, Replace, Word, is_pattern};

/// A string of the shell: any bytes but zero, shared by all who hold it.
pub(crate) type Bytes = Rc<[u8]>;

/// A place in a script, counted from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    pub(crate) line: u32,
    pub(crate) column: u32,
}
