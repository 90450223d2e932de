//! Ethernet II frames: 14 bytes of header, then the payload (IEEE 802.3, RFC 894).

use alloc::vec::Vec;
use core::fmt;

use crate::cursor::Cursor;
use crate::{Error, Expected};

/// Bytes before the payload.
pub const HEADER_LENGTH: usize = 14;

/// A 48-bit hardware address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mac(pub [u8; 6]);

impl Mac {
    /// Every station on the link.
    pub const BROADCAST: Self = Self([0xff; 6]);
    /// No station: the target of an ARP question.
    pub const ZERO: Self = Self([0; 6]);

    /// Says whether one station is meant (the group bit is clear) and the address is not all zero.
    pub fn is_unicast(self) -> bool {
        let [first, ..] = self.0;
        first & 1 == 0 && self != Self::ZERO
    }
}

impl fmt::Display for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g] = self.0;
        write!(f, "{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{g:02x}")
    }
}

impl core::str::FromStr for Mac {
    type Err = Error;

    /// Reads six groups of two hexadecimal digits between colons.
    fn from_str(text: &str) -> Result<Self, Error> {
        let error = Error::new(Expected::HardwareAddress, 0);
        let mut bytes = [0; 6];
        let mut groups = text.split(':');
        for byte in &mut bytes {
            let group = groups.next().filter(|group| group.len() == 2).ok_or(error)?;
            if !group.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                return Err(error);
            }
            *byte = u8::from_str_radix(group, 16).map_err(|_| error)?;
        }
        if groups.next().is_some() { Err(error) } else { Ok(Self(bytes)) }
    }
}

/// What the payload is, as the kernel's `ETH_P_*` numbers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EtherType(pub u16);

impl EtherType {
    /// IPv4.
    pub const IPV4: Self = Self(0x0800);
    /// Address resolution.
    pub const ARP: Self = Self(0x0806);
}

/// A frame: who, to whom, what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// The station it goes to.
    pub destination: Mac,
    /// The station that sent it.
    pub source: Mac,
    /// The kind of payload.
    pub kind: EtherType,
    /// The bytes behind the header, padding included.
    pub payload: &'a [u8],
}

/// Splits a frame. A length field in place of a type (802.3 with LLC) is not refused: it is a kind that nobody knows.
pub fn parse(bytes: &[u8]) -> Result<Frame<'_>, Error> {
    let mut cursor = Cursor::new(bytes);
    let destination = Mac(cursor.array(Expected::EthernetHeader)?);
    let source = Mac(cursor.array(Expected::EthernetHeader)?);
    let kind = EtherType(cursor.u16_be(Expected::EthernetHeader)?);
    Ok(Frame { destination, source, kind, payload: cursor.rest() })
}

/// Appends the header; the payload follows.
pub fn emit(out: &mut Vec<u8>, destination: Mac, source: Mac, kind: EtherType) {
    out.extend_from_slice(&destination.0);
    out.extend_from_slice(&source.0);
    out.extend_from_slice(&kind.0.to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_comes_back_as_it_was_sent() {
        let (to, from) = (Mac::BROADCAST, Mac([0x52, 0x54, 0, 0x12, 0x34, 0x56]));
        let mut bytes = Vec::new();
        emit(&mut bytes, to, from, EtherType::ARP);
        assert_eq!(bytes.len(), HEADER_LENGTH);
        bytes.push(7);
        let frame = parse(&bytes).unwrap();
        assert_eq!(frame, Frame { destination: to, source: from, kind: EtherType::ARP, payload: &[7] });
        for length in 0..HEADER_LENGTH {
            assert!(parse(&bytes[..length]).is_err(), "{length}");
        }
    }

    #[test]
    fn hardware_addresses_read_and_print_alike() {
        let mac: Mac = "52:54:00:12:34:56".parse().unwrap();
        assert_eq!(mac.to_string(), "52:54:00:12:34:56");
        for bad in [
            "",
            "52:54:00:12:34",
            "52:54:00:12:34:56:78",
            "5:54:00:12:34:56",
            "+5:54:00:12:34:56",
            "gg:54:00:12:34:56",
        ] {
            assert!(bad.parse::<Mac>().is_err(), "{bad}");
        }
    }
}
