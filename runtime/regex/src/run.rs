//! Running a part of a program over a text: all ways at once, a character at a time, so that it takes time in proportion to both.

use alloc::vec::Vec;

use text::character;

use crate::parse::Edge;
use crate::program::Step;
use crate::set::is_of_word;

/// A text and how it is read.
#[derive(Clone, Copy)]
pub(super) struct Text<'t> {
    pub(super) bytes: &'t [u8],
    pub(super) utf8: bool,
    /// Whether `^` and `$` are at each line's ends.
    pub(super) by_lines: bool,
}

impl Text<'_> {
    /// Gives the character at a place and the place behind it.
    pub(super) fn next(self, at: usize) -> Option<(u32, usize)> {
        let rest = self.bytes.get(at..)?;
        let character = rest.get(..character::width(rest, self.utf8))?;
        (!character.is_empty()).then(|| (character::number(character), at + character.len()))
    }

    /// Gives the character before a place and where it begins.
    pub(super) fn previous(self, at: usize) -> Option<(u32, usize)> {
        (1..=4).rev().filter_map(|width| at.checked_sub(width)).find_map(|start| {
            let (number, end) = self.next(start)?;
            (end == at).then_some((number, start))
        })
    }

    /// Gives what is beside a place, by what a reading of that side gave.
    pub(super) fn side(self, character: Option<(u32, usize)>) -> Side {
        match character {
            None => Side::Nothing,
            Some((NEWLINE, _)) if self.by_lines => Side::Newline,
            Some((number, _)) if is_of_word(number) => Side::Word,
            Some(_) => Side::Other,
        }
    }

    /// Says whether a place is such an edge.
    pub(super) fn is_edge(self, at: usize, edge: Edge) -> bool {
        edge.is_between(self.side(self.previous(at)), self.side(self.next(at)))
    }
}

const NEWLINE: u32 = b'\n' as u32;

/// What is beside a place, as far as edges ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// The begin or the end of the text.
    Nothing = 0,
    /// The end of a line, where lines count.
    Newline = 1,
    Word = 2,
    Other = 3,
}

impl Edge {
    /// Says whether a place between such sides is this edge.
    pub(super) fn is_between(self, before: Side, behind: Side) -> bool {
        let ends = |side: Side| matches!(side, Side::Nothing | Side::Newline);
        let (word_before, word_behind) = (before == Side::Word, behind == Side::Word);
        match self {
            Self::Begin => ends(before),
            Self::End => ends(behind),
            Self::WordBegin => !word_before && word_behind,
            Self::WordEnd => word_before && !word_behind,
            Self::Word => word_before != word_behind,
            Self::NotWord => word_before == word_behind,
            Self::TextBegin => before == Side::Nothing,
            Self::TextEnd => behind == Side::Nothing,
            Self::NoWordBefore => !word_before,
            Self::NoWordBehind => !word_behind,
        }
    }
}

impl Step {
    /// Says whether a step takes this character.
    pub(super) fn takes(&self, number: u32) -> bool {
        match self {
            Self::Character(own) => *own == number,
            Self::Any => true,
            Self::Set(set) => set.has(number),
            _ => false,
        }
    }

    /// Says whether a step may take characters beyond ASCII.
    pub(super) fn takes_beyond_ascii(&self) -> bool {
        match self {
            Self::Character(own) => *own >= 128,
            Self::Any => true,
            Self::Set(set) => set.may_go_beyond_ascii(),
            _ => false,
        }
    }
}

/// Steps and the text that they run over.
pub(super) struct Machine<'m> {
    steps: &'m [Step],
    text: Text<'m>,
    /// The step that is behind the last: a way that is there has matched.
    accept: u32,
    /// The steps at which ways go on at this place.
    ways: Vec<u32>,
    /// Those of the place before.
    spare: Vec<u32>,
    /// Which steps ways have come to, by the round in which that was.
    seen: Vec<usize>,
    round: usize,
    waiting: Vec<u32>,
}

impl<'m> Machine<'m> {
    pub(super) fn new(steps: &'m [Step], text: Text<'m>) -> Self {
        Self {
            steps,
            text,
            accept: steps.len() as u32,
            ways: Vec::new(),
            spare: Vec::new(),
            seen: alloc::vec![0; steps.len() + 1],
            round: 1,
            waiting: Vec::new(),
        }
    }

    /// Adds a way at a step and all that it goes on to without a character.
    fn add(&mut self, step: u32, at: usize) {
        self.waiting.push(step);
        while let Some(step) = self.waiting.pop() {
            let Some(seen) = self.seen.get_mut(step as usize) else { continue };
            if core::mem::replace(seen, self.round) == self.round {
                continue;
            }
            match self.steps.get(step as usize) {
                _ if step == self.accept => self.ways.push(step),
                Some(Step::Split(first, second)) => self.waiting.extend([*second, *first]),
                Some(Step::Jump(to)) => self.waiting.push(*to),
                Some(Step::Note(_)) => self.waiting.push(step + 1),
                Some(Step::Edge(edge)) if self.text.is_edge(at, *edge) => self.waiting.push(step + 1),
                Some(Step::Edge(_)) | None => {}
                Some(_) => self.ways.push(step),
            }
        }
    }

    /// Takes a character on all ways.
    fn go_on(&mut self, number: u32, next: usize) {
        self.round += 1;
        let mut old = core::mem::replace(&mut self.ways, core::mem::take(&mut self.spare));
        for step in old.drain(..) {
            if self.steps.get(step as usize).is_some_and(|step| step.takes(number)) {
                self.add(step + 1, next);
            }
        }
        self.spare = old;
    }

    /// Gives the places, from the first on, at which the steps of a piece can end that begin at `from`, up to `until`.
    pub(super) fn ends(&mut self, piece: Span, from: usize, until: usize) -> Vec<usize> {
        let accept = core::mem::replace(&mut self.accept, piece.1);
        self.ways.clear();
        self.round += 1;
        self.add(piece.0, from);
        let (mut at, mut ends) = (from, Vec::new());
        while !self.ways.is_empty() {
            if self.ways.contains(&self.accept) {
                ends.push(at);
            }
            let Some((number, next)) = self.text.next(at).filter(|(_, next)| *next <= until) else { break };
            self.go_on(number, next);
            at = next;
        }
        self.accept = accept;
        ends
    }

    /// Gives for each place between `from` and `until`, both included, whether the steps of a piece match all from there to
    /// `until`.
    pub(super) fn starts(&self, piece: Span, from: usize, until: usize) -> Vec<bool> {
        let mut places = Vec::new();
        let mut at = from;
        while let Some((number, next)) = self.text.next(at).filter(|(_, next)| *next <= until) {
            places.push((at, number));
            at = next;
        }
        let mut starts = alloc::vec![false; until - from + 1];
        let mut behind = Vec::new();
        for (at, number) in core::iter::once((until, None))
            .chain(places.into_iter().rev().map(|(at, number)| (at, Some(number))))
        {
            behind = self.before(piece, at, number, &behind);
            if let Some(slot) = starts.get_mut(at - from) {
                *slot = behind.first() == Some(&true);
            }
        }
        starts
    }

    /// Gives for each step of a piece whether the match can be reached from it at a place, by what can be reached from the
    /// steps behind the character there; the end of the piece is the match where there is no character.
    fn before(&self, piece: Span, at: usize, number: Option<u32>, behind: &[bool]) -> Vec<bool> {
        let index = |step: u32| step.wrapping_sub(piece.0) as usize;
        let mut now = alloc::vec![false; index(piece.1) + 1];
        if let (Some(last), None) = (now.last_mut(), number) {
            *last = true;
        }
        // Loops lead back: until nothing is new.
        let mut is_new = true;
        while core::mem::take(&mut is_new) {
            for step in (piece.0..piece.1).rev() {
                let has = |step: u32| now.get(index(step)) == Some(&true);
                let reaches = match self.steps.get(step as usize) {
                    Some(Step::Split(first, second)) => has(*first) || has(*second),
                    Some(Step::Jump(to)) => has(*to),
                    Some(Step::Note(_)) => has(step + 1),
                    Some(Step::Edge(edge)) => has(step + 1) && self.text.is_edge(at, *edge),
                    Some(taker) => {
                        behind.get(index(step + 1)) == Some(&true)
                            && number.is_some_and(|number| taker.takes(number))
                    }
                    None => false,
                };
                if let Some(slot) = now.get_mut(index(step)) {
                    is_new |= reaches && !core::mem::replace(slot, reaches);
                }
            }
        }
        now
    }
}

/// The first step of a piece and the one behind its last.
pub(super) type Span = (u32, u32);
