//! Attributes: the (length, type, value) records that follow the fixed part of a message, and inside each other.

use alloc::vec::Vec;
use core::fmt::{self, Write};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::cursor::Cursor;

/// Set in the type of an attribute whose value is attributes.
#[doc(alias = "NLA_F_NESTED")]
pub const NESTED: u16 = 1 << 15;
/// Set in the type of an attribute whose value is in network order.
#[doc(alias = "NLA_F_NET_BYTEORDER")]
pub const NETWORK_ORDER: u16 = 1 << 14;

/// Rounds a length up to the 4 bytes on which messages and attributes start.
pub(super) const fn align(length: usize) -> usize {
    length.next_multiple_of(4)
}

/// An attribute without its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Raw<'a> {
    /// Number of the attribute in its family's table.
    pub kind: u16,
    /// [`NESTED`], [`NETWORK_ORDER`], or nothing.
    pub flags: u16,
    /// The value, without header and padding.
    pub value: &'a [u8],
}

/// Walks attributes; a record that does not fit ends the walk.
#[derive(Clone, Copy, Debug)]
pub struct Attributes<'a> {
    bytes: &'a [u8],
    cursor: Cursor<'a>,
}

impl<'a> Attributes<'a> {
    /// Starts at the first attribute.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, cursor: Cursor::new(bytes) }
    }

    /// Gives the offset of the next attribute from the first.
    pub const fn at(&self) -> usize {
        self.cursor.at()
    }
}

impl PartialEq for Attributes<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl<'a> Iterator for Attributes<'a> {
    type Item = Raw<'a>;

    fn next(&mut self) -> Option<Raw<'a>> {
        let mut cursor = self.cursor;
        let length = usize::from(cursor.u16_ne("attribute length").ok()?);
        let kind = cursor.u16_ne("attribute type").ok()?;
        let value = cursor.take(length.checked_sub(4)?, "attribute value").ok()?;
        // The last attribute may come without its padding.
        let padding = align(length) - length;
        if cursor.take(padding, "attribute padding").is_err() {
            cursor.seek(self.bytes.len(), "end of attributes").ok()?;
        }
        self.cursor = cursor;
        Some(Raw { kind: kind & !(NESTED | NETWORK_ORDER), flags: kind & (NESTED | NETWORK_ORDER), value })
    }
}

/// A type that an attribute's value can have.
pub trait Value<'a>: Sized {
    /// Takes what the type needs from the front of the value; `None` when the value is too short.
    fn read(bytes: &'a [u8]) -> Option<Self>;
    /// Appends the value, without padding.
    fn write(&self, out: &mut Vec<u8>);
}

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl<'a> Value<'a> for $number {
            fn read(bytes: &'a [u8]) -> Option<Self> {
                bytes.first_chunk().copied().map(<$number>::from_ne_bytes)
            }
            fn write(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_ne_bytes());
            }
        }
    )*};
}

numbers!(u8, u16, u32, u64, i32);

impl<'a> Value<'a> for &'a [u8] {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        Some(bytes)
    }
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self);
    }
}

impl<'a> Value<'a> for Attributes<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        Some(Self::new(bytes))
    }
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.bytes);
    }
}

impl<'a> Value<'a> for IpAddr {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        match *bytes {
            [a, b, c, d] => Some(Self::V4(Ipv4Addr::new(a, b, c, d))),
            _ => bytes.first_chunk().map(|v6: &[u8; 16]| Self::V6(Ipv6Addr::from(*v6))),
        }
    }
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::V4(v4) => out.extend_from_slice(&v4.octets()),
            Self::V6(v6) => out.extend_from_slice(&v6.octets()),
        }
    }
}

/// Text of the kernel: bytes up to the first NUL, UTF-8 by habit only (a link's name may be any bytes).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Text<'a>(pub &'a [u8]);

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Self(text.as_bytes())
    }
}

impl<'a> Value<'a> for Text<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        bytes.split(|&byte| byte == 0).next().map(Self)
    }
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.0);
        out.push(0);
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.0.utf8_chunks() {
            f.write_str(chunk.valid())?;
            if !chunk.invalid().is_empty() {
                f.write_char(char::REPLACEMENT_CHARACTER)?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn walks_padded_nested_and_unpadded_attributes() {
        let bytes = [
            7, 0, 3, 0, b'l', b'o', 0, 0, // length 7, type 3, "lo\0", one byte of padding
            8, 0, 18, 0x80, 4, 0, 1, 0, // length 8, type 18 | NESTED, an empty attribute of type 1
            5, 0, 9, 0, 0xff, // length 5, type 9, one byte, padding missing
        ];
        let all: Vec<_> = Attributes::new(&bytes).collect();
        assert_eq!(all.len(), 3);
        assert_eq!(Text::read(all[0].value), Some(Text(b"lo")));
        assert_eq!((all[1].kind, all[1].flags), (18, NESTED));
        assert_eq!(Attributes::new(all[1].value).next(), Some(Raw { kind: 1, flags: 0, value: &[] }));
        assert_eq!(u8::read(all[2].value), Some(0xff));
        assert_eq!(u32::read(all[2].value), None);
    }

    #[test]
    fn a_record_that_does_not_fit_ends_the_walk() {
        assert_eq!(Attributes::new(&[3, 0, 1, 0]).count(), 0);
        assert_eq!(Attributes::new(&[0, 0, 0, 0]).count(), 0);
        assert_eq!(Attributes::new(&[4, 0, 1, 0, 9, 0, 1, 0, 1]).count(), 1);
        assert_eq!(Attributes::new(&[0xff; 64]).count(), 0);
    }

    #[test]
    fn text_that_is_not_utf8_is_shown() {
        assert_eq!(std::format!("{}", Text(b"eth\xff0")), "eth\u{fffd}0");
    }
}
