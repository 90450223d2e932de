//! Packets that are made by hand.

use std::net::{Ipv4Addr, SocketAddrV4};

use formats::wire::checksum::Sum;
use formats::wire::udp::{self, Endpoint};
use linux::Errno;
use linux::net::{
    Address, Family, MessageFlags, Protocol, SocketFlags, SocketKind, recvfrom, sendto, socket,
};

use crate::support::{bound, have, only_root};

fn ip_checksum() {
    // A header whose own field is zero.
    let header = [0x45, 0, 0, 0x73, 0, 0, 0x40, 0, 0x40, 0x11, 0, 0, 0xc0, 0xa8, 0, 1, 0xc0, 0xa8, 0, 0xc7];
    // The sum of the seeds is 0x61b8 as a processor of little end reads it.
    assert_eq!(Sum::new().bytes(&header).finish(), 0xb861);
}

fn raw_udp_root() {
    only_root();
    let (receiver, address) = bound(Family::IPV4, SocketKind::DATAGRAM);
    let Address::Ipv4(to) = address else { panic!("{address:?}") };
    // Protocol 255: the header of IP is ours too.
    let raw = socket(Family::IPV4, SocketKind::RAW, SocketFlags::CLOSE_ON_EXEC, Protocol(255));
    let raw = have(raw, &[Errno::PERM], "raw sockets");
    let from = Endpoint { address: Ipv4Addr::LOCALHOST, port: 666 };
    let mut packet = Vec::new();
    udp::emit(&mut packet, from, Endpoint { address: *to.ip(), port: to.port() }, b"raw message").unwrap();
    sendto(&raw, &packet, MessageFlags::empty(), &SocketAddrV4::new(*to.ip(), 0)).unwrap();
    let mut buffer = [0; 64];
    let (count, sender) = recvfrom(&receiver, &mut buffer, MessageFlags::empty()).unwrap();
    assert_eq!(&buffer[..count], b"raw message");
    assert_eq!(sender, Some(Address::Ipv4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 666))));
}

tests![ip_checksum, raw_udp_root];
