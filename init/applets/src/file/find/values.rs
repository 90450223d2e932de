//! What the values of tests say.

use alloc::vec::Vec;

use linux::fs::FileKind;
use query::text::parse_decimal;
use regex::Syntax;

use super::super::mode::Change;
use super::expression::{Bound, Match, Test, Than, Time};

/// Gives a bound that one number alone keeps.
pub(super) fn exactly(number: u32) -> Bound {
    Bound { than: Than::Equal, number: number.into() }
}

/// Reads `3`, `+3` or `-3`.
pub(super) fn bound(text: &[u8]) -> Option<Bound> {
    let (than, digits) = match text {
        [b'+', digits @ ..] => (Than::More, digits),
        [b'-', digits @ ..] => (Than::Less, digits),
        digits => (Than::Equal, digits),
    };
    Some(Bound { than, number: parse_decimal(digits)? })
}

/// Reads a bound with a unit; without one it counts blocks of 512 bytes.
pub(super) fn size<'a>(text: &[u8]) -> Option<Test<'a>> {
    let (unit, number) = match text {
        [number @ .., b'c'] => (1, number),
        [number @ .., b'w'] => (2, number),
        [number @ .., b'b'] => (512, number),
        [number @ .., b'k'] => (1 << 10, number),
        [number @ .., b'M'] => (1 << 20, number),
        [number @ .., b'G'] => (1 << 30, number),
        number => (512, number),
    };
    Some(Test::Size(bound(number)?, unit))
}

/// Reads `f` or `f,d`.
pub(super) fn kinds(text: &[u8]) -> Option<Vec<FileKind>> {
    let kind = |letter: &[u8]| {
        Some(match letter {
            b"b" => FileKind::BlockDevice,
            b"c" => FileKind::CharacterDevice,
            b"d" => FileKind::Directory,
            b"f" => FileKind::Regular,
            b"l" => FileKind::Symlink,
            b"p" => FileKind::Fifo,
            b"s" => FileKind::Socket,
            _ => return None,
        })
    };
    text.split(|&byte| byte == b',').map(kind).collect()
}

/// Reads permissions: `-` before them asks for all of them, `/` for any.
pub(super) fn permissions<'a>(text: &[u8]) -> Option<Test<'a>> {
    let (how, text) = match text {
        [b'-', text @ ..] => (Match::All, text),
        [b'/', text @ ..] => (Match::Any, text),
        // As GNU's had it before 2005, and BusyBox has it.
        [b'+', text @ ..] if text.first().is_some_and(u8::is_ascii_digit) => (Match::Any, text),
        text => (Match::Exactly, text),
    };
    Some(Test::Permissions(how, Change::parse(text)?.apply(0, false, 0)))
}

/// Reads the letter of a time: `m` in `-mtime`, `-newermt`.
pub(super) fn time(letter: u8) -> Option<Time> {
    Some(match letter {
        b'a' => Time::Accessed,
        b'm' => Time::Modified,
        b'c' => Time::Changed,
        b'B' => Time::Born,
        _ => return None,
    })
}

/// How regular expressions are written.
#[derive(Clone, Copy)]
pub(super) enum Notation {
    /// As GNU's tools have it unless told otherwise: `+` and `?` count, groups and alternatives are `\(`, `\)`, `\|`.
    Emacs,
    Posix(Syntax),
}

/// Reads what `-regextype` is given.
pub(super) fn notation(name: &[u8]) -> Option<Notation> {
    Some(match name {
        b"emacs" | b"findutils-default" => Notation::Emacs,
        b"posix-basic" | b"basic" | b"ed" | b"grep" | b"sed" | b"posix-minimal-basic" => {
            Notation::Posix(Syntax::Basic)
        }
        b"posix-extended" | b"posix-egrep" | b"egrep" | b"posix-awk" | b"awk" | b"gnu-awk" => {
            Notation::Posix(Syntax::Extended)
        }
        _ => return None,
    })
}

/// Gives the basic expression that means what one in Emacs's notation does.
pub(super) fn basic(expression: &[u8]) -> Vec<u8> {
    let mut basic = Vec::new();
    let mut rest = expression;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match (byte, after) {
            (b'+' | b'?', _) => basic.extend_from_slice(&[b'\\', byte]),
            (b'\\', [sign @ (b'+' | b'?'), behind @ ..]) => {
                basic.push(*sign);
                rest = behind;
            }
            (b'\\', [escaped, behind @ ..]) => {
                basic.extend_from_slice(&[b'\\', *escaped]);
                rest = behind;
            }
            (b'[', _) => {
                // A bracket at the beginning, also behind `^`, is one of the characters.
                let start = if after.first() == Some(&b'^') { 2 } else { 1 };
                let end = after
                    .iter()
                    .skip(start)
                    .position(|&byte| byte == b']')
                    .map_or(after.len(), |end| start + end + 1);
                let (inside, behind) = after.split_at(end.min(after.len()));
                basic.push(byte);
                basic.extend_from_slice(inside);
                rest = behind;
            }
            _ => basic.push(byte),
        }
    }
    basic
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_of_emacs() {
        for (emacs, expected) in [
            (".*\\.\\(c\\|h\\)", ".*\\.\\(c\\|h\\)"),
            ("a+b?", "a\\+b\\?"),
            ("a\\+", "a+"),
            ("[+?]+", "[+?]\\+"),
            ("[]+]?", "[]+]\\?"),
            ("[^]+]", "[^]+]"),
            ("[+", "[+"),
        ] {
            assert_eq!(basic(emacs.as_bytes()), expected.as_bytes(), "{emacs}");
        }
    }

    #[test]
    fn bounds() {
        let read = |text: &[u8]| bound(text).map(|bound| [4, 5, 6].map(|number| bound.holds(number)));
        assert_eq!(read(b"5"), Some([false, true, false]));
        assert_eq!(read(b"+5"), Some([false, false, true]));
        assert_eq!(read(b"-5"), Some([true, false, false]));
        assert_eq!(read(b"x"), None);
    }
}
