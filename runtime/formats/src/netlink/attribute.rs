//! Attributes: the (length, type, value) records that follow the fixed part of a message, and inside each other.

use alloc::string::{String, ToString};
use core::fmt::{self, Write};
use core::marker::PhantomData;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::Writer;
use crate::Expected;
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

/// The number of an attribute, with the type that its value has.
#[derive(Debug)]
pub struct Key<T: ?Sized> {
    kind: u16,
    value: PhantomData<fn() -> *const T>,
}

impl<T: ?Sized> Key<T> {
    /// Makes the key of a row.
    pub(super) const fn new(kind: u16) -> Self {
        Self { kind, value: PhantomData }
    }

    /// Gives the number.
    pub const fn kind(&self) -> u16 {
        self.kind
    }
}

/// The type of a value that is attributes.
#[derive(Debug)]
pub enum Nest {}

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

impl<'a> Raw<'a> {
    /// Puts the value in its place when the attribute is this one; a value too short for its type changes nothing.
    pub fn fill<T: Value, P: From<T>>(&self, key: Key<T>, place: &mut P) {
        if self.kind == key.kind {
            replace(self.value, place);
        }
    }

    /// Gives the attributes inside when the attribute is this one, else none.
    pub fn nest(&self, key: Key<Nest>) -> Attributes<'a> {
        Attributes::new(if self.kind == key.kind { self.value } else { &[] })
    }

    /// Gives the value as it is when the attribute is this one.
    pub fn bytes(&self, key: Key<[u8]>) -> Option<&'a [u8]> {
        (self.kind == key.kind).then_some(self.value)
    }
}

#[inline(never)]
fn replace<T: Value, P: From<T>>(bytes: &[u8], place: &mut P) {
    if let Some(value) = T::read(bytes) {
        *place = value.into();
    }
}

/// Walks attributes; a record that does not fit ends the walk.
#[derive(Clone, Copy, Debug)]
pub struct Attributes<'a> {
    cursor: Cursor<'a>,
}

impl<'a> Attributes<'a> {
    /// Starts at the first attribute.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { cursor: Cursor::new(bytes) }
    }

    /// Gives the value of the first attribute of a number.
    pub fn value(mut self, kind: u16) -> Option<&'a [u8]> {
        self.find(|raw| raw.kind == kind).map(|raw| raw.value)
    }

    /// Gives the offset of the next attribute from the first.
    pub const fn at(&self) -> usize {
        self.cursor.at()
    }
}

impl<'a> Iterator for Attributes<'a> {
    type Item = Raw<'a>;

    #[inline(never)]
    fn next(&mut self) -> Option<Raw<'a>> {
        let mut cursor = self.cursor;
        let [l0, l1, k0, k1] = cursor.array(Expected::Attribute).ok()?;
        let length = usize::from(u16::from_ne_bytes([l0, l1]));
        let kind = u16::from_ne_bytes([k0, k1]);
        let value = cursor.take(length.checked_sub(4)?, Expected::Attribute).ok()?;
        // The last attribute may come without its padding.
        let padding = (align(length) - length).min(cursor.rest().len());
        cursor.take(padding, Expected::Attribute).ok()?;
        self.cursor = cursor;
        Some(Raw { kind: kind & !(NESTED | NETWORK_ORDER), flags: kind & (NESTED | NETWORK_ORDER), value })
    }
}

/// A type that an attribute's value can have.
pub trait Value: Sized {
    /// Takes what the type needs from the front of the value; `None` when the value is too short.
    fn read(bytes: &[u8]) -> Option<Self>;
    /// Appends the value, without padding.
    fn write(&self, writer: &mut Writer<'_>);
}

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl Value for $number {
            fn read(bytes: &[u8]) -> Option<Self> {
                bytes.first_chunk().copied().map(<$number>::from_ne_bytes)
            }
            fn write(&self, writer: &mut Writer<'_>) {
                writer.fixed(&self.to_ne_bytes());
            }
        }
    )*};
}

numbers!(u8, u16, u32, i32);

impl Value for bool {
    fn read(bytes: &[u8]) -> Option<Self> {
        bytes.first().map(|&byte| byte != 0)
    }
    fn write(&self, writer: &mut Writer<'_>) {
        writer.fixed(&[u8::from(*self)]);
    }
}

/// A structure of numbers.
impl<const N: usize> Value for [u32; N] {
    fn read(bytes: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new(bytes);
        let mut numbers = [0; N];
        for number in &mut numbers {
            *number = cursor.u32_ne(Expected::Number).ok()?;
        }
        Some(numbers)
    }
    fn write(&self, writer: &mut Writer<'_>) {
        self.iter().for_each(|number| number.write(writer));
    }
}

impl Value for IpAddr {
    fn read(bytes: &[u8]) -> Option<Self> {
        match *bytes {
            [a, b, c, d] => Some(Self::V4(Ipv4Addr::new(a, b, c, d))),
            _ => bytes.first_chunk().map(|v6: &[u8; 16]| Self::V6(Ipv6Addr::from(*v6))),
        }
    }
    fn write(&self, writer: &mut Writer<'_>) {
        match self {
            Self::V4(v4) => writer.fixed(&v4.octets()),
            Self::V6(v6) => writer.fixed(&v6.octets()),
        }
    }
}

impl Value for String {
    fn read(bytes: &[u8]) -> Option<Self> {
        Some(Text::read(bytes).to_string())
    }
    fn write(&self, writer: &mut Writer<'_>) {
        writer.fixed(self.as_bytes());
        writer.fixed(&[0]);
    }
}

/// Text of the kernel: bytes up to the first NUL, UTF-8 by habit only (a link's name may be any bytes).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Text<'a>(pub &'a [u8]);

impl<'a> Text<'a> {
    /// Takes the bytes up to the first NUL, or all.
    pub fn read(bytes: &'a [u8]) -> Self {
        Self(bytes.split(|&byte| byte == 0).next().unwrap_or_default())
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
    use std::vec::Vec;

    #[test]
    fn walks_padded_nested_and_unpadded_attributes() {
        let bytes = [
            7, 0, 3, 0, b'l', b'o', 0, 0, // length 7, type 3, "lo\0", one byte of padding
            8, 0, 18, 0x80, 4, 0, 1, 0, // length 8, type 18 | NESTED, an empty attribute of type 1
            5, 0, 9, 0, 0xff, // length 5, type 9, one byte, padding missing
        ];
        let all: Vec<_> = Attributes::new(&bytes).collect();
        assert_eq!(all.len(), 3);
        assert_eq!(Text::read(all[0].value), Text(b"lo"));
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
