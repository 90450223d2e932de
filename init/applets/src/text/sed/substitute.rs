//! `s` and `y`.

use alloc::vec::Vec;
use core::ops::Range;

use regex::Regex;
use text::character;

use super::script::{Case, Part, Substitution, Table};

/// Replaces matches in a line; says whether there was one to replace. The other buffer's room is made use of.
pub(super) fn run(
    substitution: &Substitution,
    regex: &Regex,
    line: &mut Vec<u8>,
    spare: &mut Vec<u8>,
    utf8: bool,
) -> bool {
    let has_groups = substitution.replacement.iter().any(|part| matches!(part, Part::Group(1..)));
    let (mut at, mut copied, mut count) = (0, 0, 0);
    let mut last_end = None;
    spare.clear();
    while at <= line.len() {
        let groups = match has_groups {
            true => regex.find_groups(line, at),
            false => regex.find(line, at).map(|place| Vec::from([Some(place)])),
        };
        let Some(groups) = groups else { break };
        let Some(Some(place)) = groups.first().cloned() else { break };
        let next = character::width(line.get(place.end..).unwrap_or_default(), utf8).max(1);
        at = if place.is_empty() { place.end + next } else { place.end };
        // Nothing behind a match is no match by itself.
        if place.is_empty() && last_end == Some(place.end) {
            continue;
        }
        last_end = Some(place.end);
        count += 1;
        if count >= substitution.first {
            spare.extend_from_slice(line.get(copied..place.start).unwrap_or_default());
            replace(&substitution.replacement, line, &groups, spare);
            copied = place.end;
            if !substitution.all {
                break;
            }
        }
    }
    let has_replaced = count >= substitution.first;
    if has_replaced {
        spare.extend_from_slice(line.get(copied..).unwrap_or_default());
        core::mem::swap(line, spare);
    }
    has_replaced
}

/// Adds what takes a match's place.
fn replace(parts: &[Part], line: &[u8], groups: &[Option<Range<usize>>], into: &mut Vec<u8>) {
    let (mut all, mut one) = (None, None);
    for part in parts {
        let text = match part {
            Part::Text(text) => text.as_slice(),
            Part::Group(number) => {
                let place = groups.get(*number).cloned().flatten();
                place.and_then(|place| line.get(place)).unwrap_or_default()
            }
            Part::Case(case @ (Case::UpperOne | Case::LowerOne)) => {
                one = Some(*case);
                continue;
            }
            Part::Case(case) => {
                (all, one) = (Some(*case).filter(|case| *case != Case::End), None);
                continue;
            }
        };
        if all.is_none() && one.is_none() {
            into.extend_from_slice(text);
            continue;
        }
        let mut rest = text;
        while !rest.is_empty() {
            let (first, behind) = rest.split_at(character::width(rest, true));
            match one.take().or(all) {
                Some(Case::Upper | Case::UpperOne) => cased(first, char::to_uppercase, into),
                Some(Case::Lower | Case::LowerOne) => cased(first, char::to_lowercase, into),
                _ => into.extend_from_slice(first),
            }
            rest = behind;
        }
    }
}

/// Adds a letter in a case; what is no letter as it is.
fn cased<I: Iterator<Item = char>>(letter: &[u8], of: fn(char) -> I, into: &mut Vec<u8>) {
    match core::str::from_utf8(letter).ok().and_then(|text| text.chars().next()) {
        Some(letter) => {
            for letter in of(letter) {
                into.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
        None => into.extend_from_slice(letter),
    }
}

/// Puts characters in others' places.
pub(super) fn translate(table: &Table, line: &mut Vec<u8>, spare: &mut Vec<u8>) {
    if table.wide.is_empty() {
        return bulk::translate(line, &table.bytes);
    }
    spare.clear();
    let mut rest = line.as_slice();
    while !rest.is_empty() {
        let (first, behind) = rest.split_at(character::width(rest, true));
        let wide = table.wide.iter().find(|(from, _)| from == first);
        match (wide, first) {
            (Some((_, to)), _) => spare.extend_from_slice(to),
            (None, [byte]) => spare.push(table.bytes[usize::from(*byte)]),
            (None, first) => spare.extend_from_slice(first),
        }
        rest = behind;
    }
    core::mem::swap(line, spare);
}
