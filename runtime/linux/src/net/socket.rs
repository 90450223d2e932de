//! New sockets: socket(2), socketpair(2).

use crate::Result;
use crate::fd::{OwnedFd, RawFd};
use linux_raw_sys::net as kernel;

/// A family of addresses; open, since there are many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Family(pub u16);

impl Family {
    /// AF_UNSPEC.
    pub const UNSPECIFIED: Self = Self(kernel::AF_UNSPEC as u16);
    /// AF_UNIX.
    pub const UNIX: Self = Self(kernel::AF_UNIX as u16);
    /// AF_INET.
    pub const IPV4: Self = Self(kernel::AF_INET as u16);
    /// AF_INET6.
    pub const IPV6: Self = Self(kernel::AF_INET6 as u16);
    /// AF_NETLINK.
    pub const NETLINK: Self = Self(kernel::AF_NETLINK as u16);
    /// AF_PACKET.
    pub const PACKET: Self = Self(kernel::AF_PACKET as u16);
}

/// A kind of socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SocketKind(pub u32);

impl SocketKind {
    /// SOCK_STREAM: bytes in order.
    pub const STREAM: Self = Self(kernel::SOCK_STREAM);
    /// SOCK_DGRAM: messages; of packet sockets, without the link's header.
    pub const DATAGRAM: Self = Self(kernel::SOCK_DGRAM);
    /// SOCK_RAW: messages with the headers of the layer below.
    pub const RAW: Self = Self(kernel::SOCK_RAW);
    /// SOCK_SEQPACKET: messages in order.
    pub const SEQUENCED_PACKET: Self = Self(kernel::SOCK_SEQPACKET);
}

/// A protocol within a family; its meaning is the family's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Protocol(pub u32);

impl Protocol {
    /// 0: the one that the kind implies; of a packet socket, none until it is bound.
    pub const DEFAULT: Self = Self(0);
    /// IPPROTO_ICMP.
    pub const ICMP: Self = Self(1);
    /// IPPROTO_TCP.
    pub const TCP: Self = Self(6);
    /// IPPROTO_UDP.
    pub const UDP: Self = Self(17);
    /// IPPROTO_ICMPV6.
    pub const ICMPV6: Self = Self(kernel::IPPROTO_ICMPV6);
    /// NETLINK_ROUTE.
    pub const NETLINK_ROUTE: Self = Self(linux_raw_sys::netlink::NETLINK_ROUTE);
    /// NETLINK_KOBJECT_UEVENT.
    pub const NETLINK_UEVENT: Self = Self(linux_raw_sys::netlink::NETLINK_KOBJECT_UEVENT);
    /// NETLINK_GENERIC.
    pub const NETLINK_GENERIC: Self = Self(linux_raw_sys::netlink::NETLINK_GENERIC);

    /// Makes a packet socket's protocol from an Ethernet type.
    pub const fn ethernet(kind: u16) -> Self {
        Self(kind.to_be() as u32)
    }
}

bitflags::bitflags! {
    /// What a new socket is to be.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct SocketFlags: u32 {
        /// SOCK_CLOEXEC: closed by execve.
        const CLOSE_ON_EXEC = linux_raw_sys::general::O_CLOEXEC;
        /// SOCK_NONBLOCK: calls give `AGAIN` instead of waiting.
        const NONBLOCK = linux_raw_sys::general::O_NONBLOCK;
        const _ = !0;
    }
}

/// Makes a socket.
///
/// # Errors
/// `AFNOSUPPORT`, `PROTONOSUPPORT`, `PERM` (raw sockets), `MFILE`, `NFILE`, `INVAL`. See `socket(2)`.
pub fn socket(family: Family, kind: SocketKind, flags: SocketFlags, protocol: Protocol) -> Result<OwnedFd> {
    let kind = kind.0 | flags.bits();
    // SAFETY: integers only.
    unsafe { syscall!(__NR_socket, u32::from(family.0), kind, protocol.0) }.map(OwnedFd::made)
}

/// Makes two sockets that are connected to each other.
///
/// # Errors
/// `AFNOSUPPORT`, `OPNOTSUPP`, `MFILE`, `NFILE`. See `socketpair(2)`.
pub fn socketpair(family: Family, kind: SocketKind, flags: SocketFlags) -> Result<(OwnedFd, OwnedFd)> {
    let mut ends: [RawFd; 2] = [-1; 2];
    let kind = kind.0 | flags.bits();
    // SAFETY: the kernel writes two numbers into the array.
    unsafe { syscall!(__NR_socketpair, u32::from(family.0), kind, 0_u32, ends.as_mut_ptr()) }?;
    let [first, second] = ends;
    Ok((OwnedFd::made(first as usize), OwnedFd::made(second as usize)))
}
