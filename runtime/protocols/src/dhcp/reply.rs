//! What a frame holds for us, checked as far as it can be without knowing what we asked: lengths, sums, addressee, kind.

use core::net::Ipv4Addr;

use formats::wire::dhcp4::{self, CLIENT_PORT, Code, Header, MAGIC_COOKIE, MessageType, Operation, Options};
use formats::wire::ethernet::{self, EtherType, Mac};
use formats::wire::{arp, ipv4, udp};

use super::drops::Drop;

/// A server's answer.
#[derive(Clone, Debug)]
pub(super) struct Reply<'a> {
    /// What it is.
    pub(super) kind: Kind,
    /// The fixed part.
    pub(super) header: Header,
    /// The options, each readable.
    pub(super) options: Options<'a>,
    /// The message whole, where somebody wants more of it than a lease has.
    #[cfg(feature = "messages")]
    pub(super) message: &'a [u8],
    /// The station that it came from: the server, or the relay.
    pub(super) station: Mac,
    /// The address that it came from.
    pub(super) source: Ipv4Addr,
}

/// What servers say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Offer,
    Ack,
    Nak,
}

/// What a frame holds.
#[derive(Clone, Debug)]
pub(super) enum Incoming<'a> {
    /// An answer of a server to our station.
    Reply(Reply<'a>),
    /// An ARP packet; broadcast or not.
    Arp(arp::Packet, bool),
    /// Nothing that concerns us.
    Other,
}

/// Takes a frame apart.
pub(super) fn read<'a>(
    bytes: &'a [u8],
    checksum_ready: bool,
    us: Mac,
    client_id: &[u8],
) -> Result<Incoming<'a>, Drop> {
    let frame = ethernet::parse(bytes).map_err(|_| Drop::Truncated)?;
    let group = !frame.destination.is_unicast();
    if frame.source == us || !(group || frame.destination == us) {
        return Ok(Incoming::Other);
    }
    match frame.kind {
        EtherType::ARP => match arp::parse(frame.payload) {
            Ok(packet) => Ok(Incoming::Arp(packet, group)),
            Err(_) => Err(Drop::Arp),
        },
        EtherType::IPV4 => match datagram(frame.payload, checksum_ready)? {
            Some((source, payload)) => {
                message(payload, us, client_id, (frame.source, source)).map(Incoming::Reply)
            }
            None => Ok(Incoming::Other),
        },
        _ => Ok(Incoming::Other),
    }
}

/// Takes sender and payload out of a UDP packet to the client's port; none when it is another packet.
fn datagram(bytes: &[u8], checksum_ready: bool) -> Result<Option<(Ipv4Addr, &[u8])>, Drop> {
    let packet = ipv4::parse(bytes).map_err(|_| Drop::IpHeader)?;
    if packet.protocol != ipv4::UDP {
        return Ok(None);
    }
    if !packet.checksum_right {
        return Err(Drop::IpChecksum);
    }
    if !(packet.source.is_unspecified() || may_be_host(packet.source)) {
        return Err(Drop::Sender);
    }
    if packet.fragment {
        return Err(Drop::Fragment);
    }
    let datagram = udp::parse(&packet).map_err(|_| Drop::UdpLength)?;
    if datagram.destination != CLIENT_PORT {
        return Ok(None);
    }
    if checksum_ready && !datagram.checksum_right {
        return Err(Drop::UdpChecksum);
    }
    Ok(Some((packet.source, datagram.payload)))
}

/// Checks a message from a station and an address in the order of [`Drop`].
fn message<'a>(
    bytes: &'a [u8],
    us: Mac,
    client_id: &[u8],
    (station, source): (Mac, Ipv4Addr),
) -> Result<Reply<'a>, Drop> {
    let message = dhcp4::parse(bytes).map_err(|_| Drop::Truncated)?;
    let header = message.header;
    if header.operation != Operation::REPLY {
        return Err(Drop::NotReply);
    }
    if (header.hardware_type, header.hardware_length) != (1, 6) {
        return Err(Drop::HardwareType);
    }
    if !message.rest.starts_with(&MAGIC_COOKIE.to_be_bytes()) {
        return Err(Drop::Cookie);
    }
    if header.hardware != us {
        return Err(Drop::ClientHardware);
    }
    let options = Options::of(&message).map_err(|_| Drop::Options)?;
    if options.get(Code::CLIENT_ID).is_some_and(|echo| echo != client_id) {
        return Err(Drop::ClientId);
    }
    let kind = options.get(Code::MESSAGE_TYPE).ok_or(Drop::NoMessageType)?;
    let kind = dhcp4::byte(kind).map_err(|_| Drop::NoMessageType)?;
    let kind = match MessageType(kind) {
        MessageType::OFFER => Kind::Offer,
        MessageType::ACK => Kind::Ack,
        MessageType::NAK => Kind::Nak,
        // Not authenticated, so that anybody could make us ask, and a forged server answer (CVE-2020-13529).
        MessageType::FORCE_RENEW => return Err(Drop::ForceRenew),
        _ => return Err(Drop::MessageType),
    };
    Ok(Reply {
        kind,
        header,
        options,
        #[cfg(feature = "messages")]
        message: bytes,
        station,
        source,
    })
}

impl Reply<'_> {
    /// Gives the server that speaks (option 54); without one, nothing ties an answer to a server.
    pub(super) fn server(&self) -> Result<Ipv4Addr, Drop> {
        let value = self.options.get(Code::SERVER).ok_or(Drop::NoServer)?;
        let server = dhcp4::address(value).map_err(|_| Drop::NoServer)?;
        if may_be_host(server) { Ok(server) } else { Err(Drop::BadServer) }
    }
}

/// Says whether an address can be a host's: not in 0/8 or 127/8, not multicast, reserved or broadcast (RFC 1122 section
/// 3.2.1.3, RFC 6890). Link-local addresses (169.254/16) may be: links without a router are run so on purpose.
pub(super) fn may_be_host(address: Ipv4Addr) -> bool {
    let [first, ..] = address.octets();
    !matches!(first, 0 | 127 | 224..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_what_cannot_be_one() {
        for good in [[1, 0, 0, 1], [10, 0, 2, 15], [126, 0, 0, 1], [169, 254, 1, 1], [223, 255, 255, 1]] {
            assert!(may_be_host(good.into()), "{good:?}");
        }
        for bad in [[0, 0, 0, 0], [0, 1, 2, 3], [127, 0, 0, 5], [224, 0, 0, 9], [240, 0, 0, 1], [255; 4]] {
            assert!(!may_be_host(bad.into()), "{bad:?}");
        }
    }

    #[test]
    fn frames_of_others_are_none_of_our_business() {
        let us = Mac([2, 0, 0, 0, 0, 1]);
        let other = Mac([2, 0, 0, 0, 0, 2]);
        let read = |destination: Mac, source: Mac, kind: EtherType| {
            let mut bytes = Vec::new();
            ethernet::emit(&mut bytes, destination, source, kind);
            read(&bytes, true, us, &[]).map(|incoming| matches!(incoming, Incoming::Other))
        };
        assert_eq!(read(other, other, EtherType::IPV4), Ok(true));
        assert_eq!(read(Mac::BROADCAST, us, EtherType::ARP), Ok(true));
        assert_eq!(read(us, other, EtherType(0x86dd)), Ok(true));
        assert_eq!(read(us, other, EtherType::IPV4), Err(Drop::IpHeader));
        assert_eq!(read(Mac::BROADCAST, other, EtherType::ARP), Err(Drop::Arp));
    }
}
