//! Backslashes in scripts: what they stand for before expressions and replacements are read.

use alloc::vec::Vec;

use super::script::{Case, Part};

/// What a text is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// A regular expression.
    Expression,
    /// What takes the place of a match.
    Replacement,
    /// Characters, one by one.
    List,
}

/// Gives the control character that a letter behind a backslash stands for.
pub(super) fn control(letter: u8) -> Option<u8> {
    Some(match letter {
        b'a' => 7,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 11,
        _ => return None,
    })
}

/// Gives the byte that `cX`, `dNNN`, `oNNN` or `xNN` stands for behind a backslash, and its length.
fn coded(text: &[u8]) -> Option<(u8, usize)> {
    let (base, most) = match text.first()? {
        b'c' => return Some((text.get(1)?.to_ascii_uppercase() ^ 0x40, 2)),
        b'd' => (10, 3),
        b'o' => (8, 3),
        b'x' => (16, 2),
        _ => return None,
    };
    let digits = text.iter().skip(1).take(most).map_while(|byte| char::from(*byte).to_digit(base));
    let (value, length) = digits.fold((0, 1), |(value, length), digit| (value * base + digit, length + 1));
    (length > 1).then_some((value as u8, length))
}

/// Gives the length of a bracket expression; nothing if it has no end.
pub(super) fn bracket(text: &[u8]) -> Option<usize> {
    let mut at = 1 + usize::from(text.get(1) == Some(&b'^'));
    let first = at;
    loop {
        match text.get(at..)? {
            [b']', ..] if at > first => return Some(at + 1),
            [b'[', mark @ (b':' | b'.' | b'='), inner @ ..] => {
                at += 4 + inner.windows(2).position(|pair| pair == [*mark, b']'])?;
            }
            [] | [b'\n', ..] => return None,
            _ => at += 1,
        }
    }
}

/// Resolves what the script's syntax has hidden behind backslashes, and leaves what the expression's has.
pub(super) fn resolve(text: &[u8], delimiter: u8, place: Place) -> Vec<u8> {
    let mut resolved = Vec::new();
    let mut rest = text;
    // How much of what is to come is in brackets, where no character is special.
    let mut in_brackets = 0_usize;
    while let Some((first, behind)) = rest.split_first() {
        if *first == b'[' && place == Place::Expression && in_brackets == 0 {
            in_brackets = bracket(rest).unwrap_or(0);
        }
        let mut length = 1;
        match behind.first() {
            Some(letter) if *first == b'\\' => {
                length = 2;
                match (place, control(*letter), coded(behind)) {
                    // In brackets a backslash is one of the characters.
                    _ if *letter == delimiter && in_brackets == 0 => {
                        // A group's number or `&` it is no more.
                        if place == Place::Replacement && delimiter == b'&' {
                            resolved.push(b'\\');
                        }
                        resolved.push(*letter);
                    }
                    (Place::Replacement, ..) => resolved.extend([b'\\', *letter]),
                    (_, Some(control), _) => resolved.push(control),
                    (Place::List, _, None) => resolved.push(*letter),
                    (_, _, Some((byte, coded))) => {
                        length = 1 + coded;
                        if in_brackets == 0 && byte.is_ascii_punctuation() && place == Place::Expression {
                            resolved.push(b'\\');
                        }
                        resolved.push(byte);
                    }
                    _ if in_brackets > 0 => {
                        length = 1;
                        resolved.push(b'\\');
                    }
                    (_, _, None) if *letter == b'\n' => resolved.push(b'\n'),
                    (_, _, None) => resolved.extend([b'\\', *letter]),
                }
            }
            _ => resolved.push(*first),
        }
        in_brackets = in_brackets.saturating_sub(length);
        rest = rest.get(length..).unwrap_or_default();
    }
    resolved
}

/// Reads what takes a match's place.
pub(super) fn parts(text: &[u8]) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((first, behind)) = rest.split_first() {
        let mut length = 1;
        let part = match (first, behind.first()) {
            (b'&', _) => Part::Group(0),
            (b'\\', Some(letter)) => {
                length = 2;
                match letter {
                    b'0'..=b'9' => Part::Group(usize::from(letter - b'0')),
                    b'U' => Part::Case(Case::Upper),
                    b'L' => Part::Case(Case::Lower),
                    b'u' => Part::Case(Case::UpperOne),
                    b'l' => Part::Case(Case::LowerOne),
                    b'E' => Part::Case(Case::End),
                    letter => match coded(behind) {
                        Some((byte, coded)) => {
                            length = 1 + coded;
                            Part::Text([byte].into())
                        }
                        None => Part::Text([control(*letter).unwrap_or(*letter)].into()),
                    },
                }
            }
            _ => Part::Text([*first].into()),
        };
        match (parts.last_mut(), part) {
            (Some(Part::Text(before)), Part::Text(text)) => before.extend(text),
            (_, part) => parts.push(part),
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backslashes_are_resolved() {
        let cases: [(&[u8], Place, &[u8]); 9] = [
            (b"a\\nb", Place::Expression, b"a\nb"),
            (b"a\\/b", Place::Expression, b"a/b"),
            (b"\\(a\\.\\)", Place::Expression, b"\\(a\\.\\)"),
            (b"[\\n/\\t]\\x2e", Place::Expression, b"[\n/\t]\\."),
            (b"[\\]]\\]", Place::Expression, b"[\\]]\\]"),
            (b"[[:alpha:]\\/]", Place::Expression, b"[[:alpha:]\\/]"),
            (b"\\1\\/\\n", Place::Replacement, b"\\1/\\n"),
            (b"a\\\\\\n\\/", Place::List, b"a\\\n/"),
            (b"\\d065\\cA", Place::List, b"A\x01"),
        ];
        for (text, place, expected) in cases {
            assert_eq!(resolve(text, b'/', place), expected, "{}", text.escape_ascii());
        }
    }
}
