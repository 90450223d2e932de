//! Where the text of what runs is found again, so that an error shows its line and points at the column.

use alloc::vec::Vec;

use linux::fs::{Mode, OpenFlags};

use super::messages::MISUSE;
use super::{Leave, Shell};
use crate::names::Symbol;
use crate::parse::Marked;
use crate::syntax::{Bytes, Position};

/// Where it is.
#[derive(Clone, Default)]
pub(crate) enum Origin {
    /// Nowhere: it was typed, read from a pipe, or is the text of `eval`.
    #[default]
    Nowhere,
    /// This is it.
    Text(Bytes),
    /// In a file.
    File(Bytes),
}

impl Shell<'_> {
    /// Runs something whose text is there.
    pub(crate) fn with_origin<T>(&mut self, origin: Origin, run: impl FnOnce(&mut Self) -> T) -> T {
        let outer = core::mem::replace(&mut self.origin, origin);
        let done = run(self);
        self.origin = outer;
        done
    }

    /// Gives the origin that a file is, which is found from any folder.
    pub(crate) fn origin_of(&self, path: &[u8]) -> Origin {
        let folder = if path.starts_with(b"/") { None } else { self.value(Symbol::PWD) };
        Origin::File(match folder {
            Some(folder) => [&*folder, b"/", path].concat().into(),
            None => path.into(),
        })
    }

    /// Says what is wrong at a place of the script, and ends the script.
    pub(crate) fn fail_at(&mut self, position: Position, object: &[u8], reason: &str) -> Leave {
        self.line = self.line.max(position.line);
        let line = self.text_of(position.line).unwrap_or_default();
        self.complain(object, &format_args!("{reason}{}", Marked { position, line: &line }));
        Leave::Failed(MISUSE)
    }

    /// Gives a line of what runs.
    fn text_of(&self, number: u32) -> Option<Vec<u8>> {
        let before = number.checked_sub(1)? as usize;
        let line = |text: &[u8]| Some(text.split(|byte| *byte == b'\n').nth(before)?.to_vec());
        match &self.origin {
            Origin::Nowhere => None,
            Origin::Text(text) => line(text),
            Origin::File(path) => line(&self.beginning(path, number as usize)?),
        }
    }

    /// Reads a file up to the end of a line.
    fn beginning(&self, path: &[u8], lines: usize) -> Option<Vec<u8>> {
        // A pipe that went by the script's name would have nobody at its other end now.
        let flags = OpenFlags::READ | OpenFlags::NONBLOCK | OpenFlags::CLOSE_ON_EXEC;
        let number = self.system.open(path, flags, Mode::empty()).ok()?;
        let (mut text, mut ends) = (Vec::new(), 0);
        let mut block = [0; 4096];
        while ends < lines {
            let Ok(count @ 1..) = self.system.read(number, &mut block) else { break };
            let read = block.get(..count).unwrap_or_default();
            ends += read.iter().filter(|byte| **byte == b'\n').count();
            text.extend_from_slice(read);
        }
        let _ = self.system.close(number);
        Some(text)
    }
}
