//! Versions, as Debian compares them: what is no number as text, in which letters come before other characters and `~` before
//! the end, and numbers as numbers. An ending such as `.tar.gz` counts only between what is equal without it.

use alloc::vec::Vec;
use core::cmp::Ordering;

/// Compares two names of versions.
pub fn compare(first: &[u8], second: &[u8]) -> Ordering {
    let names = special(first).cmp(&special(second));
    let (short_first, short_second) = (without_ending(first), without_ending(second));
    names.then_with(|| parts(short_first, short_second)).then_with(|| parts(first, second))
}

/// The empty name, `.` and `..` come first, then hidden names.
fn special(name: &[u8]) -> u8 {
    match name {
        [] => 0,
        b"." => 1,
        b".." => 2,
        [b'.', ..] => 3,
        _ => 4,
    }
}

/// Takes endings away: each a point, a letter or `~`, and letters, digits and `~`.
fn without_ending(name: &[u8]) -> &[u8] {
    let mut end = name.len();
    while let Some(at) = name.get(..end).and_then(|head| head.iter().rposition(|byte| *byte == b'.')) {
        let ending = name.get(at + 1..end).unwrap_or_default();
        let fits = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'~';
        let begins = ending.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'~');
        if !begins || !ending.iter().all(fits) || at == 0 {
            break;
        }
        end = at;
    }
    name.get(..end).unwrap_or(name)
}

fn parts(mut first: &[u8], mut second: &[u8]) -> Ordering {
    while !first.is_empty() || !second.is_empty() {
        let text = |name: &[u8]| name.iter().take_while(|byte| !byte.is_ascii_digit()).count();
        let ((one, after_one), (two, after_two)) =
            (first.split_at(text(first)), second.split_at(text(second)));
        let length = one.len().max(two.len());
        let weights = |part: &[u8]| (0..length).map(|at| weight(part.get(at))).collect::<Vec<_>>();
        let order = weights(one).cmp(&weights(two));
        if order.is_ne() {
            return order;
        }
        let digits = |name: &[u8]| name.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let ((one, after_one), (two, after_two)) =
            (after_one.split_at(digits(after_one)), after_two.split_at(digits(after_two)));
        let bare = |number: &'_ [u8]| number.iter().take_while(|byte| **byte == b'0').count();
        let (one, two) = (one.get(bare(one)..).unwrap_or_default(), two.get(bare(two)..).unwrap_or_default());
        let order = one.len().cmp(&two.len()).then_with(|| one.cmp(two));
        if order.is_ne() {
            return order;
        }
        (first, second) = (after_one, after_two);
    }
    Ordering::Equal
}

/// Gives the rank of a character, or of the end.
fn weight(byte: Option<&u8>) -> u16 {
    match byte {
        Some(b'~') => 0,
        None => 1,
        Some(byte) if byte.is_ascii_digit() => 1,
        Some(byte) if byte.is_ascii_alphabetic() => u16::from(*byte) + 1,
        Some(byte) => u16::from(*byte) + 300,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_come_in_the_order_of_their_numbers() {
        let names = [
            "",
            ".",
            "..",
            ".a",
            "a~",
            "a",
            "a1",
            "a2",
            "a2.1",
            "a10",
            "a10b",
            "b-1.9.tar.gz",
            "b-1.10.tar.gz",
        ];
        for (at, first) in names.iter().enumerate() {
            for second in &names[at + 1..] {
                assert_eq!(compare(first.as_bytes(), second.as_bytes()), Ordering::Less, "{first} {second}");
            }
        }
    }
}
