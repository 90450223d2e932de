//! Extended attributes of files by their paths, and how `getfattr` and `setfattr` write their values.

use alloc::vec::Vec;

use bulk::{Decoder, Radix};
use linux::Errno;
use linux::fs;
use text::escape;

/// A value's form for people.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Text,
    Hexadecimal,
    Base64,
}

/// Reads a value.
pub(super) fn get(path: &[u8], name: &[u8], follows: bool) -> linux::Result<Vec<u8>> {
    grown(&mut |room| {
        if follows { fs::getxattr(path, name, room) } else { fs::lgetxattr(path, name, room) }
    })
}

/// Gives the names, each ended by a zero byte.
pub(super) fn list(path: &[u8], follows: bool) -> linux::Result<Vec<u8>> {
    grown(&mut |room| if follows { fs::listxattr(path, room) } else { fs::llistxattr(path, room) })
}

/// Asks for the length and then for the bytes, again when they have become more between.
fn grown(ask: &mut dyn FnMut(&mut [u8]) -> linux::Result<usize>) -> linux::Result<Vec<u8>> {
    loop {
        let mut bytes = alloc::vec![0; ask(&mut [])?];
        if bytes.is_empty() {
            return Ok(bytes);
        }
        match ask(&mut bytes) {
            Err(Errno::RANGE) => {}
            length => {
                bytes.truncate(length?);
                return Ok(bytes);
            }
        }
    }
}

/// Writes a value; without a form, as text if most of it is such, else in base 64.
pub(super) fn write(value: &[u8], form: Option<Form>, out: &mut Vec<u8>) {
    match form.unwrap_or_else(|| usual(value)) {
        Form::Text => {
            out.push(b'"');
            quote(value, b"\"", out);
            out.push(b'"');
        }
        Form::Hexadecimal => {
            out.extend_from_slice(b"0x");
            for byte in value {
                query::text::radix((byte >> 4).into(), 16, out);
                query::text::radix((byte & 15).into(), 16, out);
            }
        }
        Form::Base64 => {
            out.extend_from_slice(b"0s");
            Radix::Base64.encode(value, out);
        }
    }
}

/// At most one in eight of what is text is none; a zero byte at its end does not count.
fn usual(value: &[u8]) -> Form {
    let text = value.strip_suffix(b"\0").unwrap_or(value);
    let odd = text.iter().filter(|byte| !matches!(byte, b' '..=b'~')).count();
    if odd * 8 <= text.len() { Form::Text } else { Form::Base64 }
}

/// Writes text with a backslash before backslashes and these, and line ends and zero bytes in base eight.
pub(super) fn quote(text: &[u8], special: &[u8], out: &mut Vec<u8>) {
    for byte in text {
        match byte {
            b'\n' | b'\r' | 0 => {
                out.push(b'\\');
                query::text::zero_padded(u64::from(byte / 8 * 10 + byte % 8), 3, out);
            }
            b'\\' => out.extend_from_slice(b"\\\\"),
            byte if special.contains(byte) => out.extend_from_slice(&[b'\\', *byte]),
            byte => out.push(*byte),
        }
    }
}

/// Turns that back; a backslash before anything else stays.
pub(super) fn unquote(text: &[u8]) -> Vec<u8> {
    let (mut bytes, mut rest) = (Vec::new(), text);
    while let [first, after @ ..] = rest {
        let (digit, count) = escape::number(after, 8, 3);
        rest = match after {
            _ if *first != b'\\' => {
                bytes.push(*first);
                after
            }
            [next @ (b'\\' | b'"'), after @ ..] => {
                bytes.push(*next);
                after
            }
            _ if count == 3 => {
                bytes.push(digit as u8);
                after.get(count..).unwrap_or_default()
            }
            _ => {
                bytes.push(b'\\');
                after
            }
        };
    }
    bytes
}

/// Reads a value in any form; nothing for digits that are none.
pub(super) fn read(word: &[u8]) -> Option<Vec<u8>> {
    match word {
        [b'0', b'x' | b'X', digits @ ..] => {
            let nibble = |byte: &u8| char::from(*byte).to_digit(16).map(|digit| digit as u8);
            let nibbles: Vec<u8> = digits
                .iter()
                .filter(|byte| !byte.is_ascii_whitespace())
                .map(nibble)
                .collect::<Option<_>>()?;
            let (pairs, odd) = nibbles.as_chunks::<2>();
            odd.is_empty().then(|| pairs.iter().map(|pair| pair[0] << 4 | pair[1]).collect())
        }
        [b'0', b's' | b'S', text @ ..] => {
            let mut bytes = Vec::new();
            let mut decoder = Decoder::new(Radix::Base64, false);
            decoder.decode(text, &mut bytes).and_then(|()| decoder.finish(&mut bytes)).ok()?;
            Some(bytes)
        }
        [b'"', text @ .., b'"'] => Some(unquote(text)),
        text => Some(unquote(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_in_every_form() {
        for value in [&b"x"[..], b"a\"b\\n", b"two\nlines\r\0", b"\xff\x00\x80", b"\\101", b"", b"end\0"] {
            for form in [None, Some(Form::Text), Some(Form::Hexadecimal), Some(Form::Base64)] {
                let mut word = Vec::new();
                write(value, form, &mut word);
                assert_eq!(read(&word).as_deref(), Some(value), "{}", word.escape_ascii());
            }
        }
    }

    #[test]
    fn the_usual_form_is_text_for_what_is_mostly_text() {
        assert!(usual(b"plain\0") == Form::Text && usual(b"12345678\n") == Form::Text);
        assert!(usual(b"1234567\n\n") == Form::Base64 && usual(b"\xff") == Form::Base64);
    }

    #[test]
    fn what_is_no_value_is_none() {
        for word in ["0x1", "0xzz", "0s!"] {
            assert_eq!(read(word.as_bytes()), None, "{word}");
        }
        assert_eq!(read(b"a\\qb\\").as_deref(), Some(&b"a\\qb\\"[..]));
        assert_eq!(read(b"0xA f").as_deref(), Some(&b"\xaf"[..]));
    }
}
