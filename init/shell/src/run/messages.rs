//! Messages: `name: line N: object: reason`.

use alloc::vec::Vec;
use core::fmt::{self, Display};

use super::{Leave, Run, Shell, Status};
use crate::parse::SyntaxError;

/// The status of a misuse.
pub(crate) const MISUSE: Status = 2;

/// From this size on memory is asked for before it is needed.
const LARGE: usize = 1 << 20;

struct Text<'t>(&'t mut Vec<u8>);

impl fmt::Write for Text<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

impl Shell<'_> {
    /// Says something on standard error.
    pub(crate) fn complain(&mut self, object: &[u8], reason: &dyn Display) {
        self.flush();
        let mut text = self.name.to_vec();
        text.extend_from_slice(b": ");
        if self.line > 0 && !self.options.interactive {
            let _ = fmt::write(&mut Text(&mut text), format_args!("line {}: ", self.line));
        }
        if !object.is_empty() {
            printable(object, &mut text);
            text.extend_from_slice(b": ");
        }
        let _ = fmt::write(&mut Text(&mut text), format_args!("{reason}\n"));
        self.say(&text);
    }

    /// Writes to standard error; nobody could be told that it is lost.
    pub(crate) fn say(&mut self, bytes: &[u8]) {
        let _ = self.write_all(2, bytes);
    }

    /// Says what is wrong, and ends the script.
    pub(crate) fn fail(&mut self, object: &[u8], reason: &str) -> Leave {
        self.complain(object, &reason);
        Leave::Failed(MISUSE)
    }

    /// Asks for memory for a text of so many bytes that is about to be made, and for a copy of it: what is large may not be
    /// there, which is then an error of the script.
    pub(crate) fn room(&mut self, bytes: usize) -> Run<()> {
        if bytes < LARGE || Vec::<u8>::new().try_reserve_exact(bytes.saturating_mul(3)).is_ok() {
            return Ok(());
        }
        Err(self.fail(b"", "out of memory"))
    }

    /// Says what is wrong with a script, and where.
    pub(crate) fn complain_syntax(&mut self, error: &SyntaxError) {
        let line = core::mem::replace(&mut self.line, 0);
        self.complain(b"", error);
        self.line = line;
    }
}

/// Adds a text of which no byte commands a terminal.
fn printable(bytes: &[u8], into: &mut Vec<u8>) {
    for byte in bytes {
        match byte {
            b'\n' => into.extend_from_slice(b"\\n"),
            0..0x20 | 0x7f => into.push(b'?'),
            _ => into.push(*byte),
        }
    }
}
