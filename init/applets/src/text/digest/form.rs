//! How digests are written: in digits of base 16, in base64 or, for programs, as the bytes that they are.

use alloc::vec::Vec;

use bulk::{Decoder, Radix};

use crate::Parsed;

/// The key of `--base64`, which `cksum` has.
pub(in crate::text) const BASE64: u8 = 132;

/// Gives a digest as the text that is asked for.
pub(super) fn text(parsed: &Parsed<'_>, digest: &[u8]) -> Vec<u8> {
    if parsed.has(BASE64) { base64(digest) } else { hexadecimal(digest) }
}

/// Reads a digest of a length that fits, in either form.
pub(super) fn read(text: &[u8], fits: &dyn Fn(usize) -> bool) -> Option<Vec<u8>> {
    [from_hexadecimal, from_base64].iter().find_map(|read| read(text).filter(|digest| fits(digest.len())))
}

fn hexadecimal(bytes: &[u8]) -> Vec<u8> {
    let digit = |value: u8| b"0123456789abcdef"[usize::from(value & 15)];
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}

fn from_hexadecimal(text: &[u8]) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_chunks();
    let digit = |digit: u8| char::from(digit).to_digit(16);
    let byte = |[upper, lower]: &[u8; 2]| Some((digit(*upper)? << 4 | digit(*lower)?) as u8);
    rest.is_empty().then(|| pairs.iter().map(byte).collect()).flatten()
}

fn base64(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    Radix::Base64.encode(bytes, &mut text);
    text
}

fn from_base64(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    Decoder::new(Radix::Base64, false).decode(text, &mut bytes).ok()?;
    // What lacks the end of its last group is none.
    (base64(&bytes) == text).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_read_in_either_form() {
        let of = |length: usize| move |found: usize| found == length;
        for text in ["00ff7A", "AP96"] {
            assert_eq!(read(text.as_bytes(), &of(3)), Some(vec![0, 0xff, 0x7a]), "{text}");
            assert_eq!(read(text.as_bytes(), &of(4)), None, "{text}");
        }
        assert_eq!(read(b"AA==", &of(1)), Some(vec![0]));
        for text in ["", "0", "00f", "0g", "Zg=", "Zg", "A\nA==", "AB==", "AA===", "AA= ="] {
            assert_eq!(read(text.as_bytes(), &of(1)), None, "{text}");
        }
    }
}
