//! Backslash sequences.

use alloc::vec::Vec;

/// How octal numbers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zero {
    /// `\0123`, as `echo` and `%b` have it.
    Prefixed,
    /// `\123`, as the format of `printf` has it.
    Bare,
}

/// Adds a text with its escapes taken as what they stand for; false at `\c`, which ends all output.
pub fn unescape(mut word: &[u8], zero: Zero, into: &mut Vec<u8>) -> bool {
    while let Some(at) = word.iter().position(|byte| *byte == b'\\') {
        let (plain, rest) = word.split_at(at);
        into.extend_from_slice(plain);
        let Some(letter) = rest.get(1).copied() else {
            into.push(b'\\');
            return true;
        };
        // The digits begin behind the letter, or are the letter itself.
        let (start, base) = match letter {
            b'c' => return false,
            b'0' if zero == Zero::Prefixed => (2, 8),
            b'0'..=b'7' => (1, 8),
            _ => (2, 16),
        };
        let digits = rest.get(start..).unwrap_or_default();
        let (value, count) = number(digits, base, if base == 8 { 3 } else { 2 });
        word = match letter {
            b'x' if count == 0 => {
                into.extend_from_slice(b"\\x");
                digits
            }
            b'0'..=b'7' | b'x' => {
                into.push(value as u8);
                digits.get(count..).unwrap_or_default()
            }
            letter => {
                match control(letter) {
                    Some(byte) => into.push(byte),
                    None => into.extend_from_slice(&[b'\\', letter]),
                }
                digits
            }
        };
    }
    into.extend_from_slice(word);
    true
}

/// Splits a text before the first escape of which this is true; it is shown the letter behind the backslash and what follows it.
/// Without such an escape the second part is empty.
pub fn split<'t>(text: &'t [u8], is_wanted: &dyn Fn(u8, &[u8]) -> bool) -> (&'t [u8], &'t [u8]) {
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| rest.iter().position(|byte| *byte == b'\\')) {
        at += found;
        if let [_, letter, rest @ ..] = text.get(at..).unwrap_or_default()
            && is_wanted(*letter, rest)
        {
            return text.split_at(at);
        }
        at += 2;
    }
    (text, b"")
}

/// Gives the character that a letter behind a backslash stands for.
pub const fn control(letter: u8) -> Option<u8> {
    Some(match letter {
        b'a' => 7,
        b'b' => 8,
        b'e' => 27,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 11,
        b'\\' => b'\\',
        _ => return None,
    })
}

/// Reads a number of at most so many digits; gives it and how many there were.
pub fn number(text: &[u8], base: u32, most: usize) -> (u32, usize) {
    let mut value = 0_u32;
    let mut count = 0;
    for byte in text.iter().take(most) {
        let Some(digit) = char::from(*byte).to_digit(base) else { break };
        value = value.wrapping_mul(base).wrapping_add(digit);
        count += 1;
    }
    (value, count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(text: &str, zero: Zero) -> (Vec<u8>, bool) {
        let mut into = Vec::new();
        let goes_on = unescape(text.as_bytes(), zero, &mut into);
        (into, goes_on)
    }

    #[test]
    fn sequences_become_characters_and_others_stay() {
        let expected = b"a\x07\x08\x1b\x0c\n\r\t\x0b\\\\q\\".to_vec();
        assert_eq!(done(r"a\a\b\e\f\n\r\t\v\\\q\", Zero::Bare), (expected, true));
        assert_eq!(done(r"a\cb", Zero::Bare), (b"a".to_vec(), false));
        assert_eq!(done(r"\x41\x4g\xg", Zero::Bare), (b"A\x04g\\xg".to_vec(), true));
    }

    #[test]
    fn octal_numbers_have_three_digits_behind_a_zero_that_counts_or_does_not() {
        assert_eq!(done(r"\01012\0\101", Zero::Prefixed), (b"A2\0A".to_vec(), true));
        assert_eq!(done(r"\01012\0\1018", Zero::Bare), (b"\x0812\0A8".to_vec(), true));
    }
}
