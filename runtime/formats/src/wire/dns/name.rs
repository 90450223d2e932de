//! Domain names (RFC 1035 sections 2.3 and 3.1): labels of any bytes, compared without regard to the case of ASCII letters.
//!
//! As text a dot ends a label, and `\.`, `\\` and `\065` (three decimal digits) stand for a byte, as in zone files.

use alloc::vec::Vec;
use core::fmt;

use crate::cursor::Cursor;
use crate::{Error, Expected};

/// Bytes of the longest name, its root with them.
const LONGEST: usize = 255;
/// Bytes of the longest label.
const LONGEST_LABEL: usize = 63;
/// A name has at most so many labels: more pointers lead nowhere new.
const MOST_POINTERS: usize = 127;

/// One length byte of a name.
pub(crate) enum Label {
    /// So many bytes follow.
    Text(usize),
    /// The rest of the name is at this offset.
    Pointer(usize),
    /// The name ends.
    Root,
}

/// Reads the length byte of a label, or the two of a pointer. The other two kinds of length bytes were never given out.
pub(crate) fn label(cursor: &mut Cursor<'_>) -> Result<Label, Error> {
    let error = cursor.error(Expected::DomainName);
    match cursor.u8(Expected::DomainName)? {
        0 => Ok(Label::Root),
        length @ 1..64 => Ok(Label::Text(length.into())),
        high @ 192.. => {
            let low = cursor.u8(Expected::DomainName)?;
            Ok(Label::Pointer(usize::from(high & 0x3f) << 8 | usize::from(low)))
        }
        _ => Err(error),
    }
}

/// A domain name from the root on.
#[derive(Clone)]
pub struct Name(Vec<u8>);

impl Name {
    /// Makes the name of the root.
    pub fn root() -> Self {
        Self(Vec::from([0]))
    }

    /// Reads a name as text; whether it ends with a dot makes no difference here.
    ///
    /// # Errors
    /// Empty labels, labels of more than 63 bytes, more than 255 bytes in all, a backslash before what is no escape.
    pub fn parse(text: &str) -> Result<Self, Error> {
        if text == "." {
            return Ok(Self::root());
        }
        let (mut wire, mut label) = (Vec::with_capacity(text.len() + 2), Vec::new());
        let mut rest = text.as_bytes();
        while let Some((byte, tail)) = rest.split_first() {
            let error = Error::new(Expected::DomainName, text.len() - rest.len());
            rest = tail;
            match byte {
                b'.' => end_label(&mut wire, &mut label).ok_or(error)?,
                b'\\' => label.push(escape(&mut rest).ok_or(error)?),
                byte => label.push(*byte),
            }
        }
        let error = Error::new(Expected::DomainName, text.len());
        if !label.is_empty() {
            end_label(&mut wire, &mut label).ok_or(error)?;
        }
        wire.push(0);
        if (2..=LONGEST).contains(&wire.len()) { Ok(Self(wire)) } else { Err(error) }
    }

    /// Reads a name in a message, through its pointers. Each must lead before the piece in which it stands, so that there is
    /// an end (RFC 9267). The cursor, which must be of the whole message, moves behind the name's own bytes.
    ///
    /// # Errors
    /// A name that is cut, too long, or whose pointer leads anywhere but back.
    pub fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let error = cursor.error(Expected::DomainName);
        let (mut wire, mut pointers, mut piece) = (Vec::new(), 0, cursor.at());
        let mut reading = *cursor;
        loop {
            match label(&mut reading)? {
                Label::Root => break,
                Label::Text(length) => {
                    wire.push(length as u8);
                    wire.extend_from_slice(reading.take(length, Expected::DomainName)?);
                    if wire.len() >= LONGEST {
                        return Err(error);
                    }
                }
                Label::Pointer(target) if target < piece && pointers < MOST_POINTERS => {
                    if pointers == 0 {
                        *cursor = reading;
                    }
                    (pointers, piece) = (pointers + 1, target);
                    reading.seek(target, Expected::DomainName)?;
                }
                Label::Pointer(_) => return Err(error),
            }
        }
        if pointers == 0 {
            *cursor = reading;
        }
        wire.push(0);
        Ok(Self(wire))
    }

    /// Gives the bytes as they travel, without pointers.
    pub fn wire(&self) -> &[u8] {
        &self.0
    }

    /// Gives the labels, without the root.
    pub fn labels(&self) -> impl Iterator<Item = &[u8]> {
        let mut rest = self.0.as_slice();
        core::iter::from_fn(move || {
            let (length, tail) = rest.split_first()?;
            let (label, tail) = tail.split_at_checked(usize::from(*length))?;
            rest = tail;
            (!label.is_empty()).then_some(label)
        })
    }

    /// Says whether it is the root.
    pub fn is_root(&self) -> bool {
        self.0.len() == 1
    }

    /// Puts the labels of another name behind those of this one.
    ///
    /// # Errors
    /// More than 255 bytes.
    pub fn join(&self, behind: &Self) -> Result<Self, Error> {
        let error = Error::new(Expected::DomainName, 0);
        let labels = self.0.split_last().map(|(_, labels)| labels).unwrap_or_default();
        let wire = [labels, &behind.0].concat();
        if wire.len() <= LONGEST { Ok(Self(wire)) } else { Err(error) }
    }

    /// Says whether the last labels are those of another name.
    pub fn is_within(&self, domain: &Self) -> bool {
        let (own, other) = (self.labels().count(), domain.labels().count());
        let surplus = own.checked_sub(other);
        surplus.is_some_and(|more| {
            self.labels().skip(more).zip(domain.labels()).all(|(one, two)| one.eq_ignore_ascii_case(two))
        })
    }

    /// Makes the name under which the names of an address are kept (RFC 1035 section 3.5, RFC 3596 section 2.5).
    #[doc(alias = "in-addr.arpa")]
    pub fn reverse(address: core::net::IpAddr) -> Self {
        let mut wire = Vec::new();
        match address {
            core::net::IpAddr::V4(address) => {
                for octet in address.octets().into_iter().rev() {
                    let digits = [octet / 100, octet / 10 % 10, octet % 10].map(|digit| b'0' + digit);
                    let zeros = match octet {
                        100.. => 0,
                        10.. => 1,
                        _ => 2,
                    };
                    let digits = digits.get(zeros..).unwrap_or_default();
                    wire.push(digits.len() as u8);
                    wire.extend_from_slice(digits);
                }
                wire.extend_from_slice(b"\x07in-addr");
            }
            core::net::IpAddr::V6(address) => {
                for octet in address.octets().into_iter().rev() {
                    for half in [octet & 15, octet >> 4] {
                        let digit = if half < 10 { b'0' + half } else { b'a' + half - 10 };
                        wire.extend_from_slice(&[1, digit]);
                    }
                }
                wire.extend_from_slice(b"\x03ip6");
            }
        }
        wire.extend_from_slice(b"\x04arpa\0");
        Self(wire)
    }
}

/// Appends a label with its length; nothing if it cannot be one.
fn end_label(wire: &mut Vec<u8>, label: &mut Vec<u8>) -> Option<()> {
    let length =
        u8::try_from(label.len()).ok().filter(|length| (1..=LONGEST_LABEL as u8).contains(length))?;
    wire.push(length);
    wire.append(label);
    (wire.len() < LONGEST).then_some(())
}

/// Reads what stands behind a backslash: three digits of a byte, or a byte that is no digit.
fn escape(rest: &mut &[u8]) -> Option<u8> {
    let (byte, tail) = match *rest {
        [high @ b'0'..=b'2', middle @ b'0'..=b'9', low @ b'0'..=b'9', tail @ ..] => {
            let value = [high, middle, low].iter().fold(0, |sum, digit| sum * 10 + u16::from(**digit - b'0'));
            (u8::try_from(value).ok()?, tail)
        }
        [b'0'..=b'9', ..] | [] => return None,
        [byte, tail @ ..] => (*byte, tail),
    };
    *rest = tail;
    Some(byte)
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        // Lengths are below the letters, so that they are compared as they are.
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for Name {}

/// Without a dot at the end, but for the root.
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_root() {
            return f.write_str(".");
        }
        for (at, label) in self.labels().enumerate() {
            if at > 0 {
                f.write_str(".")?;
            }
            for byte in label {
                match byte {
                    b'.' | b'\\' => write!(f, "\\{}", char::from(*byte))?,
                    0x21..=0x7e => write!(f, "{}", char::from(*byte))?,
                    other => write!(f, "\\{other:03}")?,
                }
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_as_text_and_back() {
        for (text, wire) in [
            (".", &b"\0"[..]),
            ("www.Example", b"\x03www\x07Example\0"),
            ("a\\.b.c", b"\x03a.b\x01c\0"),
            ("\\\\\\000\\255\\032", b"\x04\\\0\xff \0"),
        ] {
            let name = Name::parse(text).unwrap();
            assert_eq!((name.wire(), name.to_string()), (wire, text.to_owned()));
        }
        assert_eq!(Name::parse("a.b.").unwrap().wire(), b"\x01a\x01b\0");
        assert_eq!(Name::parse("A.b").unwrap(), Name::parse("a.B.").unwrap());
        let long = "abcdefg.".repeat(32);
        assert!(Name::parse(&long[..253]).is_ok() && Name::parse(&long[..255]).is_err());
        let label = "a".repeat(64);
        for wrong in ["", "..", ".a", "a..b", "a\\", "a\\25", "a\\256", &label] {
            assert!(Name::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn names_in_messages() {
        // At 0 "b.c", at 5 "a" and a pointer to it, at 9 a pointer to that.
        let message = b"\x01b\x01c\0\x01a\xc0\x00\xc0\x05!";
        let mut cursor = Cursor::new(message);
        for (expected, behind) in [("b.c", 5), ("a.b.c", 9), ("a.b.c", 11)] {
            assert_eq!(Name::read(&mut cursor).unwrap().to_string(), expected);
            assert_eq!(cursor.at(), behind);
        }
        for wrong in [&b"\xc0\x00"[..], b"\x01a\xc0\x00", b"\xc0\x05", b"\x40a\0", b"\x01", b"\x01a", b""] {
            assert!(Name::read(&mut Cursor::new(wrong)).is_err(), "{wrong:?}");
        }
        let mut long = [&[63; 64][..]; 4].concat();
        long.push(0);
        assert!(Name::read(&mut Cursor::new(&long)).is_err());
        assert!(Name::read(&mut Cursor::new(&long[64..])).is_ok());
    }

    #[test]
    fn domains_and_reverse_names() {
        let name = |text| Name::parse(text).unwrap();
        assert!(name("a.B.c").is_within(&name("b.C")) && name("b").is_within(&Name::root()));
        assert!(!name("xb.c").is_within(&name("b.c")) && !name("c").is_within(&name("b.c")));
        assert_eq!(name("a").join(&name("b.c")).unwrap(), name("a.b.c"));
        assert!(name(&"a.".repeat(120)).join(&name("b.c.d.e.f.g.h.i")).is_err());
        let reverse = |text: &str| Name::reverse(text.parse().unwrap()).to_string();
        assert_eq!(reverse("192.0.2.15"), "15.2.0.192.in-addr.arpa");
        assert!(reverse("2001:db8::1f").starts_with("f.1.0.0.") && reverse("::").ends_with(".0.ip6.arpa"));
    }
}
