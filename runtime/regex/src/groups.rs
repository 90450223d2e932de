//! Where groups have matched: POSIX has each part of an expression, from the left, match as much as the whole match allows.
//!
//! The whole match is known. What a part can end at is found from its begin forwards, what the parts behind it can begin at
//! from the end backwards; the part takes the last place that is both.

use alloc::vec::Vec;

use crate::program::{Piece, Shape};
use crate::run::Machine;

/// Where groups begin and end, by their number.
pub(super) type Places = Vec<Option<(usize, usize)>>;

impl Machine<'_> {
    /// Notes the groups of a piece that matches from `begin` to `end`.
    pub(super) fn place(&mut self, piece: &Piece, begin: usize, end: usize, into: &mut Places) {
        match &piece.shape {
            Shape::Leaf => {}
            Shape::Group(number, inner) => {
                if let Some(slot) = into.get_mut(*number as usize) {
                    *slot = Some((begin, end));
                }
                self.place(inner, begin, end, into);
            }
            Shape::Sequence(pieces) => self.place_sequence(piece, pieces, (begin, end), into),
            Shape::Choice(pieces) => {
                let fits = pieces
                    .iter()
                    .find(|piece| self.ends((piece.begin, piece.end), begin, end).last() == Some(&end));
                if let Some(fits) = fits {
                    self.place(fits, begin, end, into);
                }
            }
            Shape::Optional(inner, may_be_empty) => {
                let is_taken = begin < end || *may_be_empty && self.matches_nothing(inner, begin);
                if is_taken {
                    self.place(inner, begin, end, into);
                }
            }
            Shape::Loop(inner) => self.place_rounds(piece, inner, (begin, end), into),
        }
    }

    fn matches_nothing(&mut self, piece: &Piece, at: usize) -> bool {
        !self.ends((piece.begin, piece.end), at, at).is_empty()
    }

    fn place_sequence(
        &mut self,
        whole: &Piece,
        pieces: &[Piece],
        (begin, end): (usize, usize),
        into: &mut Places,
    ) {
        let mut at = begin;
        for piece in pieces {
            let ends = self.ends((piece.begin, piece.end), at, end);
            let starts = self.starts((piece.end, whole.end), at, end);
            let fits = |place: &&usize| starts.get(**place - at) == Some(&true);
            let Some(next) = ends.iter().rev().find(fits) else { return };
            self.place(piece, at, *next, into);
            at = *next;
        }
    }

    /// Notes the groups of each round of a loop: those of the last one stay.
    fn place_rounds(
        &mut self,
        whole: &Piece,
        inner: &Piece,
        (begin, end): (usize, usize),
        into: &mut Places,
    ) {
        if begin == end {
            if self.matches_nothing(inner, begin) {
                self.place(inner, begin, end, into);
            }
            return;
        }
        let starts = self.starts((whole.begin, whole.end), begin, end);
        let mut at = begin;
        while at < end {
            let ends = self.ends((inner.begin, inner.end), at, end);
            let fits = |place: &&usize| {
                **place > at && (**place == end || starts.get(**place - begin) == Some(&true))
            };
            let Some(next) = ends.iter().rev().find(fits) else { return };
            forget(inner, into);
            self.place(inner, at, *next, into);
            at = *next;
        }
    }
}

/// Forgets what groups have matched in a round before.
fn forget(piece: &Piece, into: &mut Places) {
    match &piece.shape {
        Shape::Leaf => {}
        Shape::Group(number, inner) => {
            if let Some(slot) = into.get_mut(*number as usize) {
                *slot = None;
            }
            forget(inner, into);
        }
        Shape::Sequence(pieces) | Shape::Choice(pieces) => {
            pieces.iter().for_each(|piece| forget(piece, into));
        }
        Shape::Loop(inner) | Shape::Optional(inner, _) => forget(inner, into),
    }
}
