//! Characters of a text that may be UTF-8 or any bytes, and the classes that POSIX has for them.
//!
//! A byte that is no part of a character of UTF-8 is one by itself, behind all others.

/// Gives the length of the first character; 0 at the end. Without `utf8` each byte is one.
pub fn width(text: &[u8], utf8: bool) -> usize {
    let length = match text.first() {
        None => return 0,
        Some(0xc2..=0xdf) if utf8 => 2,
        Some(0xe0..=0xef) if utf8 => 3,
        Some(0xf0..=0xf4) if utf8 => 4,
        Some(_) => return 1,
    };
    match text.get(..length).and_then(|text| str::from_utf8(text).ok()) {
        Some(_) => length,
        None => 1,
    }
}

/// The number of a byte that is no character is this and itself.
const BYTES: u32 = 0x11_0000;

/// Gives the number of a character: that of Unicode, or of a byte outside of it.
pub fn number(character: &[u8]) -> u32 {
    if let [byte @ ..0x80] = character {
        return u32::from(*byte);
    }
    match str::from_utf8(character).ok().and_then(|text| text.chars().next()) {
        Some(character) => character.into(),
        None => character.first().map_or(0, |byte| BYTES | u32::from(*byte)),
    }
}

/// A class of characters, as in `[[:alpha:]]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Letters.
    Alpha,
    /// `0` to `9`.
    Digit,
    /// Letters and digits.
    Alnum,
    /// Upper-case letters.
    Upper,
    /// Lower-case letters.
    Lower,
    /// White space.
    Space,
    /// Blank and tabulator.
    Blank,
    /// What is printed with ink, but letters and digits.
    Punct,
    /// What is printed, the blank too.
    Print,
    /// What is printed, without the blank.
    Graph,
    /// Control characters.
    Cntrl,
    /// Hexadecimal digits.
    Xdigit,
}

impl Class {
    /// Finds a class by its name.
    pub fn named(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"alpha" => Self::Alpha,
            b"digit" => Self::Digit,
            b"alnum" => Self::Alnum,
            b"upper" => Self::Upper,
            b"lower" => Self::Lower,
            b"space" => Self::Space,
            b"blank" => Self::Blank,
            b"punct" => Self::Punct,
            b"print" => Self::Print,
            b"graph" => Self::Graph,
            b"cntrl" => Self::Cntrl,
            b"xdigit" => Self::Xdigit,
            _ => return None,
        })
    }

    /// Says whether the character with this number is of the class; a byte that is no character is of none.
    pub fn has(self, number: u32) -> bool {
        let Some(letter) = char::from_u32(number) else { return false };
        match self {
            Self::Alpha => letter.is_alphabetic(),
            Self::Digit => letter.is_ascii_digit(),
            Self::Alnum => letter.is_alphanumeric(),
            Self::Upper => letter.is_uppercase(),
            Self::Lower => letter.is_lowercase(),
            Self::Space => letter.is_whitespace(),
            Self::Blank => matches!(letter, ' ' | '\t'),
            Self::Punct => letter.is_ascii_punctuation(),
            Self::Print => !letter.is_control(),
            Self::Graph => !letter.is_control() && !letter.is_whitespace(),
            Self::Cntrl => letter.is_control(),
            Self::Xdigit => letter.is_ascii_hexdigit(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_characters_come_last() {
        assert_eq!((width("ä".as_bytes(), true), width("ä".as_bytes(), false)), (2, 1));
        assert_eq!((width(b"\xe4x", true), width(b"\xff", true), width(b"", true)), (1, 1, 0));
        assert_eq!(number("ä".as_bytes()), 0xe4);
        assert!(number(b"\x80") > u32::from(char::MAX) && number(b"\x80") < number(b"\xff"));
        assert!(!Class::Alpha.has(number(b"\xe4")) && Class::Alpha.has(number("ä".as_bytes())));
    }
}
