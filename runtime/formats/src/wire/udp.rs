//! UDP (RFC 768) over IPv4.

use alloc::vec::Vec;
use core::net::Ipv4Addr;

use super::checksum::Sum;
use super::ipv4;
use crate::cursor::Cursor;
use crate::{Error, Expected};

/// Bytes of the header.
pub const HEADER_LENGTH: usize = 8;

/// A datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Datagram<'a> {
    /// Port it comes from.
    pub source: u16,
    /// Port it goes to.
    pub destination: u16,
    /// Whether the checksum is right, or was not made by the sender.
    pub checksum_right: bool,
    /// The bytes behind the header.
    pub payload: &'a [u8],
}

/// Reads the datagram in an IPv4 packet. Its length must be the packet's: neither bytes beyond the packet nor bytes that no
/// sum covers are let through.
pub fn parse<'a>(packet: &ipv4::Packet<'a>) -> Result<Datagram<'a>, Error> {
    let mut cursor = Cursor::new(packet.payload);
    let source = cursor.u16_be(Expected::UdpHeader)?;
    let destination = cursor.u16_be(Expected::UdpHeader)?;
    let error = cursor.error(Expected::UdpHeader);
    let length = cursor.u16_be(Expected::UdpHeader)?;
    let checksum = cursor.u16_be(Expected::UdpHeader)?;
    if usize::from(length) != packet.payload.len() {
        return Err(error);
    }
    let sum = Sum::pseudo_header(packet.source, packet.destination, ipv4::UDP, length);
    let checksum_right = checksum == 0 || sum.bytes(packet.payload).finish() == 0;
    Ok(Datagram { source, destination, checksum_right, payload: cursor.rest() })
}

/// One end of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Address.
    pub address: Ipv4Addr,
    /// Port.
    pub port: u16,
}

/// Appends an IPv4 packet with a datagram and both checksums. Too long a payload is refused.
pub fn emit(out: &mut Vec<u8>, source: Endpoint, destination: Endpoint, payload: &[u8]) -> Result<(), Error> {
    let error = Error::new(Expected::ShorterPayload, out.len());
    let length = u16::try_from(HEADER_LENGTH + payload.len()).map_err(|_| error)?;
    ipv4::emit(out, source.address, destination.address, ipv4::UDP, usize::from(length))?;
    let sum = Sum::pseudo_header(source.address, destination.address, ipv4::UDP, length)
        .word(source.port)
        .word(destination.port)
        .word(length)
        .bytes(payload)
        .finish();
    out.extend_from_slice(&source.port.to_be_bytes());
    out.extend_from_slice(&destination.port.to_be_bytes());
    out.extend_from_slice(&length.to_be_bytes());
    // Zero on the wire means "no checksum": a sum of zero travels as its other form.
    out.extend_from_slice(&(if sum == 0 { 0xffff } else { sum }).to_be_bytes());
    out.extend_from_slice(payload);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLIENT: Endpoint = Endpoint { address: Ipv4Addr::UNSPECIFIED, port: 68 };
    const SERVER: Endpoint = Endpoint { address: Ipv4Addr::BROADCAST, port: 67 };

    fn packet(payload: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        emit(&mut bytes, CLIENT, SERVER, payload).unwrap();
        bytes
    }

    #[test]
    fn a_datagram_comes_back() {
        for payload in [&b""[..], b"a", b"ab", &[0xff; 1472]] {
            let bytes = packet(payload);
            let datagram = parse(&ipv4::parse(&bytes).unwrap()).unwrap();
            assert_eq!(datagram, Datagram { source: 68, destination: 67, checksum_right: true, payload });
        }
        assert!(emit(&mut Vec::new(), CLIENT, SERVER, &[0; 65528]).is_err());
    }

    #[test]
    fn every_changed_byte_is_noticed() {
        let bytes = packet(b"abc");
        for at in 20..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 0x10;
            let seen = parse(&ipv4::parse(&changed).unwrap());
            assert!(seen.is_err() || !seen.unwrap().checksum_right, "byte {at}");
        }
    }

    #[test]
    fn a_sender_may_leave_the_sum_out() {
        let mut bytes = packet(b"abc");
        bytes[26] = 0;
        bytes[27] = 0;
        assert!(parse(&ipv4::parse(&bytes).unwrap()).unwrap().checksum_right);
    }

    #[test]
    fn lengths_that_lie_and_cut_packets_are_refused() {
        let bytes = packet(b"abc");
        for length in [0_u8, 7, 8, 10, 12, 255] {
            let mut changed = bytes.clone();
            changed[25] = length;
            assert!(parse(&ipv4::parse(&changed).unwrap()).is_err(), "{length}");
        }
        let whole = ipv4::parse(&bytes).unwrap();
        for length in 0..whole.payload.len() {
            let cut = ipv4::Packet { payload: &whole.payload[..length], ..whole };
            assert!(parse(&cut).is_err(), "{length}");
        }
    }
}
