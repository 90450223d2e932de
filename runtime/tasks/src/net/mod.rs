//! Sockets of tasks: one type for streams, one for what takes them, and one for messages, whatever the family of addresses.

mod datagram;
mod descriptors;
mod listener;
mod stream;

use core::net::{SocketAddr, SocketAddrV4, SocketAddrV6};

use linux::Result;
use linux::net::{
    self, Address, AddressArg, Family, NetlinkAddress, PacketAddress, Protocol, SocketKind, UnixAddress,
};

use crate::reactor::{Reactor, Watched};

pub use datagram::Datagram;
pub use listener::{Incoming, Listener};
pub use stream::{Chunks, Stream};

/// Addresses that know their family.
pub trait Endpoint: AddressArg {
    /// Gives the family.
    fn family(&self) -> Family;
}

macro_rules! endpoints {
    ($($kind:ty: $family:ident),* $(,)?) => {$(
        impl Endpoint for $kind {
            fn family(&self) -> Family {
                Family::$family
            }
        }
    )*};
}

endpoints! {
    SocketAddrV4: IPV4,
    SocketAddrV6: IPV6,
    UnixAddress: UNIX,
    NetlinkAddress: NETLINK,
    PacketAddress: PACKET,
}

impl Endpoint for SocketAddr {
    fn family(&self) -> Family {
        match self {
            Self::V4(address) => address.family(),
            Self::V6(address) => address.family(),
        }
    }
}

impl Endpoint for Address {
    fn family(&self) -> Family {
        match self {
            Self::Ipv4(address) => address.family(),
            Self::Ipv6(address) => address.family(),
            Self::Unix(address) => address.family(),
            Self::Netlink(address) => address.family(),
            Self::Packet(address) => address.family(),
            Self::Other(family) => *family,
        }
    }
}

fn socket(reactor: &Reactor, family: Family, kind: SocketKind) -> Result<Watched<'_>> {
    Watched::new(reactor, net::socket(family, kind, reactor.socket_flags(), Protocol::DEFAULT)?)
}

macro_rules! sockets {
    ($($socket:ident),*) => {$(
        impl linux::fd::AsFd for $socket<'_> {
            fn as_fd(&self) -> linux::fd::BorrowedFd<'_> {
                linux::fd::AsFd::as_fd(&self.0)
            }
        }

        impl core::fmt::Debug for $socket<'_> {
            fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                write!(formatter, concat!(stringify!($socket), "({:?})"), linux::fd::AsFd::as_fd(&self.0))
            }
        }
    )*};
}

use sockets;
