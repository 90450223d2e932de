//! Expressions in which a group's match comes again: every way is tried, and the longest taken. What can be known of a way
//! is where it stands and what its groups have matched, so that none is gone twice; without bound is it all the same no
//! more than the text's length to the power of twice the groups.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use crate::groups::Places;
use crate::letters;
use crate::program::Step;
use crate::run::Text;

/// A way: its step, its place, and where groups begin and end.
type Way = (u32, usize, Vec<Option<usize>>);

/// Finds the first place from `from` on where the program matches, as far as it can, and its groups.
pub(super) fn find(steps: &[Step], groups: u32, text: Text<'_>, from: usize) -> Option<Places> {
    let mut at = from;
    loop {
        if let Some(places) = find_here(steps, groups, text, at) {
            return Some(places);
        }
        at = text.next(at)?.1;
    }
}

fn find_here(steps: &[Step], groups: u32, text: Text<'_>, from: usize) -> Option<Places> {
    let mut seen: BTreeSet<Way> = BTreeSet::new();
    let mut waiting: Vec<Way> = Vec::from([(0, from, alloc::vec![None; groups as usize * 2 + 2])]);
    let mut best: Option<(usize, Vec<Option<usize>>)> = None;
    while let Some(way) = waiting.pop() {
        if !seen.insert(way.clone()) {
            continue;
        }
        let (step, at, mut notes) = way;
        match steps.get(step as usize) {
            None => {
                if best.as_ref().is_none_or(|(end, _)| at > *end) {
                    best = Some((at, notes));
                }
            }
            Some(Step::Split(first, second)) => {
                waiting.push((*second, at, notes.clone()));
                waiting.push((*first, at, notes));
            }
            Some(Step::Jump(to)) => waiting.push((*to, at, notes)),
            Some(Step::Note(number)) => {
                if let Some(slot) = notes.get_mut(*number as usize) {
                    *slot = Some(at);
                }
                waiting.push((step + 1, at, notes));
            }
            Some(Step::Edge(edge)) => {
                if text.is_edge(at, *edge) {
                    waiting.push((step + 1, at, notes));
                }
            }
            Some(Step::Again(number, ignores_case)) => {
                let end = place(&notes, *number).and_then(|place| repeated(text, place, at, *ignores_case));
                if let Some(end) = end {
                    waiting.push((step + 1, end, notes));
                }
            }
            Some(taker) => {
                if let Some((number, next)) = text.next(at)
                    && taker.takes(number)
                {
                    waiting.push((step + 1, next, notes));
                }
            }
        }
    }
    let (end, notes) = best?;
    let whole = core::iter::once(Some((from, end)));
    Some(whole.chain((1..=groups).map(|number| place(&notes, number))).collect())
}

fn place(notes: &[Option<usize>], group: u32) -> Option<(usize, usize)> {
    let note = |index: u32| notes.get(index as usize).copied().flatten();
    Some((note(group * 2)?, note(group * 2 + 1)?))
}

/// Gives where the text ends that is at a place what it is at another one.
fn repeated(
    text: Text<'_>,
    (mut begin, end): (usize, usize),
    at: usize,
    ignores_case: bool,
) -> Option<usize> {
    if !ignores_case {
        let matched = text.bytes.get(begin..end)?;
        return text.bytes.get(at..)?.starts_with(matched).then(|| at + matched.len());
    }
    let mut now = at;
    while begin < end {
        let (first, second) = (text.next(begin)?, text.next(now)?);
        if !letters::are_same(first.0, second.0) {
            return None;
        }
        (begin, now) = (first.1, second.1);
    }
    Some(now)
}
