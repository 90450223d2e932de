//! Bytes as text of letters and digits: base64 and base32 of RFC 4648, sections 4 and 6.

use alloc::vec::Vec;

/// A way to write bytes as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Radix {
    /// Six bits a character.
    Base64,
    /// Five bits a character.
    Base32,
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// What is no character of a radix.
const NONE: u8 = 0xff;

impl Radix {
    /// How many bytes make a group, and how many characters write it.
    pub const fn group(self) -> (usize, usize) {
        match self {
            Self::Base64 => (3, 4),
            Self::Base32 => (5, 8),
        }
    }

    const fn bits(self) -> u32 {
        match self {
            Self::Base64 => 6,
            Self::Base32 => 5,
        }
    }

    fn alphabet(self) -> &'static [u8] {
        match self {
            Self::Base64 => BASE64,
            Self::Base32 => BASE32,
        }
    }

    /// Adds bytes as text; the last group is filled up with `=`.
    pub fn encode(self, bytes: &[u8], into: &mut Vec<u8>) {
        into.reserve(bytes.len().div_ceil(self.group().0) * self.group().1);
        match self {
            Self::Base64 => {
                let (groups, rest) = bytes.as_chunks::<3>();
                for [first, second, third] in groups {
                    let letter = |at: u8| BASE64[usize::from(at & 63)];
                    into.extend_from_slice(&[
                        letter(first >> 2),
                        letter(first << 4 | second >> 4),
                        letter(second << 2 | third >> 6),
                        letter(*third),
                    ]);
                }
                self.encode_group(rest, into);
            }
            Self::Base32 => bytes.chunks(5).for_each(|group| self.encode_group(group, into)),
        }
    }

    /// Adds a group, which may lack bytes.
    fn encode_group(self, group: &[u8], into: &mut Vec<u8>) {
        if group.is_empty() {
            return;
        }
        let (size, letters) = self.group();
        let value =
            (0..size).fold(0_u64, |value, at| value << 8 | u64::from(group.get(at).copied().unwrap_or(0)));
        let written = (group.len() * 8).div_ceil(self.bits() as usize);
        for at in 0..letters {
            let shift = (letters - 1 - at) as u32 * self.bits();
            let digit = (value >> shift) as usize & ((1 << self.bits()) - 1);
            into.push(if at < written { self.alphabet().get(digit).copied().unwrap_or(b'=') } else { b'=' });
        }
    }

    /// Gives what the characters stand for, and [`NONE`] for those that stand for nothing.
    fn values(self) -> [u8; 256] {
        let mut values = [NONE; 256];
        for (value, letter) in self.alphabet().iter().enumerate() {
            values[usize::from(*letter)] = value as u8;
        }
        values
    }
}

/// Reads text back, a piece after the other.
#[derive(Debug)]
pub struct Decoder {
    radix: Radix,
    values: [u8; 256],
    ignores: bool,
    /// The bits of the group so far, and how many characters it has.
    group: u64,
    count: usize,
    /// How many `=` have come in it.
    filled: usize,
}

/// What is read is no text of the radix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

impl Decoder {
    /// Begins; characters that stand for nothing are left out if they are to be ignored, as line feeds always are.
    pub fn new(radix: Radix, ignores: bool) -> Self {
        Self { radix, values: radix.values(), ignores, group: 0, count: 0, filled: 0 }
    }

    /// Adds what a piece of text stands for.
    ///
    /// # Errors
    /// A character that stands for nothing, or one behind the end of a group that was filled up; what comes before it has
    /// been added.
    pub fn decode(&mut self, text: &[u8], into: &mut Vec<u8>) -> Result<(), Malformed> {
        let letters = self.radix.group().1;
        for letter in text {
            let value = self.values[usize::from(*letter)];
            match letter {
                _ if value != NONE && self.filled == 0 => {
                    self.group = self.group << self.radix.bits() | u64::from(value);
                    self.count += 1;
                }
                b'=' if self.count > 0 => self.filled += 1,
                b'\n' => continue,
                _ if self.ignores && value == NONE && *letter != b'=' => continue,
                _ => return Err(Malformed),
            }
            if self.count + self.filled == letters {
                self.end_group(into)?;
            }
        }
        Ok(())
    }

    /// Ends the text.
    ///
    /// # Errors
    /// The last group lacks characters; the bytes that are whole have been added.
    pub fn finish(&mut self, into: &mut Vec<u8>) -> Result<(), Malformed> {
        if self.count == 0 {
            return Ok(());
        }
        let _ = self.end_group(into);
        Err(Malformed)
    }

    fn end_group(&mut self, into: &mut Vec<u8>) -> Result<(), Malformed> {
        let (size, letters) = self.radix.group();
        let bits = self.radix.bits();
        let value = self.group << ((letters - self.count) as u32 * bits);
        let whole = self.count * bits as usize / 8;
        let bytes = value.to_be_bytes();
        into.extend_from_slice(bytes.get(8 - size..8 - size + whole).unwrap_or_default());
        // As many as these bytes take, not more.
        let fits = (whole * 8).div_ceil(bits as usize) == self.count;
        (self.group, self.count, self.filled) = (0, 0, 0);
        if fits { Ok(()) } else { Err(Malformed) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(radix: Radix, bytes: &[u8]) -> String {
        let mut text = Vec::new();
        radix.encode(bytes, &mut text);
        String::from_utf8(text).unwrap()
    }

    fn decoded(radix: Radix, text: &str, size: usize, ignores: bool) -> (Vec<u8>, bool) {
        let mut decoder = Decoder::new(radix, ignores);
        let mut bytes = Vec::new();
        let pieces = text.as_bytes().chunks(size).try_for_each(|piece| decoder.decode(piece, &mut bytes));
        let is_right = pieces.and_then(|()| decoder.finish(&mut bytes)).is_ok();
        (bytes, is_right)
    }

    #[test]
    fn the_vectors_of_rfc_4648() {
        // Section 10.
        let rows = [
            ("", "", ""),
            ("f", "Zg==", "MY======"),
            ("fo", "Zm8=", "MZXQ===="),
            ("foo", "Zm9v", "MZXW6==="),
            ("foob", "Zm9vYg==", "MZXW6YQ="),
            ("fooba", "Zm9vYmE=", "MZXW6YTB"),
            ("foobar", "Zm9vYmFy", "MZXW6YTBOI======"),
        ];
        for (plain, base64, base32) in rows {
            for (radix, text) in [(Radix::Base64, base64), (Radix::Base32, base32)] {
                assert_eq!(encoded(radix, plain.as_bytes()), text);
                for size in 1..9 {
                    assert_eq!(decoded(radix, text, size, false), (plain.as_bytes().to_vec(), true));
                }
            }
        }
    }

    #[test]
    fn what_is_malformed_is_said_behind_what_is_right() {
        assert_eq!(decoded(Radix::Base64, "Zm9v*", 8, false), (b"foo".to_vec(), false));
        assert_eq!(decoded(Radix::Base64, "Zm9vYg", 8, false), (b"foob".to_vec(), false));
        assert_eq!(decoded(Radix::Base64, "Zg=a", 8, false), (Vec::new(), false));
        assert_eq!(decoded(Radix::Base64, "=", 8, false), (Vec::new(), false));
        assert_eq!(decoded(Radix::Base64, "Z===", 8, false), (Vec::new(), false));
        assert_eq!(decoded(Radix::Base64, "Z*m\n9 v", 2, true), (b"foo".to_vec(), true));
    }
}
