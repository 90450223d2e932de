//! The IPv4 header (RFC 791): options are stepped over, pieces of larger packets are told apart.

use alloc::vec::Vec;
use core::net::Ipv4Addr;

use super::checksum::Sum;
use crate::cursor::Cursor;
use crate::{Error, Expected};

/// Bytes of a header without options.
pub const HEADER_LENGTH: usize = 20;

/// UDP's protocol number.
pub const UDP: u8 = 17;

/// A packet whose lengths are consistent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    /// Sender.
    pub source: Ipv4Addr,
    /// Receiver.
    pub destination: Ipv4Addr,
    /// What the payload is.
    pub protocol: u8,
    /// Whether the header's checksum is right.
    pub checksum_right: bool,
    /// Whether this is one piece of a larger packet.
    pub fragment: bool,
    /// The bytes behind the header; link padding is cut off.
    pub payload: &'a [u8],
}

/// More fragments, or a fragment offset that is not zero.
const FRAGMENT: u32 = 0x3fff;

/// Reads a packet. Bytes behind the total length are padding of the link.
pub fn parse(bytes: &[u8]) -> Result<Packet<'_>, Error> {
    let mut cursor = Cursor::new(bytes);
    let start = cursor.error(Expected::Ipv4Header);
    // Version, header length, service, total length; number, flags, place; time to live, protocol, sum.
    let [first, second, third, source, destination] = cursor.u32s_be(Expected::Ipv4Header)?;
    let header = (first >> 24 & 0x0f) as usize * 4;
    if first >> 28 != 4 || header < HEADER_LENGTH {
        return Err(start);
    }
    let length = Error::new(Expected::Ipv4Header, 2);
    let total = (first & 0xffff) as usize;
    let fragment = second & FRAGMENT != 0;
    let protocol = (third >> 16) as u8;
    let (source, destination) = (Ipv4Addr::from_bits(source), Ipv4Addr::from_bits(destination));
    let packet = bytes.get(..total).ok_or(length)?;
    let (header, payload) = packet.split_at_checked(header).ok_or(length)?;
    let checksum_right = Sum::new().bytes(header).finish() == 0;
    Ok(Packet { source, destination, protocol, checksum_right, fragment, payload })
}

/// Appends a header without options; the payload of the given length follows. Too long a payload is refused.
pub fn emit(
    out: &mut Vec<u8>,
    source: Ipv4Addr,
    destination: Ipv4Addr,
    protocol: u8,
    payload: usize,
) -> Result<(), Error> {
    let error = Error::new(Expected::ShorterPayload, out.len());
    let total = u16::try_from(HEADER_LENGTH + payload).map_err(|_| error)?;
    let [high, low] = total.to_be_bytes();
    // Version and length, service, total length, identification (none needed: not to be split), flags, TTL, protocol, sum.
    let mut header = [0x45, 0, high, low, 0, 0, 0x40, 0, 64, protocol, 0, 0];
    let sum = Sum::new().bytes(&header).bytes(&source.octets()).bytes(&destination.octets()).finish();
    if let Some(place) = header.last_chunk_mut::<2>() {
        *place = sum.to_be_bytes();
    }
    out.extend_from_slice(&header);
    out.extend_from_slice(&source.octets());
    out.extend_from_slice(&destination.octets());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FROM: Ipv4Addr = Ipv4Addr::new(10, 0, 2, 2);
    const TO: Ipv4Addr = Ipv4Addr::new(255, 255, 255, 255);

    fn packet() -> Vec<u8> {
        let mut bytes = Vec::new();
        emit(&mut bytes, FROM, TO, UDP, 3).unwrap();
        bytes.extend_from_slice(b"abc");
        bytes
    }

    #[test]
    fn a_packet_comes_back_without_its_padding() {
        let mut bytes = packet();
        bytes.extend_from_slice(&[0; 20]);
        let expected = Packet {
            source: FROM,
            destination: TO,
            protocol: UDP,
            checksum_right: true,
            fragment: false,
            payload: b"abc",
        };
        assert_eq!(parse(&bytes), Ok(expected));
        for length in 0..23 {
            assert!(parse(&bytes[..length]).is_err(), "{length}");
        }
    }

    #[test]
    fn options_are_stepped_over() {
        let mut bytes = packet();
        bytes[0] = 0x46;
        bytes[3] += 4;
        bytes.splice(20..20, [1, 1, 1, 0]);
        bytes[10] = 0;
        bytes[11] = 0;
        let sum = Sum::new().bytes(&bytes[..24]).finish();
        bytes[10..12].copy_from_slice(&sum.to_be_bytes());
        let packet = parse(&bytes).unwrap();
        assert!(packet.checksum_right);
        assert_eq!(packet.payload, b"abc");
    }

    #[test]
    fn pieces_and_wrong_sums_are_told() {
        for (byte, value) in [(6, 0x20), (7, 1), (6, 0x1f)] {
            let mut bytes = packet();
            bytes[byte] = value;
            let packet = parse(&bytes).unwrap();
            assert!(packet.fragment && !packet.checksum_right);
        }
    }

    #[test]
    fn lengths_that_lie_are_refused() {
        // (offset, value): version 6, header of 16 bytes, header longer than the packet, total below the header.
        for (byte, value) in [(0, 0x65), (0, 0x44), (0, 0x4f), (3, 19), (2, 0xff)] {
            let mut bytes = packet();
            bytes[byte] = value;
            assert!(parse(&bytes).is_err(), "byte {byte} = {value:#x}");
        }
        assert!(emit(&mut Vec::new(), FROM, TO, UDP, 65516).is_err());
    }
}
