//! How names are written.

use query::Sink;
use query::text::printable;

use super::{QUOTING, letter};
use crate::HAS_MORE;
use crate::Parsed;

/// How a name's bytes are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Quoting {
    /// As they are.
    Literal,
    /// So that they cannot command a terminal.
    Printable,
    /// With the escapes of C, also of spaces.
    Escaped,
    /// In quotes, with the escapes of C.
    Quoted,
}

impl Quoting {
    pub(super) fn of<'a>(parsed: &Parsed<'a>, is_terminal: bool) -> Result<Self, &'a [u8]> {
        const WORDS: [(&[u8], u8); 3] = [(b"literal", b'N'), (b"escape", b'b'), (b"c", b'Q')];
        Ok(match letter(parsed, b"NbQq", QUOTING, &WORDS)? {
            Some(b'N') if HAS_MORE => Self::Literal,
            Some(b'b') if HAS_MORE => Self::Escaped,
            Some(b'Q') if HAS_MORE => Self::Quoted,
            Some(_) => Self::Printable,
            None if is_terminal => Self::Printable,
            None => Self::Literal,
        })
    }

    /// Writes a name.
    pub(super) fn put(self, name: &[u8], out: &mut dyn Sink) {
        match self {
            Self::Literal => out.put(name),
            Self::Escaped if HAS_MORE => escape(name, b' ', out),
            Self::Quoted if HAS_MORE => {
                out.put(b"\"");
                escape(name, b'"', out);
                out.put(b"\"");
            }
            _ => printable(name, out),
        }
    }
}

/// Writes a name with the escapes of C, and one more character escaped.
fn escape(name: &[u8], special: u8, out: &mut dyn Sink) {
    for byte in name {
        let letter = match byte {
            7..=13 => b"abtnvfr".get(usize::from(byte - 7)).copied(),
            b'\\' => Some(b'\\'),
            byte if *byte == special => Some(*byte),
            _ => None,
        };
        match letter {
            Some(letter) => out.put(&[b'\\', letter]),
            None if byte.is_ascii_control() => {
                out.put(&[b'\\', b'0' + (byte >> 6), b'0' + (byte >> 3 & 7), b'0' + (byte & 7)]);
            }
            None => out.put(&[*byte]),
        }
    }
}
