//! Where the text of what runs is found again, so that an error shows its line and points at the column.

use alloc::vec::Vec;
use core::fmt::Display;

use linux::fs::{FileKind, Mode, OpenFlags};

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
        self.complain_at(position, object, &reason);
        Leave::Failed(MISUSE)
    }

    /// Says what is wrong with the word that is being expanded, or else with the command that runs.
    pub(crate) fn complain_here(&mut self, object: &[u8], reason: &dyn Display) {
        self.complain_at(self.place, object, reason);
    }

    /// Says what is wrong at a place of the script, and shows that.
    pub(crate) fn complain_at(&mut self, position: Position, object: &[u8], reason: &dyn Display) {
        if position.line > 0 {
            self.line = position.line;
        }
        let line = self.text_of(position.line).unwrap_or_default();
        self.complain(object, &format_args!("{reason}{}", Marked { position, line: &line }));
    }

    /// Gives a line of what runs.
    fn text_of(&self, number: u32) -> Option<Vec<u8>> {
        let before = number.checked_sub(1)? as usize;
        match &self.origin {
            Origin::Nowhere => None,
            Origin::Text(text) => Some(text.split(|byte| *byte == b'\n').nth(before)?.to_vec()),
            Origin::File(path) => {
                // A pipe by the script's name has nobody at its other end now, or still holds what is to run.
                let flags = OpenFlags::READ | OpenFlags::NONBLOCK | OpenFlags::CLOSE_ON_EXEC;
                let number = self.system.open(path, flags, Mode::empty()).ok()?;
                let is_file = self.system.fstat(number).is_ok_and(|file| file.kind() == FileKind::Regular);
                let line = if is_file { self.line_behind(number, before) } else { None };
                let _ = self.system.close(number);
                line
            }
        }
    }

    /// Reads the line behind so many others.
    fn line_behind(&self, number: i32, mut others: usize) -> Option<Vec<u8>> {
        let mut line = Vec::new();
        let mut block = [0; 4096];
        while let Ok(count @ 1..) = self.system.read(number, &mut block) {
            let mut rest = block.get(..count).unwrap_or_default();
            while let Some(end) = rest.iter().position(|byte| *byte == b'\n').filter(|_| others > 0) {
                rest = rest.get(end + 1..).unwrap_or_default();
                others -= 1;
            }
            if others == 0 {
                let end = rest.iter().position(|byte| *byte == b'\n');
                line.extend_from_slice(rest.get(..end.unwrap_or(rest.len())).unwrap_or_default());
                if end.is_some() {
                    return Some(line);
                }
            }
        }
        (others == 0).then_some(line)
    }
}
