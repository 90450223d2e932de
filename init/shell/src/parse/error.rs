//! What is wrong with a script, and where.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::syntax::Position;

/// Why a script cannot be parsed. A pointer: every step of the parser gives one or what it has read, and moves that on.
#[derive(Clone, Debug)]
pub struct SyntaxError(pub(crate) Box<Fault>);

/// What is wrong.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub(crate) message: String,
    pub(crate) position: Position,
    /// The line that it is in, as far as it was read.
    pub(crate) line: Vec<u8>,
    /// Whether more text could make it right.
    pub(crate) incomplete: bool,
}

/// The longest part of a line that is shown.
const SHOWN: usize = 200;

impl SyntaxError {
    /// Gives the number of the line, from 1.
    pub fn line_number(&self) -> u32 {
        self.0.position.line
    }

    /// Says whether the script only ended too early.
    pub fn is_incomplete(&self) -> bool {
        self.0.incomplete
    }
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Fault { position, line, message, .. } = &*self.0;
        write!(formatter, "line {}: {message}{}", position.line, Marked { position: *position, line })
    }
}

/// A line below a message, with a mark below the column that is meant; nothing, if the line is not known.
pub(crate) struct Marked<'l> {
    pub(crate) position: Position,
    pub(crate) line: &'l [u8],
}

impl fmt::Display for Marked<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Position { line, column } = self.position;
        let column = column.saturating_sub(1) as usize;
        if self.line.is_empty() || column > SHOWN.min(self.line.len()) {
            return Ok(());
        }
        let shown = self.line.get(..SHOWN).unwrap_or(self.line);
        write!(formatter, "\n{line:>5} | ")?;
        for byte in shown {
            // A tab is one column here, and no byte of a script commands a terminal.
            let is_plain = (b' '..0x7f).contains(byte);
            fmt::Write::write_char(formatter, if is_plain { char::from(*byte) } else { ' ' })?;
        }
        write!(formatter, "\n      | {:column$}^", "")
    }
}
