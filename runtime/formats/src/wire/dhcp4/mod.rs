//! DHCP for IPv4: the fixed part of a message (RFC 2131 section 2); options and their values have files of their own.
//!
//! A message is taken apart as far as it can be, whatever its values: which message a client may believe is decided by
//! `protocols::dhcp`.

mod addresses;
mod names;
mod option;
mod routes;
mod variables;

use alloc::vec::Vec;
use core::net::Ipv4Addr;

use super::ethernet::Mac;
use crate::cursor::Cursor;
use crate::{Error, Expected};

pub use addresses::{address, addresses, byte, mask_prefix, mask_prefix_by_class, seconds, short};
pub use names::{domain_names, fully_qualified, is_domain_name, message_text, name_text};
pub use option::{Code, MAGIC_COOKIE, MessageType, Options, put};
pub use routes::{Routes, classful, classless};
pub use variables::{code, variables};

/// The port of servers.
pub const SERVER_PORT: u16 = 67;
/// The port of clients.
pub const CLIENT_PORT: u16 = 68;

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation(pub u8);

impl Operation {
    /// A client.
    pub const REQUEST: Self = Self(1);
    /// A server.
    pub const REPLY: Self = Self(2);
}

/// The fixed part without the two text fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Who speaks (op).
    pub operation: Operation,
    /// 1 for Ethernet (htype).
    pub hardware_type: u8,
    /// 6 for Ethernet (hlen).
    pub hardware_length: u8,
    /// Relays passed (hops).
    pub hops: u8,
    /// The number that ties replies to a question (xid).
    pub transaction: u32,
    /// Seconds since the client began (secs).
    pub seconds: u16,
    /// Whether replies should be broadcast (the highest of flags).
    pub broadcast: bool,
    /// The client's address when it has one (ciaddr).
    pub client: Ipv4Addr,
    /// The address that the server gives (yiaddr).
    pub yours: Ipv4Addr,
    /// The next server of the boot (siaddr).
    pub next_server: Ipv4Addr,
    /// The relay (giaddr).
    pub relay: Ipv4Addr,
    /// The client's hardware address (chaddr); what follows its six bytes is not looked at.
    pub hardware: Mac,
}

/// The highest bit of flags.
const BROADCAST_FLAG: u16 = 0x8000;

/// Bytes of chaddr behind an Ethernet address.
const HARDWARE_PADDING: usize = 10;

/// Bytes of sname and file.
const TEXT_LENGTHS: (usize, usize) = (64, 128);

impl Header {
    /// Makes the header of a client's message without addresses.
    pub const fn request(hardware: Mac, transaction: u32) -> Self {
        Self {
            operation: Operation::REQUEST,
            hardware_type: 1,
            hardware_length: 6,
            hops: 0,
            transaction,
            seconds: 0,
            broadcast: false,
            client: Ipv4Addr::UNSPECIFIED,
            yours: Ipv4Addr::UNSPECIFIED,
            next_server: Ipv4Addr::UNSPECIFIED,
            relay: Ipv4Addr::UNSPECIFIED,
            hardware,
        }
    }

    /// Appends the fixed part with empty text fields; cookie and options follow.
    pub fn emit(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&[self.operation.0, self.hardware_type, self.hardware_length, self.hops]);
        out.extend_from_slice(&self.transaction.to_be_bytes());
        out.extend_from_slice(&self.seconds.to_be_bytes());
        out.extend_from_slice(&(if self.broadcast { BROADCAST_FLAG } else { 0 }).to_be_bytes());
        for address in [self.client, self.yours, self.next_server, self.relay] {
            out.extend_from_slice(&address.octets());
        }
        out.extend_from_slice(&self.hardware.0);
        out.resize(out.len() + HARDWARE_PADDING + TEXT_LENGTHS.0 + TEXT_LENGTHS.1, 0);
    }
}

/// A message: the fixed part, and where options may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message<'a> {
    /// The fixed part.
    pub header: Header,
    /// The server's name, or options (sname).
    pub server_name: &'a [u8],
    /// The name of the boot file, or options (file).
    pub file: &'a [u8],
    /// The magic cookie and the options.
    pub rest: &'a [u8],
}

/// Splits a message. It may end right behind the fixed part, as BOOTP's does.
pub fn parse(bytes: &[u8]) -> Result<Message<'_>, Error> {
    let mut cursor = Cursor::new(bytes);
    let [first, transaction, times, client, yours, next_server, relay] =
        cursor.u32s_be(Expected::DhcpHeader)?;
    let [operation, hardware_type, hardware_length, hops] = first.to_be_bytes();
    let header = Header {
        operation: Operation(operation),
        hardware_type,
        hardware_length,
        hops,
        transaction,
        seconds: (times >> 16) as u16,
        broadcast: times as u16 & BROADCAST_FLAG != 0,
        client: Ipv4Addr::from_bits(client),
        yours: Ipv4Addr::from_bits(yours),
        next_server: Ipv4Addr::from_bits(next_server),
        relay: Ipv4Addr::from_bits(relay),
        hardware: Mac(cursor.array(Expected::DhcpHeader)?),
    };
    cursor.take(HARDWARE_PADDING, Expected::DhcpHeader)?;
    let server_name = cursor.take(TEXT_LENGTHS.0, Expected::DhcpHeader)?;
    let file = cursor.take(TEXT_LENGTHS.1, Expected::DhcpHeader)?;
    Ok(Message { header, server_name, file, rest: cursor.rest() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fixed_part_lies_where_the_rfc_puts_it() {
        let header = Header {
            seconds: 0x0102,
            broadcast: true,
            client: Ipv4Addr::new(10, 0, 0, 1),
            yours: Ipv4Addr::new(10, 0, 0, 2),
            next_server: Ipv4Addr::new(10, 0, 0, 3),
            relay: Ipv4Addr::new(10, 0, 0, 4),
            ..Header::request(Mac([0x52, 0x54, 0, 0x12, 0x34, 0x56]), 0xdead_beef)
        };
        let mut bytes = Vec::new();
        header.emit(&mut bytes);
        assert_eq!(bytes.len(), 236);
        #[rustfmt::skip]
        assert_eq!(bytes[..34], [
            1, 1, 6, 0,                             // op, htype, hlen, hops
            0xde, 0xad, 0xbe, 0xef,                 // xid
            1, 2, 0x80, 0,                          // secs, flags
            10, 0, 0, 1, 10, 0, 0, 2,               // ciaddr, yiaddr
            10, 0, 0, 3, 10, 0, 0, 4,               // siaddr, giaddr
            0x52, 0x54, 0, 0x12, 0x34, 0x56,        // chaddr
        ]);
        bytes[44] = b's';
        bytes[108] = b'f';
        bytes.push(9);
        let message = parse(&bytes).unwrap();
        assert_eq!(message.header, header);
        assert_eq!((message.server_name[0], message.server_name.len()), (b's', 64));
        assert_eq!((message.file[0], message.file.len()), (b'f', 128));
        assert_eq!(message.rest, [9]);
        for length in 0..236 {
            assert!(parse(&bytes[..length]).is_err(), "{length}");
        }
        assert!(parse(&bytes[..236]).unwrap().rest.is_empty());
    }
}
