//! Packets of any protocol: raw sockets of the internet (raw(7)), packets of a link (packet(7)), netlink (netlink(7)).

use linux::fd::OwnedFd;
use linux::net::{
    Address, AddressArg, Family, MessageFlags, PacketAddress, Protocol, SocketKind, bind, getsockname,
    recvfrom, sendto,
};
use linux::{Errno, Result};

use crate::Socket;
use crate::socket::{descriptor, make};

/// A socket of messages below UDP and TCP, or beside them.
#[derive(Debug)]
pub struct RawSocket(OwnedFd);

descriptor!(@ RawSocket);

/// No descriptors come by it, and packet sockets refuse to be asked that execve closes them.
impl Socket for RawSocket {
    fn receives_by(&self) -> MessageFlags {
        MessageFlags::empty()
    }
}

impl RawSocket {
    /// Makes one of a family, kind and protocol.
    ///
    /// # Errors
    /// `PERM` (most need CAP_NET_RAW), `AFNOSUPPORT`, `PROTONOSUPPORT`.
    pub fn new(family: Family, kind: SocketKind, protocol: Protocol) -> Result<Self> {
        make(family, kind, protocol).map(Self)
    }

    /// Makes one for echo requests (ping): a raw socket where that is allowed, else one of the kernel's own kind (icmp(7)), which
    /// needs no privileges where `net.ipv4.ping_group_range` has the group.
    ///
    /// # Errors
    /// `ACCES`, `PERM`, `INVAL` (a family without ICMP).
    pub fn echo(family: Family) -> Result<Self> {
        let protocol = match family {
            Family::IPV4 => Protocol::ICMP,
            Family::IPV6 => Protocol::ICMPV6,
            _ => return Err(Errno::INVAL),
        };
        match Self::new(family, SocketKind::RAW, protocol) {
            Err(Errno::PERM) => Self::new(family, SocketKind::DATAGRAM, protocol),
            other => other,
        }
    }

    /// Makes one that receives the packets of an Ethernet type on an interface, their link's header with them; type 3 stands for
    /// all, interface 0 for every one.
    ///
    /// # Errors
    /// `PERM` (needs CAP_NET_RAW), `NODEV`.
    pub fn packets(interface: u32, protocol: u16) -> Result<Self> {
        // Of no protocol until it is bound: else packets of other links would wait in it.
        let socket = Self::new(Family::PACKET, SocketKind::RAW, Protocol::DEFAULT)?;
        socket.bind(&PacketAddress::interface(interface, protocol))?;
        Ok(socket)
    }

    /// Gives it an address.
    ///
    /// # Errors
    /// Those of `bind(2)`.
    pub fn bind(&self, address: &impl AddressArg) -> Result<()> {
        bind(&self.0, address)
    }

    /// Sends a message to an address.
    ///
    /// # Errors
    /// Those of `send(2)`.
    pub fn send_to(&self, bytes: &[u8], to: &impl AddressArg) -> Result<usize> {
        sendto(&self.0, bytes, MessageFlags::NO_SIGNAL, to)
    }

    /// Receives a message, with the address of its sender; what does not fit the buffer is lost.
    ///
    /// # Errors
    /// Those of `recv(2)`.
    pub fn recv_from(&self, buffer: &mut [u8]) -> Result<(usize, Option<Address>)> {
        recvfrom(&self.0, buffer, MessageFlags::empty())
    }

    /// Gives the address of this end.
    ///
    /// # Errors
    /// Those of `getsockname(2)`.
    pub fn local_address(&self) -> Result<Option<Address>> {
        getsockname(&self.0)
    }
}
