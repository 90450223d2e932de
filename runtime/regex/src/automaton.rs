//! Programs as automata that read a text once, a byte at a time; states are made as texts come to them, and forgotten when they
//! are too many.
//!
//! A state is the set of steps at which a match can go on, in the order in which these ways began: those that began at the same
//! place are a section. Where a section has matched, those behind it began later and are lost, and nothing begins any more; so
//! the last place at which anything has matched is the end of the first match, the longest there. What is an edge is known when
//! the character behind it is: a state knows what is before it, and that it has matched is said by the step that leaves it.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use crate::Options;
use crate::program::Step;
use crate::run::{Side, Text};
use crate::set::is_of_word;
use crate::starts::Starts;

/// Between the sections of a state.
const MARK: u32 = u32::MAX;

/// In a row of the table: the place of the row of the state behind this, or one of these.
const MATCH: u32 = 1 << 31;
/// There is nothing more to find.
const DEAD: u32 = bulk::SPECIAL;
/// It is not known yet.
const UNKNOWN: u32 = bulk::SPECIAL | 1;

/// The most numbers in the table: 4 MiB.
const MOST: usize = 1 << 20;

/// A state as it is known by: what is before it and whether anything may begin, and its steps.
type Key = Box<[u32]>;

/// In the first number of a key: nothing begins any more.
const SETTLED: u32 = 4;

/// A program as an automaton.
#[derive(Debug)]
pub(crate) struct Automaton {
    is_backward: bool,
    /// With what a line ends that is looked at by itself.
    delimiter: Option<u8>,
    utf8: bool,
    has_edges: bool,
    /// Bytes that all steps treat alike are of one class.
    classes: Box<[u8; 256]>,
    /// How many classes there are: the length of a row.
    stride: usize,
    table: Vec<u32>,
    states: Vec<Key>,
    /// The states in which searches begin, by the first number of their keys.
    firsts: [Option<u32>; 8],
    known: BTreeMap<Key, u32>,
    /// What follows characters of several bytes.
    wide: BTreeMap<(u32, u32), u32>,
    /// Which steps have been come to, by the round in which that was.
    seen: Vec<u32>,
    round: u32,
    waiting: Vec<u32>,
    /// With what matches begin, if they are looked for from their begin.
    starts: Option<Starts>,
}

impl Automaton {
    pub(crate) fn new(steps: &[Step], options: &Options, is_backward: bool) -> Self {
        let has_edges = steps.iter().any(|step| matches!(step, Step::Edge(_)));
        let delimiter = options.delimiter.filter(|_| !is_backward);
        let (classes, stride) = classes(steps, options, has_edges);
        Self {
            is_backward,
            delimiter,
            utf8: options.utf8,
            has_edges,
            classes,
            stride,
            table: Vec::new(),
            states: Vec::new(),
            firsts: [None; 8],
            known: BTreeMap::new(),
            wide: BTreeMap::new(),
            seen: alloc::vec![0; steps.len() + 1],
            round: 0,
            waiting: Vec::new(),
            starts: if is_backward { None } else { Starts::of(steps, options.utf8) },
        }
    }

    /// Gives the state in which no match has begun, if it is worth it to look for the begin of one; else a row that there is not.
    fn home(&self) -> u32 {
        let first = self.firsts.get(Side::Other as usize).copied().flatten();
        first.filter(|_| self.starts.as_ref().is_some_and(Starts::is_worth_it)).unwrap_or(u32::MAX)
    }

    /// Says whether the bytes are known with which matches begin.
    pub(crate) fn has_starts(&self) -> bool {
        self.starts.is_some()
    }

    /// Finds where the first match ends that begins at `from` or behind it; for one who is content with `any`, a place behind
    /// the begin of one.
    pub(crate) fn find(&mut self, steps: &[Step], text: Text<'_>, from: usize, any: bool) -> Option<usize> {
        let side = self.side(text, text.previous(from));
        let mut state = self.first(steps, side, 0);
        let (mut at, mut last) = (from, None);
        loop {
            let home = self.home();
            if let Some(starts) = self.starts.as_mut().filter(|_| state == home) {
                at += starts.skip(text.bytes.get(at..).unwrap_or_default());
            }
            let rest = text.bytes.get(at..).unwrap_or_default();
            at += bulk::follow(&self.table, &self.classes, &mut state, rest, home);
            let entry = match text.bytes.get(at) {
                None => self.step(steps, text, state, None),
                Some(byte) => match self.entry(state, *byte) {
                    UNKNOWN => self.step(steps, text, state, text.next(at)),
                    entry => entry,
                },
            };
            if entry & MATCH != 0 {
                last = Some(at);
                if any {
                    return last;
                }
            }
            let next = text.next(at);
            match (entry & !MATCH, next) {
                (DEAD, _) | (_, None) => return last,
                (next_state, Some((_, behind))) => (state, at) = (next_state, behind),
            }
        }
    }

    /// Finds where the first match begins that ends at `end`, no earlier than `least`.
    pub(crate) fn find_begin(&mut self, steps: &[Step], text: Text<'_>, least: usize, end: usize) -> usize {
        let side = self.side(text, text.next(end));
        let mut state = self.first(steps, side, SETTLED);
        let (mut at, mut last) = (end, end);
        loop {
            let before = text.previous(at);
            let entry = match before.filter(|(number, _)| *number < 128) {
                Some((number, _)) => self.entry(state, number as u8),
                None => UNKNOWN,
            };
            let entry = if entry == UNKNOWN { self.step(steps, text, state, before) } else { entry };
            if entry & MATCH != 0 {
                last = at;
            }
            match (entry & !MATCH, before) {
                (next_state, Some((_, begin))) if next_state != DEAD && begin >= least => {
                    (state, at) = (next_state, begin);
                }
                _ => return last,
            }
        }
    }

    fn entry(&self, state: u32, byte: u8) -> u32 {
        let class = self.classes.get(usize::from(byte)).copied().unwrap_or(0);
        self.table.get(state as usize + usize::from(class)).copied().unwrap_or(UNKNOWN)
    }

    fn side(&self, text: Text<'_>, character: Option<(u32, usize)>) -> Side {
        match character {
            // Nobody asks.
            _ if !self.has_edges => Side::Other,
            // The end of the line before.
            Some((number, _)) if self.delimiter.is_some_and(|end| u32::from(end) == number) => Side::Nothing,
            other => text.side(other),
        }
    }

    /// Gives the state in which a search begins.
    fn first(&mut self, steps: &[Step], side: Side, settled: u32) -> u32 {
        let kind = side as u32 | settled;
        if let Some(state) = self.firsts.get(kind as usize).copied().flatten() {
            return state;
        }
        self.round += 1;
        let mut key = Vec::from([kind]);
        self.add(steps, 0, None, &mut key);
        let state = self.state(steps, key);
        if let Some(slot) = self.firsts.get_mut(kind as usize) {
            *slot = Some(state);
        }
        state
    }

    /// Gives the row of a state, a new one if need be. What is before it makes a difference only where it has edges.
    fn state(&mut self, steps: &[Step], mut key: Vec<u32>) -> u32 {
        let is_edge = |item: &u32| matches!(steps.get(*item as usize), Some(Step::Edge(_)));
        if let Some((first, items)) = key.split_first_mut()
            && !items.iter().any(is_edge)
        {
            *first = *first & SETTLED | Side::Other as u32;
        }
        if let Some(state) = self.known.get(key.as_slice()) {
            return *state;
        }
        if self.table.len() + self.stride > MOST {
            self.table.clear();
            self.states.clear();
            self.firsts = [None; 8];
            self.known.clear();
            self.wide.clear();
        }
        let state = self.table.len() as u32;
        self.table.resize(self.table.len() + self.stride, UNKNOWN);
        let key = key.into_boxed_slice();
        self.states.push(key.clone());
        self.known.insert(key, state);
        state
    }

    /// Gives what follows a state at a character, or at the end, and keeps it.
    fn step(&mut self, steps: &[Step], text: Text<'_>, state: u32, character: Option<(u32, usize)>) -> u32 {
        let wide = character.map(|(number, _)| (state, number)).filter(|(_, number)| *number >= 128);
        if let Some(entry) = wide.and_then(|wide| self.wide.get(&wide)) {
            return *entry;
        }
        let made = self.states.len();
        let entry = self.decide(steps, text, state, character);
        // All are forgotten where there were too many, and this one too.
        if self.states.len() < made {
            return entry;
        }
        match character {
            None => {}
            Some((number, _)) if number < 128 || !self.utf8 => {
                let class = self.classes.get(number as usize & 0xff).copied().unwrap_or(0);
                if let Some(slot) = self.table.get_mut(state as usize + usize::from(class)) {
                    *slot = entry;
                }
            }
            Some((number, _)) => {
                self.wide.insert((state, number), entry);
            }
        }
        entry
    }

    fn decide(&mut self, steps: &[Step], text: Text<'_>, state: u32, character: Option<(u32, usize)>) -> u32 {
        let key = self.states.get(state as usize / self.stride).cloned().unwrap_or_default();
        let Some((first, items)) = key.split_first() else { return DEAD };
        let side = self.side(text, character);
        let before =
            [Side::Nothing, Side::Newline, Side::Word, Side::Other].get(*first as usize & 3).copied();
        let before = before.unwrap_or(Side::Other);
        let sides = if self.is_backward { (side, before) } else { (before, side) };
        let mut ways = Vec::new();
        let has_matched = self.resolve(steps, items, sides, &mut ways);
        let matched = if has_matched { MATCH } else { 0 };
        let settled = (*first & SETTLED) | if has_matched { SETTLED } else { 0 };
        let Some((number, _)) = character else { return matched | DEAD };
        if self.delimiter.is_some_and(|end| u32::from(end) == number) {
            return matched | self.first(steps, side, 0);
        }
        self.round += 1;
        let mut next = Vec::from([side as u32 | settled]);
        for way in ways {
            match steps.get(way as usize) {
                _ if way == MARK => mark(&mut next, 1),
                Some(step) if step.takes(number) => self.add(steps, way + 1, None, &mut next),
                _ => {}
            }
        }
        if settled == 0 {
            mark(&mut next, 1);
            self.add(steps, 0, None, &mut next);
        } else if next.iter().skip(1).all(|item| *item == MARK) {
            return matched | DEAD;
        }
        matched | self.state(steps, next)
    }

    /// Goes over the edges of a state, now that both sides are known: gives the ways that go on, up to the section that has
    /// matched, and whether one has.
    fn resolve(&mut self, steps: &[Step], items: &[u32], sides: (Side, Side), ways: &mut Vec<u32>) -> bool {
        self.round += 1;
        for item in items {
            if *item != MARK {
                self.add(steps, *item, Some(sides), ways);
            } else if self.has_come_to_the_end() {
                break;
            } else {
                mark(ways, 0);
            }
        }
        self.has_come_to_the_end()
    }

    fn has_come_to_the_end(&self) -> bool {
        self.seen.last() == Some(&self.round)
    }

    /// Adds a step and all that it goes on to without a character; edges only where their sides are known.
    fn add(&mut self, steps: &[Step], step: u32, sides: Option<(Side, Side)>, into: &mut Vec<u32>) {
        self.waiting.push(step);
        while let Some(step) = self.waiting.pop() {
            let Some(seen) = self.seen.get_mut(step as usize) else { continue };
            if core::mem::replace(seen, self.round) == self.round {
                continue;
            }
            match (steps.get(step as usize), sides) {
                (Some(Step::Split(first, second)), _) => self.waiting.extend([*second, *first]),
                (Some(Step::Jump(to)), _) => self.waiting.push(*to),
                (Some(Step::Note(_)), _) => self.waiting.push(step + 1),
                (Some(Step::Edge(edge)), Some((before, behind))) => {
                    if edge.is_between(before, behind) {
                        self.waiting.push(step + 1);
                    }
                }
                _ => into.push(step),
            }
        }
    }
}

/// Begins a section, where the one before has steps; those of the first begin at `first`.
fn mark(into: &mut Vec<u32>, first: usize) {
    if into.len() > first && into.last() != Some(&MARK) {
        into.push(MARK);
    }
}

/// Sorts bytes into classes: those of one are the same to each step. Gives how many there are, too. Bytes of characters of
/// several are a class of which nothing is kept.
fn classes(steps: &[Step], options: &Options, has_edges: bool) -> (Box<[u8; 256]>, usize) {
    let mut classes = Classes { of: Box::new([0; 256]), count: 1 };
    let mut alone = [false; 256];
    if let Some(delimiter) = options.delimiter {
        alone[usize::from(delimiter)] = true;
    }
    for step in steps {
        match step {
            Step::Character(number) if *number < 128 || !options.utf8 => {
                alone[*number as usize & 0xff] = true;
            }
            Step::Set(_) => classes.divide(|number| step.takes(number)),
            _ => {}
        }
    }
    if has_edges {
        classes.divide(is_of_word);
        alone[usize::from(b'\n')] = true;
    }
    for byte in 0..=255_u8 {
        if alone[usize::from(byte)] {
            classes.divide(|number| number as u8 == byte && (number < 128) == (byte < 128));
        }
    }
    if options.utf8 {
        classes.divide(|number| number >= 128);
    }
    (classes.of, classes.count)
}

struct Classes {
    of: Box<[u8; 256]>,
    count: usize,
}

impl Classes {
    /// Divides each class into the bytes that are such and those that are not.
    fn divide(&mut self, is_such: impl Fn(u32) -> bool) {
        let mut others: [Option<u8>; 256] = [None; 256];
        let mut stays = [false; 256];
        for (byte, class) in (0..=255_u8).zip(self.of.iter()) {
            if !is_such(text::character::number(&[byte])) {
                stays[usize::from(*class)] = true;
            }
        }
        for (byte, class) in (0..=255_u8).zip(self.of.iter_mut()) {
            if stays[usize::from(*class)] && is_such(text::character::number(&[byte])) {
                let new = *others[usize::from(*class)].get_or_insert_with(|| {
                    self.count += 1;
                    (self.count - 1) as u8
                });
                *class = new;
            }
        }
    }
}
