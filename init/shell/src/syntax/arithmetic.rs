//! Arithmetic, as steps of a machine with a stack: no depth of a formula makes the evaluator recurse.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::Part;
use crate::names::Symbol;

/// `$((...))`.
#[derive(Debug)]
pub(crate) struct Arithmetic {
    /// The text, with what is to be expanded in it.
    pub(crate) parts: Vec<Part>,
    /// The formula, if its text is one whatever its parameters are, as long as those are numbers.
    pub(crate) program: Option<Program>,
}

/// A formula: steps that leave one number on the stack.
pub(crate) type Program = Box<[Operation]>;

/// A step. Places are those of steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Number(i64),
    Variable(Symbol),
    /// The value of the part with this number among those that are not text.
    Part(u32),
    Unary(Unary),
    Binary(Binary),
    /// Sets a variable to what is on the stack, which stays.
    Set(Symbol),
    /// Sets a variable to its value and what is on the stack, joined.
    Change(Symbol, Binary),
    /// Adds to a variable; leaves the new value.
    Before(Symbol, i64),
    /// Adds to a variable; leaves the former value.
    After(Symbol, i64),
    /// Of `&&`: leaves 0 and goes there if what is on the stack is 0, else takes it off.
    And(u32),
    /// Of `||`: leaves 1 and goes there if what is on the stack is not 0, else takes it off.
    Or(u32),
    /// Turns what is on the stack into 0 or 1.
    Truth,
    /// Takes a number off; goes there if it is 0.
    Unless(u32),
    /// Goes there.
    Go(u32),
    /// Takes a number off.
    Drop,
}

/// An operator before a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unary {
    Minus,
    Not,
    Complement,
}

/// An operator between two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Binary {
    Multiply,
    Divide,
    Remainder,
    Add,
    Subtract,
    Left,
    Right,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Equal,
    Unequal,
    And,
    ExclusiveOr,
    Or,
    Power,
}
