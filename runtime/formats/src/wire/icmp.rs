//! ICMP of IPv4 (RFC 792) and IPv6 (RFC 4443): echo, and the names of what routers say of packets.

use alloc::vec::Vec;

use super::checksum::Sum;
use crate::cursor::Cursor;
use crate::{Error, Expected};

/// Types of messages of IPv4.
pub mod v4 {
    /// Echo reply.
    pub const ECHO_REPLY: u8 = 0;
    /// Destination unreachable.
    pub const UNREACHABLE: u8 = 3;
    /// Echo request.
    pub const ECHO_REQUEST: u8 = 8;
    /// Time exceeded.
    pub const TIME_EXCEEDED: u8 = 11;
}

/// Types of messages of IPv6.
pub mod v6 {
    /// Destination unreachable.
    pub const UNREACHABLE: u8 = 1;
    /// Packet too big.
    pub const TOO_BIG: u8 = 2;
    /// Time exceeded.
    pub const TIME_EXCEEDED: u8 = 3;
    /// Echo request.
    pub const ECHO_REQUEST: u8 = 128;
    /// Echo reply.
    pub const ECHO_REPLY: u8 = 129;
}

/// An echo request or reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Echo<'a> {
    /// Whether it is the reply.
    pub is_reply: bool,
    /// Who asks, of those on the machine.
    pub id: u16,
    /// Which of his requests it is.
    pub sequence: u16,
    /// What comes back as it was sent.
    pub payload: &'a [u8],
}

/// Bytes before the payload.
pub const HEADER_LENGTH: usize = 8;

/// Appends an echo request. Its checksum is that of IPv4; that of IPv6 covers addresses, and is the kernel's to make.
pub fn emit_request(out: &mut Vec<u8>, is_ipv6: bool, id: u16, sequence: u16, payload: &[u8]) {
    let kind = if is_ipv6 { v6::ECHO_REQUEST } else { v4::ECHO_REQUEST };
    let first = u16::from_be_bytes([kind, 0]);
    let sum = Sum::new().word(first).word(id).word(sequence).bytes(payload).finish();
    for word in [first, if is_ipv6 { 0 } else { sum }, id, sequence] {
        out.extend_from_slice(&word.to_be_bytes());
    }
    out.extend_from_slice(payload);
}

/// Reads an echo request or reply; any other message is refused. The kernel has checked the sum of what comes.
pub fn parse(bytes: &[u8], is_ipv6: bool) -> Result<Echo<'_>, Error> {
    let mut cursor = Cursor::new(bytes);
    let start = cursor.error(Expected::IcmpEcho);
    let [kind, code] = cursor.array(Expected::IcmpEcho)?;
    let is_reply = match (is_ipv6, kind) {
        (false, v4::ECHO_REPLY) | (true, v6::ECHO_REPLY) => true,
        (false, v4::ECHO_REQUEST) | (true, v6::ECHO_REQUEST) => false,
        _ => return Err(start),
    };
    cursor.u16_be(Expected::IcmpEcho)?;
    let (id, sequence) = (cursor.u16_be(Expected::IcmpEcho)?, cursor.u16_be(Expected::IcmpEcho)?);
    if code != 0 {
        return Err(start);
    }
    Ok(Echo { is_reply, id, sequence, payload: cursor.rest() })
}

/// Says in words what a router says of a packet, by type and code.
pub const fn describe(is_ipv6: bool, kind: u8, code: u8) -> &'static str {
    match (is_ipv6, kind, code) {
        (false, v4::UNREACHABLE, 0) => "Destination Net Unreachable",
        (false, v4::UNREACHABLE, 1) | (true, v6::UNREACHABLE, 3) => "Destination Host Unreachable",
        (false, v4::UNREACHABLE, 2) => "Destination Protocol Unreachable",
        (false, v4::UNREACHABLE, 3) | (true, v6::UNREACHABLE, 4) => "Destination Port Unreachable",
        (false, v4::UNREACHABLE, 4) | (true, v6::TOO_BIG, _) => "Packet Too Big",
        (false, v4::UNREACHABLE, 9 | 10 | 13) | (true, v6::UNREACHABLE, 1 | 5 | 6) => "Packet Filtered",
        (true, v6::UNREACHABLE, 0) => "No Route To Destination",
        (false, v4::UNREACHABLE, _) | (true, v6::UNREACHABLE, _) => "Destination Unreachable",
        (false, v4::TIME_EXCEEDED, 1) | (true, v6::TIME_EXCEEDED, 1) => "Fragments Did Not Come In Time",
        (false, v4::TIME_EXCEEDED, _) | (true, v6::TIME_EXCEEDED, _) => "Time To Live Exceeded",
        _ => "Not Delivered",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_these_bytes() {
        let mut bytes = Vec::new();
        emit_request(&mut bytes, false, 0x1234, 2, b"abc");
        assert_eq!(bytes[..2], [8, 0]);
        assert_eq!(bytes[4..], [0x12, 0x34, 0, 2, b'a', b'b', b'c']);
        assert_eq!(Sum::new().bytes(&bytes).finish(), 0);
        bytes.clear();
        emit_request(&mut bytes, true, 1, 2, b"");
        assert_eq!(bytes, [128, 0, 0, 0, 0, 1, 0, 2]);
    }

    #[test]
    fn echoes_are_read_and_no_shorter_ones() {
        let bytes = [0, 0, 0xff, 0xff, 0x12, 0x34, 0, 7, b'x'];
        let expected = Echo { is_reply: true, id: 0x1234, sequence: 7, payload: b"x" };
        assert_eq!(parse(&bytes, false), Ok(expected));
        for length in 0..HEADER_LENGTH {
            assert!(parse(&bytes[..length], false).is_err(), "{length}");
        }
        for (first, second, is_ipv6) in [(3, 1, false), (0, 1, false), (0, 0, true), (129, 0, false)] {
            assert!(parse(&[first, second, 0, 0, 0, 0, 0, 0], is_ipv6).is_err(), "{first} {second}");
        }
        assert!(!parse(&[128, 0, 0, 0, 0, 1, 0, 2], true).unwrap().is_reply);
    }
}
