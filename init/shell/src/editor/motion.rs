//! Where a movement leads from a place.

use super::character::{first, next, previous};
use super::line::Line;

/// A movement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Motion {
    Left,
    Right,
    /// To the start of the word before: one of letters and digits.
    WordLeft,
    /// To the end of the word.
    WordRight,
    /// To the start of what blanks separate.
    BlankLeft,
    LineStart,
    LineEnd,
}

/// Says whether the character at a place belongs to a word.
fn is_word(text: &[u8], at: usize) -> bool {
    match first(text.get(at..).unwrap_or_default()) {
        (Some(character), _) => character.is_alphanumeric(),
        (None, length) => length > 0,
    }
}

fn is_blank(text: &[u8], at: usize) -> bool {
    matches!(text.get(at), Some(b' ' | b'\t' | b'\n'))
}

/// Goes left while the character on the left is wanted.
fn left_while(text: &[u8], mut at: usize, wanted: impl Fn(&[u8], usize) -> bool) -> usize {
    while at > 0 && wanted(text, previous(text, at)) {
        at = previous(text, at);
    }
    at
}

/// Goes right while the character at the place is wanted.
fn right_while(text: &[u8], mut at: usize, wanted: impl Fn(&[u8], usize) -> bool) -> usize {
    while at < text.len() && wanted(text, at) {
        at = next(text, at);
    }
    at
}

impl Motion {
    /// Gives the place to which it leads from the cursor.
    pub(super) fn target(self, line: &Line) -> usize {
        let (text, at) = (line.text(), line.at());
        match self {
            Self::Left => previous(text, at),
            Self::Right => next(text, at),
            Self::WordLeft => {
                let end = left_while(text, at, |text, at| !is_word(text, at));
                left_while(text, end, is_word)
            }
            Self::WordRight => {
                let start = right_while(text, at, |text, at| !is_word(text, at));
                right_while(text, start, is_word)
            }
            Self::BlankLeft => {
                let end = left_while(text, at, is_blank);
                left_while(text, end, |text, at| !is_blank(text, at))
            }
            Self::LineStart => line.start_of(at),
            Self::LineEnd => line.end_of(at),
        }
    }
}
