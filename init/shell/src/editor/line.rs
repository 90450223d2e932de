//! The text that is edited: bytes, the place of the cursor, and what to go back to.

use alloc::vec::Vec;

use super::character;

/// A text with a cursor.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    text: Vec<u8>,
    at: usize,
    undo: Vec<(Vec<u8>, usize)>,
    /// Whether the last change was a character that was typed: those that follow are undone with it.
    typed: bool,
}

/// How many changes are kept.
const CHANGES: usize = 200;

impl Line {
    /// Makes a text with the cursor at its end.
    pub(super) fn new(text: Vec<u8>) -> Self {
        Self { at: text.len(), text, undo: Vec::new(), typed: false }
    }

    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Gives what stands before the cursor.
    pub(super) fn before(&self) -> &[u8] {
        self.text.get(..self.at).unwrap_or_default()
    }

    /// Moves the cursor.
    pub(super) fn go(&mut self, to: usize) {
        if to != self.at {
            self.typed = false;
        }
        self.at = to.min(self.text.len());
    }

    /// Inserts what was typed.
    pub(super) fn type_in(&mut self, text: &[u8]) {
        if !self.typed {
            self.note();
        }
        self.typed = true;
        self.text.splice(self.at..self.at, text.iter().copied());
        self.at += text.len();
    }

    /// Puts a text in place of a part; the cursor stands behind it.
    pub(super) fn replace(&mut self, start: usize, end: usize, with: &[u8]) -> Vec<u8> {
        let (start, end) = (start.min(self.text.len()), end.min(self.text.len()));
        if start >= end && with.is_empty() {
            return Vec::new();
        }
        self.note();
        let removed = self.text.splice(start..end.max(start), with.iter().copied()).collect();
        self.at = start + with.len();
        removed
    }

    /// Puts another text in place of all.
    pub(super) fn set(&mut self, text: Vec<u8>) {
        *self = Self::new(text);
    }

    fn note(&mut self) {
        if self.undo.len() >= CHANGES {
            self.undo.remove(0);
        }
        self.undo.push((self.text.clone(), self.at));
        self.typed = false;
    }

    /// Takes the last change back; false if there is none.
    pub(super) fn undo(&mut self) -> bool {
        self.typed = false;
        let Some((text, at)) = self.undo.pop() else { return false };
        (self.text, self.at) = (text, at);
        true
    }

    /// Takes all changes back.
    pub(super) fn revert(&mut self) {
        self.undo.truncate(1);
        self.undo();
    }

    /// Gives where the line of a place begins.
    pub(super) fn start_of(&self, at: usize) -> usize {
        let before = self.text.get(..at).unwrap_or_default();
        before.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1)
    }

    /// Gives where the line of a place ends.
    pub(super) fn end_of(&self, at: usize) -> usize {
        let after = self.text.get(at..).unwrap_or_default();
        after.iter().position(|byte| *byte == b'\n').map_or(self.text.len(), |end| at + end)
    }

    /// Gives the place above or below the cursor, if there is a line.
    pub(super) fn beside(&self, above: bool) -> Option<usize> {
        let start = self.start_of(self.at);
        let to = if above {
            self.start_of(start.checked_sub(1)?)
        } else {
            Some(self.end_of(self.at) + 1).filter(|to| *to <= self.text.len())?
        };
        let end = self.end_of(to);
        let mut place = to;
        let wanted = self.text.get(start..self.at).map_or(0, character::width);
        while place < end && character::width(self.text.get(to..place).unwrap_or_default()) < wanted {
            place = character::next(&self.text, place);
        }
        Some(place)
    }
}
