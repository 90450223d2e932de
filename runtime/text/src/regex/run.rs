//! Running a program over a text: all ways at once, a character at a time, so that it takes time in proportion to both.

use alloc::vec::Vec;

use super::parse::Edge;
use super::program::Step;
use super::set::is_of_word;
use crate::character;

/// A text and how it is read.
#[derive(Clone, Copy)]
pub(super) struct Text<'t> {
    pub(super) bytes: &'t [u8],
    pub(super) utf8: bool,
}

impl Text<'_> {
    /// Gives the character at a place and the place behind it.
    pub(super) fn next(self, at: usize) -> Option<(u32, usize)> {
        let rest = self.bytes.get(at..)?;
        let character = rest.get(..character::width(rest, self.utf8))?;
        (!character.is_empty()).then(|| (character::number(character), at + character.len()))
    }

    fn is_word_at(self, at: usize) -> bool {
        self.next(at).is_some_and(|(number, _)| is_of_word(number))
    }

    fn is_word_before(self, at: usize) -> bool {
        let longest = (1..=4)
            .rev()
            .filter_map(|width| at.checked_sub(width))
            .find(|start| matches!(self.next(*start), Some((_, end)) if end == at));
        longest.is_some_and(|start| self.is_word_at(start))
    }

    /// Says whether a place is such an edge.
    pub(super) fn is_edge(self, at: usize, edge: Edge) -> bool {
        match edge {
            Edge::Begin => at == 0,
            Edge::End => at == self.bytes.len(),
            Edge::WordBegin => !self.is_word_before(at) && self.is_word_at(at),
            Edge::WordEnd => self.is_word_before(at) && !self.is_word_at(at),
            Edge::Word => self.is_word_before(at) != self.is_word_at(at),
            Edge::NotWord => self.is_word_before(at) == self.is_word_at(at),
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
}

/// Steps and the text that they run over.
pub(super) struct Machine<'m> {
    steps: &'m [Step],
    text: Text<'m>,
    /// The step that is behind the last: a way that is there has matched.
    accept: u32,
    /// The ways that go on at this place: at which step, and where each began.
    ways: Vec<(u32, usize)>,
    /// Those of the place before.
    spare: Vec<(u32, usize)>,
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
    fn add(&mut self, step: u32, began: usize, at: usize) {
        self.waiting.push(step);
        while let Some(step) = self.waiting.pop() {
            let Some(seen) = self.seen.get_mut(step as usize) else { continue };
            if core::mem::replace(seen, self.round) == self.round {
                continue;
            }
            match self.steps.get(step as usize) {
                _ if step == self.accept => self.ways.push((step, began)),
                Some(Step::Split(first, second)) => self.waiting.extend([*second, *first]),
                Some(Step::Jump(to)) => self.waiting.push(*to),
                Some(Step::Note(_)) => self.waiting.push(step + 1),
                Some(Step::Edge(edge)) if self.text.is_edge(at, *edge) => self.waiting.push(step + 1),
                Some(Step::Edge(_)) | None => {}
                Some(_) => self.ways.push((step, began)),
            }
        }
    }

    /// Takes a character on all ways.
    fn go_on(&mut self, number: u32, next: usize) {
        self.round += 1;
        let mut old = core::mem::replace(&mut self.ways, core::mem::take(&mut self.spare));
        for (step, began) in old.drain(..) {
            if self.steps.get(step as usize).is_some_and(|step| step.takes(number)) {
                self.add(step + 1, began, next);
            }
        }
        self.spare = old;
    }

    /// Gives where a way began that has matched.
    fn matched(&self) -> Option<usize> {
        self.ways.iter().find(|(step, _)| *step == self.accept).map(|(_, began)| *began)
    }

    /// Finds the first place from `from` on where the program matches, and how far at most; any match will do for one who
    /// is not `exact`.
    pub(super) fn find(&mut self, from: usize, exact: bool) -> Option<(usize, usize)> {
        let mut best: Option<(usize, usize)> = None;
        let mut at = from;
        loop {
            if best.is_none() {
                self.add(0, at, at);
            }
            if let Some(began) = self.matched() {
                best = Some((began, at));
                if !exact {
                    return best;
                }
            }
            // Ways lie in the order in which they began; those that began behind a match are lost.
            if let Some((began, _)) = best {
                self.ways.retain(|(_, other)| *other <= began);
                if self.ways.is_empty() {
                    return best;
                }
            }
            let Some((number, next)) = self.text.next(at) else { return best };
            self.go_on(number, next);
            at = next;
        }
    }

    /// Gives the places, from the first on, at which the steps of a piece can end that begin at `from`, up to `until`.
    pub(super) fn ends(&mut self, piece: Span, from: usize, until: usize) -> Vec<usize> {
        let accept = core::mem::replace(&mut self.accept, piece.1);
        self.ways.clear();
        self.round += 1;
        self.add(piece.0, from, from);
        let (mut at, mut ends) = (from, Vec::new());
        while !self.ways.is_empty() {
            if self.matched().is_some() {
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
