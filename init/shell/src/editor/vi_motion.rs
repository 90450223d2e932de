//! Where vi's movements lead. A word is of letters, digits and `_`, or of other characters; a capital letter means what
//! blanks separate.

use super::character::{first, next, previous};
use super::line::Line;

/// Where a movement leads, and whether the character there belongs to what is moved over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) to: usize,
    pub(super) includes_end: bool,
}

/// What a character is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Blank,
    Word,
    Mark,
}

fn class(text: &[u8], at: usize, large: bool) -> Class {
    match first(text.get(at..).unwrap_or_default()) {
        (Some(' ' | '\t' | '\n'), _) => Class::Blank,
        (Some(letter), _) if !large && letter != '_' && !letter.is_alphanumeric() => Class::Mark,
        _ => Class::Word,
    }
}

/// Says whether a letter is a movement.
pub(super) fn is_motion(letter: u8) -> bool {
    b"hl wWbBeE0^$|;,".contains(&letter)
}

/// Says whether a place is one of a word.
pub(super) fn is_in_word(text: &[u8], at: usize) -> bool {
    at < text.len() && class(text, at, true) != Class::Blank
}

/// Gives where a movement leads, so many times; `column` is the count as it was typed.
pub(super) fn target(line: &Line, letter: u8, times: usize, column: usize) -> Option<Range> {
    let (text, at) = (line.text(), line.at());
    let (start, end) = (line.start_of(at), line.end_of(at));
    let again = |step: &dyn Fn(usize) -> usize| (0..times).fold(at, |place, _| step(place));
    let large = letter.is_ascii_uppercase();
    let to = match letter.to_ascii_lowercase() {
        b'h' => again(&|place| if place > start { previous(text, place) } else { place }),
        b'l' | b' ' => again(&|place| if place < end { next(text, place) } else { place }),
        b'w' => again(&|place| next_word(text, place, large)),
        b'b' => again(&|place| former_word(text, place, large)),
        b'e' => again(&|place| end_of_word(text, place, large)),
        b'0' => start,
        b'^' => {
            let is_blank = |place: &usize| class(text, *place, true) == Class::Blank;
            (start..end).find(|place| !is_blank(place)).unwrap_or(end)
        }
        b'$' => end,
        b'|' => {
            (1..column.max(1)).fold(start, |place, _| if place < end { next(text, place) } else { place })
        }
        _ => return None,
    };
    Some(Range { to, includes_end: letter.eq_ignore_ascii_case(&b'e') })
}

/// Finds a character in the line: `f` and `t` on the right, `F` and `T` on the left; `t` and `T` stop before it.
pub(super) fn find(line: &Line, kind: u8, wanted: &[u8], times: usize) -> Option<Range> {
    let (text, at) = (line.text(), line.at());
    let (start, end) = (line.start_of(at), line.end_of(at));
    let forward = kind.is_ascii_lowercase();
    let (mut place, mut left) = (at, times);
    while left > 0 {
        if forward {
            place = if place < end { next(text, place) } else { return None };
        } else {
            place = if place > start { previous(text, place) } else { return None };
        }
        left -= usize::from(place < end && text.get(place..next(text, place)) == Some(wanted));
    }
    let to = match kind {
        b't' => previous(text, place),
        b'T' => next(text, place),
        _ => place,
    };
    Some(Range { to, includes_end: forward })
}

/// Gives the end of the word at a place, or of one behind it.
pub(super) fn rest_of_word(text: &[u8], at: usize, times: usize, large: bool) -> Range {
    let to = (1..times).fold(last_of_class(text, at, large), |place, _| end_of_word(text, place, large));
    Range { to, includes_end: true }
}

/// Gives the last of the characters from a place on that are of its class.
fn last_of_class(text: &[u8], at: usize, large: bool) -> usize {
    let (begins, mut place) = (class(text, at, large), at);
    while next(text, place) < text.len() && class(text, next(text, place), large) == begins {
        place = next(text, place);
    }
    place
}

fn next_word(text: &[u8], mut at: usize, large: bool) -> usize {
    let begins = class(text, at, large);
    while at < text.len() && begins != Class::Blank && class(text, at, large) == begins {
        at = next(text, at);
    }
    while at < text.len() && class(text, at, large) == Class::Blank {
        at = next(text, at);
    }
    at
}

fn former_word(text: &[u8], mut at: usize, large: bool) -> usize {
    while at > 0 && class(text, previous(text, at), large) == Class::Blank {
        at = previous(text, at);
    }
    let begins = class(text, previous(text, at), large);
    while at > 0 && class(text, previous(text, at), large) == begins {
        at = previous(text, at);
    }
    at
}

fn end_of_word(text: &[u8], at: usize, large: bool) -> usize {
    let mut place = next(text, at);
    while place < text.len() && class(text, place, large) == Class::Blank {
        place = next(text, place);
    }
    if place >= text.len() {
        return previous(text, text.len()).max(at);
    }
    last_of_class(text, place, large)
}
