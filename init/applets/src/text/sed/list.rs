//! `l`: a line so that all of it can be seen.

use alloc::vec::Vec;

/// Gives a text with escapes for what does not print and `$` at its end, on lines of a width; on one for 0 and 1; each is ended
/// as the lines of the input are.
pub(super) fn line(text: &[u8], width: usize, end: u8) -> Vec<u8> {
    let mut shown = Vec::new();
    let mut column = 0;
    for byte in text {
        let letter = match byte {
            b'\\' => b'\\',
            7 => b'a',
            8 => b'b',
            12 => b'f',
            b'\n' => b'n',
            b'\r' => b'r',
            b'\t' => b't',
            11 => b'v',
            _ => 0,
        };
        let digit = |shift: u8| b'0' + (byte >> shift & 7);
        let octal = [b'\\', digit(6), digit(3), digit(0)];
        let (pair, single) = ([b'\\', letter], [*byte]);
        let part: &[u8] = match byte {
            _ if letter != 0 => &pair,
            b' '..=b'~' => &single,
            _ => &octal,
        };
        if width > 1 && column + part.len() > width - 1 {
            shown.extend_from_slice(&[b'\\', end]);
            column = 0;
        }
        shown.extend_from_slice(part);
        column += part.len();
    }
    shown.extend_from_slice(&[b'$', end]);
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_print_is_escaped() {
        assert_eq!(line(b"a\\\t\n\x01\xff", 70, b'\n'), b"a\\\\\\t\\n\\001\\377$\n");
        assert_eq!(line(b"abcdef", 4, b'\n'), b"abc\\\ndef$\n");
        assert_eq!(line(b"abcdef", 1, 0), b"abcdef$\0");
    }
}
