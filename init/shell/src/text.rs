//! Text: numbers, escapes, and quoting that the shell reads again.

use alloc::vec::Vec;

use ::text::escape::{control, number};

/// Reads an escape of `$'...'`, from its backslash; gives its bytes, and what follows it.
pub(crate) fn dollar_quoted(escape: &[u8]) -> (Vec<u8>, &[u8]) {
    let after = |count: usize| escape.get(count..).unwrap_or_default();
    match escape {
        [_, letter @ (b'"' | b'\'' | b'\\' | b'?'), rest @ ..] => (alloc::vec![*letter], rest),
        [_, b'e' | b'E', rest @ ..] => (alloc::vec![27], rest),
        [_, b'c', letter, rest @ ..] => (alloc::vec![letter.to_ascii_uppercase() ^ 64], rest),
        [_, b'x', ..] => match number(after(2), 16, 2) {
            (_, 0) => (escape.to_vec(), &[]),
            (value, digits) => (alloc::vec![value as u8], after(2 + digits)),
        },
        [_, kind @ (b'u' | b'U'), ..] => {
            let (value, digits) = number(after(2), 16, if *kind == b'u' { 4 } else { 8 });
            match char::from_u32(value) {
                Some(character) if digits > 0 => {
                    (character.encode_utf8(&mut [0; 4]).as_bytes().to_vec(), after(2 + digits))
                }
                _ => (escape.to_vec(), &[]),
            }
        }
        [_, b'0'..=b'7', ..] => {
            let (value, digits) = number(after(1), 8, 3);
            (alloc::vec![value as u8], after(1 + digits))
        }
        [_, letter, rest @ ..] => match control(*letter) {
            Some(byte) => (alloc::vec![byte], rest),
            None => (alloc::vec![b'\\', *letter], rest),
        },
        _ => (escape.to_vec(), &[]),
    }
}

/// Reads a decimal number that is all of a text.
pub(crate) fn decimal(text: &[u8]) -> Option<i64> {
    str::from_utf8(text).ok()?.parse().ok()
}

/// Adds a decimal number.
pub(crate) fn put_decimal(number: i64, into: &mut Vec<u8>) {
    if number < 0 {
        into.push(b'-');
    }
    query::text::decimal(number.unsigned_abs(), into);
}

/// Adds a text so quoted that the shell reads it as one word.
pub(crate) fn put_quoted(text: &[u8], into: &mut Vec<u8>) {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-./:,+@%^".contains(byte);
    if !text.is_empty() && text.iter().all(is_plain) {
        into.extend_from_slice(text);
    } else {
        put_single_quoted(text, into);
    }
}

/// Adds a text between single quotes.
pub(crate) fn put_single_quoted(text: &[u8], into: &mut Vec<u8>) {
    into.push(b'\'');
    for byte in text {
        if *byte == b'\'' {
            into.extend_from_slice(b"'\\''");
        } else {
            into.push(*byte);
        }
    }
    into.push(b'\'');
}
