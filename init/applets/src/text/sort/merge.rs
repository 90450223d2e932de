//! Merging what is sorted.

use alloc::vec::Vec;
use core::cmp::Ordering;

use linux::fd::{AsFd, OwnedFd};

use super::compare::Rules;
use super::lines::Lines;
use crate::reader::{Reader, ended};
use crate::source;
use crate::{Input, Io, Output, Status};

/// Lines in order.
pub(super) enum Run {
    Memory(Lines),
    File(OwnedFd),
}

impl Run {
    pub(super) const fn memory(lines: Lines) -> Self {
        Self::Memory(lines)
    }

    pub(super) const fn file(file: OwnedFd) -> Self {
        Self::File(file)
    }
}

/// Opens files that are sorted.
pub(super) fn open_all(io: &mut Io<'_>, operands: &[&[u8]], runs: &mut Vec<Run>) -> Status {
    for &name in source::names(operands) {
        let file = match (name, io.input.descriptor()) {
            (b"-", Some(input)) => linux::fs::dup(input),
            _ => source::open_file(name),
        };
        match file {
            Ok(file) => runs.push(Run::File(file)),
            Err(errno) => return io.complain(name, &errno),
        }
    }
    Status::SUCCESS
}

/// A run that is read.
enum Cursor<'r, 'a> {
    Memory { lines: &'r Lines, at: usize },
    File { reader: Reader<'r, 'a>, line: Vec<u8>, prefix: u64, is_over: bool },
}

impl Cursor<'_, '_> {
    /// Gives the line at which it stands; nothing at the end.
    fn line(&self) -> Option<&[u8]> {
        match self {
            Self::Memory { lines, at } => lines.get(*at),
            Self::File { line, is_over, .. } => (!is_over).then_some(line),
        }
    }

    /// Gives the number by which the line is told apart from most others.
    fn prefix(&self) -> u64 {
        match self {
            Self::Memory { lines, at } => lines.prefix(*at),
            Self::File { prefix, .. } => *prefix,
        }
    }

    /// Goes on to the next line.
    fn advance(&mut self, rules: &Rules) -> linux::Result<()> {
        match self {
            Self::Memory { at, .. } => *at += 1,
            Self::File { reader, line, prefix, is_over } => {
                line.clear();
                match reader.record(rules.end)? {
                    Some(record) => {
                        line.extend_from_slice(ended(record, rules.end).0);
                        *prefix = rules.prefix(line);
                    }
                    None => *is_over = true,
                }
            }
        }
        Ok(())
    }
}

/// Writes the lines of all runs in order; of equal ones those of the earlier run come first.
pub(super) fn write(runs: Vec<Run>, rules: &Rules, out: &mut Output<'_>) -> linux::Result<()> {
    if let [Run::Memory(lines)] = runs.as_slice() {
        lines.write(rules.end, out);
        return Ok(());
    }
    let mut inputs: Vec<_> = runs
        .iter()
        .map(|run| match run {
            Run::Memory(_) => Input::Memory(b""),
            Run::File(file) => Input::Descriptor(file.as_fd()),
        })
        .collect();
    let mut cursors = Vec::with_capacity(runs.len());
    for (run, input) in runs.iter().zip(&mut inputs) {
        cursors.push(match run {
            Run::Memory(lines) => Cursor::Memory { lines, at: 0 },
            Run::File(_) => {
                let reader = Reader::new(input);
                let mut cursor = Cursor::File { reader, line: Vec::new(), prefix: 0, is_over: false };
                cursor.advance(rules)?;
                cursor
            }
        });
    }
    let mut heap = Heap { order: (0..cursors.len()).collect(), rules };
    heap.order.retain(|run| cursors.get(*run).is_some_and(|cursor| cursor.line().is_some()));
    for at in (0..heap.order.len()).rev() {
        heap.sink(at, &cursors);
    }
    let mut last: Option<Vec<u8>> = None;
    while let Some(first) = heap.order.first().copied() {
        let Some(cursor) = cursors.get_mut(first) else { break };
        let line = cursor.line().unwrap_or_default();
        let repeats = rules.unique && last.as_ref().is_some_and(|last| rules.keys(last, line).is_eq());
        if !repeats {
            out.put(line);
            out.put(&[rules.end]);
            if rules.unique {
                let last = last.get_or_insert_default();
                last.clear();
                last.extend_from_slice(line);
            }
        }
        cursor.advance(rules)?;
        if cursor.line().is_none() {
            heap.order.swap_remove(0);
        }
        heap.sink(0, &cursors);
        if out.is_broken() {
            break;
        }
    }
    Ok(())
}

/// The runs, so that the one with the first line is in front, and each comes before the two that hang on it.
struct Heap<'h> {
    order: Vec<usize>,
    rules: &'h Rules,
}

impl Heap<'_> {
    /// Lets a run sink until those that hang on it come behind it.
    fn sink(&mut self, mut at: usize, cursors: &[Cursor<'_, '_>]) {
        loop {
            let mut least = at;
            for child in [2 * at + 1, 2 * at + 2] {
                if self.is_before(child, least, cursors) {
                    least = child;
                }
            }
            if least == at {
                return;
            }
            self.order.swap(at, least);
            at = least;
        }
    }

    fn is_before(&self, first: usize, second: usize, cursors: &[Cursor<'_, '_>]) -> bool {
        let (Some(first), Some(second)) = (self.order.get(first), self.order.get(second)) else {
            return false;
        };
        let prefix = |run: usize| cursors.get(run).map_or(0, Cursor::prefix);
        let line = |run: usize| cursors.get(run).and_then(Cursor::line).unwrap_or_default();
        let order = prefix(*first).cmp(&prefix(*second));
        match order.then_with(|| self.rules.compare(line(*first), line(*second))) {
            Ordering::Less => true,
            Ordering::Equal => first < second,
            Ordering::Greater => false,
        }
    }
}
