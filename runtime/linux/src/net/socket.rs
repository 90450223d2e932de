//! New sockets: socket(2), socketpair(2).

use crate::Result;
use crate::fd::{OwnedFd, RawFd};
use linux_raw_sys::net as kernel;

/// A family of addresses; open, since there are many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Family(pub u16);

values! {
    Family: u16 {
        /// AF_UNSPEC.
        const UNSPECIFIED = kernel::AF_UNSPEC as u16;
        /// AF_UNIX.
        const UNIX = kernel::AF_UNIX as u16;
        /// AF_INET.
        const IPV4 = kernel::AF_INET as u16;
        /// AF_INET6.
        const IPV6 = kernel::AF_INET6 as u16;
        /// AF_NETLINK.
        const NETLINK = kernel::AF_NETLINK as u16;
        /// AF_PACKET.
        const PACKET = kernel::AF_PACKET as u16;
        /// AF_VSOCK: between guests and their host.
        const GUEST = kernel::AF_VSOCK as u16;
    }
}

/// A kind of socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SocketKind(pub u32);

values! {
    SocketKind: u32 {
        /// SOCK_STREAM: bytes in order.
        const STREAM = kernel::SOCK_STREAM;
        /// SOCK_DGRAM: messages; of packet sockets, without the link's header.
        const DATAGRAM = kernel::SOCK_DGRAM;
        /// SOCK_RAW: messages with the headers of the layer below.
        const RAW = kernel::SOCK_RAW;
        /// SOCK_SEQPACKET: messages in order.
        const SEQUENCED_PACKET = kernel::SOCK_SEQPACKET;
    }
}

/// A protocol within a family; its meaning is the family's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Protocol(pub u32);

// Its numbers mean other things in other families, so that no table could name them.
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

flags! {
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
