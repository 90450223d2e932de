//! Characters of a line, whose bytes may be no UTF-8: where they begin and end, and how they are shown.

use alloc::vec::Vec;

use unicode_width::UnicodeWidthChar;

/// Gives the first character of a text and its length; none for a byte that belongs to none.
pub(super) fn first(text: &[u8]) -> (Option<char>, usize) {
    let part = text.get(..text.len().min(4)).unwrap_or_default();
    let valid = match str::from_utf8(part) {
        Ok(valid) => valid,
        Err(error) => str::from_utf8(part.get(..error.valid_up_to()).unwrap_or_default()).unwrap_or_default(),
    };
    match valid.chars().next() {
        Some(character) => (Some(character), character.len_utf8()),
        None => (None, text.len().min(1)),
    }
}

/// Says whether a character is drawn over the one before it.
fn combines(character: char) -> bool {
    !character.is_control() && character.width() == Some(0)
}

/// Gives the end of the character at a place, with the marks that are drawn over it.
pub(super) fn next(text: &[u8], at: usize) -> usize {
    let mut end = at + first(text.get(at..).unwrap_or_default()).1;
    while let (Some(character), length) = first(text.get(end..).unwrap_or_default()) {
        if !combines(character) {
            break;
        }
        end += length;
    }
    end.min(text.len())
}

/// Gives the start of the character before a place.
pub(super) fn previous(text: &[u8], at: usize) -> usize {
    // A character has at most four bytes, but any number of marks.
    let mut start = at;
    loop {
        start = before(text, start);
        match first(text.get(start..).unwrap_or_default()) {
            (Some(character), _) if start > 0 && combines(character) => {}
            _ => return start,
        }
    }
}

/// Gives the start of the encoded character that ends at a place, or of the byte that is none.
fn before(text: &[u8], at: usize) -> usize {
    let whole = (1..=4_usize).rev().filter_map(|length| at.checked_sub(length));
    for start in whole {
        if let (Some(character), length) = first(text.get(start..at).unwrap_or_default())
            && start + length == at
            && character.len_utf8() == length
        {
            return start;
        }
    }
    at.saturating_sub(1)
}

/// Adds how a character is shown at a column; gives how many columns that takes.
pub(super) fn show(text: &[u8], column: usize, into: &mut Vec<u8>) -> usize {
    match first(text) {
        (Some('\t'), _) => {
            let width = 8 - column % 8;
            into.extend(core::iter::repeat_n(b' ', width));
            width
        }
        (Some(control @ ('\0'..='\x1f' | '\x7f')), _) => {
            into.extend_from_slice(&[b'^', control as u8 ^ 64]);
            2
        }
        (Some(character), _) => match character.width() {
            Some(width @ 1..) => {
                into.extend_from_slice(text);
                width
            }
            // A mark without a character, and controls beyond ASCII, which terminals obey.
            _ => {
                into.extend_from_slice("\u{fffd}".as_bytes());
                1
            }
        },
        (None, _) => {
            into.extend_from_slice("\u{fffd}".as_bytes());
            1
        }
    }
}

/// Gives how many columns a text takes that begins at column 0.
pub(super) fn width(text: &[u8]) -> usize {
    let (mut at, mut column, mut shown) = (0, 0, Vec::new());
    while at < text.len() {
        let end = next(text, at);
        column += show(text.get(at..end).unwrap_or_default(), column, &mut shown);
        at = end;
    }
    column
}
