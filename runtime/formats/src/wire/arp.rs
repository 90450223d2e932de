//! Address resolution for IPv4 over Ethernet (RFC 826), and the two shapes that guard an address (RFC 5227).

use alloc::vec::Vec;
use core::net::Ipv4Addr;

use super::ethernet::{self, EtherType, Mac};
use crate::cursor::Cursor;
use crate::{Error, Expected};

/// Question or answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation(pub u16);

impl Operation {
    /// Who has the target's address?
    pub const REQUEST: Self = Self(1);
    /// The sender has the sender's address.
    pub const REPLY: Self = Self(2);
}

/// One packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet {
    /// Question or answer.
    pub operation: Operation,
    /// The station that speaks.
    pub sender_hardware: Mac,
    /// Its address; 0.0.0.0 in a probe.
    pub sender: Ipv4Addr,
    /// The station asked for or answered; not used in a question.
    pub target_hardware: Mac,
    /// The address asked for.
    pub target: Ipv4Addr,
}

impl Packet {
    /// Makes the question whether anybody uses an address, which changes nobody's cache (RFC 5227 section 1.1).
    pub const fn probe(hardware: Mac, address: Ipv4Addr) -> Self {
        Self {
            operation: Operation::REQUEST,
            sender_hardware: hardware,
            sender: Ipv4Addr::UNSPECIFIED,
            target_hardware: Mac::ZERO,
            target: address,
        }
    }

    /// Makes the claim of an address: a question in which sender and target are the same.
    pub const fn announcement(hardware: Mac, address: Ipv4Addr) -> Self {
        Self { sender: address, ..Self::probe(hardware, address) }
    }

    /// Makes the broadcast frame around the packet.
    pub fn frame(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(60);
        ethernet::emit(&mut out, Mac::BROADCAST, self.sender_hardware, EtherType::ARP);
        self.emit(&mut out);
        // The shortest Ethernet frame has 60 bytes; most cards pad by themselves, not all virtual ones do.
        out.resize(60, 0);
        out
    }

    /// Appends the packet.
    pub fn emit(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&HEADER);
        out.extend_from_slice(&self.operation.0.to_be_bytes());
        out.extend_from_slice(&self.sender_hardware.0);
        out.extend_from_slice(&self.sender.octets());
        out.extend_from_slice(&self.target_hardware.0);
        out.extend_from_slice(&self.target.octets());
    }
}

/// Hardware type 1 (Ethernet), protocol type IPv4, address lengths 6 and 4.
const HEADER: [u8; 6] = [0, 1, 8, 0, 6, 4];

/// Reads a packet; anything but IPv4 over Ethernet is refused, padding behind it is left.
pub fn parse(bytes: &[u8]) -> Result<Packet, Error> {
    let mut cursor = Cursor::new(bytes);
    let error = cursor.error(Expected::ArpPacket);
    if cursor.array::<6>(Expected::ArpPacket)? != HEADER {
        return Err(error);
    }
    Ok(Packet {
        operation: Operation(cursor.u16_be(Expected::ArpPacket)?),
        sender_hardware: Mac(cursor.array(Expected::ArpPacket)?),
        sender: Ipv4Addr::from(cursor.array(Expected::ArpPacket)?),
        target_hardware: Mac(cursor.array(Expected::ArpPacket)?),
        target: Ipv4Addr::from(cursor.array(Expected::ArpPacket)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const US: Mac = Mac([0x52, 0x54, 0, 0x12, 0x34, 0x56]);
    const ADDRESS: Ipv4Addr = Ipv4Addr::new(10, 0, 2, 15);

    #[test]
    fn a_probe_is_these_bytes() {
        let mut bytes = Vec::new();
        Packet::probe(US, ADDRESS).emit(&mut bytes);
        #[rustfmt::skip]
        assert_eq!(bytes, [
            0, 1, 8, 0, 6, 4, 0, 1,                           // Ethernet, IPv4, lengths, request
            0x52, 0x54, 0, 0x12, 0x34, 0x56, 0, 0, 0, 0,      // sender: us, no address
            0, 0, 0, 0, 0, 0, 10, 0, 2, 15,                   // target
        ]);
    }

    #[test]
    fn packets_come_back_and_no_shorter_ones() {
        let packet = Packet::announcement(US, ADDRESS);
        let frame = packet.frame();
        assert_eq!(frame.len(), 60);
        let payload = ethernet::parse(&frame).unwrap().payload;
        assert_eq!(parse(payload), Ok(packet));
        for length in 0..28 {
            assert!(parse(&payload[..length]).is_err(), "{length}");
        }
        for byte in 0..6 {
            let mut other = payload.to_vec();
            other[byte] ^= 1;
            assert!(parse(&other).is_err(), "header byte {byte}");
        }
    }
}
