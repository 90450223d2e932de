//! The names of 16 bytes that are unlike all others (RFC 9562), in the two orders that disks have.

use alloc::vec::Vec;

/// Where a hyphen stands before a byte.
const HYPHENS: [usize; 4] = [4, 6, 8, 10];

/// A name as partition tables have it: its first three numbers have the lowest byte first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Guid(pub [u8; 16]);

impl Guid {
    /// No name: that of an entry that is not used.
    pub const NONE: Self = Self([0; 16]);

    /// Makes one of chance.
    pub fn from_chance(bytes: [u8; 16]) -> Self {
        Self(swapped(version_4(bytes)))
    }

    /// Reads `C12A7328-F81F-11D2-BA4B-00A0C93EC93B`, in letters of either case.
    pub fn parse(text: &[u8]) -> Option<Self> {
        parse(text).map(|bytes| Self(swapped(bytes)))
    }

    /// Writes it in small letters.
    pub fn text(self) -> Vec<u8> {
        text(&swapped(self.0))
    }
}

/// Makes a name of chance say so: version 4, variant 1.
pub fn version_4(mut bytes: [u8; 16]) -> [u8; 16] {
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    bytes
}

/// Writes bytes as they stand, in small letters: nothing for zeros alone.
pub fn text(bytes: &[u8; 16]) -> Vec<u8> {
    let mut text = Vec::new();
    if *bytes == [0; 16] {
        return text;
    }
    for (at, byte) in bytes.iter().enumerate() {
        if HYPHENS.contains(&at) {
            text.push(b'-');
        }
        hexadecimal(*byte, &mut text);
    }
    text
}

/// Writes a byte as two digits.
pub(super) fn hexadecimal(byte: u8, text: &mut Vec<u8>) {
    for digit in [byte >> 4, byte & 15] {
        text.push(if digit < 10 { b'0' + digit } else { b'a' + digit - 10 });
    }
}

/// Reads what [`text`] writes.
pub fn parse(text: &[u8]) -> Option<[u8; 16]> {
    let mut bytes = [0; 16];
    let mut rest = text;
    for (at, byte) in bytes.iter_mut().enumerate() {
        if HYPHENS.contains(&at) {
            rest = rest.strip_prefix(b"-")?;
        }
        let (digits, behind) = rest.split_at_checked(2)?;
        if !digits.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        *byte = u8::from_str_radix(core::str::from_utf8(digits).ok()?, 16).ok()?;
        rest = behind;
    }
    rest.is_empty().then_some(bytes)
}

/// Turns the first three numbers round.
fn swapped(mut bytes: [u8; 16]) -> [u8; 16] {
    for numbers in [0..4, 4..6, 6..8] {
        if let Some(number) = bytes.get_mut(numbers) {
            number.reverse();
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_orders() {
        // The kind of an EFI system partition, as it lies on a disk.
        let bytes = *b"\x28\x73\x2a\xc1\x1f\xf8\xd2\x11\xba\x4b\x00\xa0\xc9\x3e\xc9\x3b";
        let name = b"c12a7328-f81f-11d2-ba4b-00a0c93ec93b";
        assert_eq!(Guid::parse(name), Some(Guid(bytes)));
        assert_eq!(Guid::parse(&name.to_ascii_uppercase()), Some(Guid(bytes)));
        assert_eq!(Guid(bytes).text(), name);
        assert_eq!(text(&parse(name).unwrap()), name);
        assert_eq!(text(&[0; 16]), b"");
        assert_eq!(text(&version_4([0xff; 16])), b"ffffffff-ffff-4fff-bfff-ffffffffffff");
    }

    #[test]
    fn anything_else_is_none() {
        let name = b"c12a7328-f81f-11d2-ba4b-00a0c93ec93b";
        for length in 0..name.len() {
            assert_eq!(parse(&name[..length]), None);
        }
        for wrong in ["c12a7328-f81f-11d2-ba4b-00a0c93ec93b0", "+12a7328-f81f-11d2-ba4b-00a0c93ec93b"] {
            assert_eq!(parse(wrong.as_bytes()), None);
        }
    }
}
