//! Options of sockets, one function each: setsockopt(2), getsockopt(2).
//!
//! Unless a function says otherwise its errors are `NOTSOCK`, `BADF`, and `NOPROTOOPT` if the socket has no such option.

use super::{Credentials, InterfaceName};
use crate::fd::AsFd;
use crate::{Errno, Result};
use core::mem::MaybeUninit;
use core::net::Ipv4Addr;
use core::ptr;
use core::time::Duration;
use linux_raw_sys::if_packet as packet;
use linux_raw_sys::net as kernel;
use linux_raw_sys::netlink;

/// Sets an option.
///
/// # Safety
/// The option must read at most a `T` (and what that leads to must be valid), and what it does must be sound.
///
/// # Errors
/// Those of the option. See `setsockopt(2)`.
#[doc(alias = "setsockopt")]
pub unsafe fn set<T>(socket: impl AsFd, level: u32, option: u32, value: &T) -> Result<()> {
    let (value, length) = (ptr::from_ref(value), size_of::<T>());
    // SAFETY: the caller answers for the option, which reads one `T`.
    unsafe { syscall!(__NR_setsockopt, socket.as_fd(), level, option, value, length) }.map(drop)
}

/// Gets an option.
///
/// # Safety
/// The option must give a valid `T` whenever it gives so many bytes.
///
/// # Errors
/// `INVAL` if the kernel's value has another size; else those of the option. See `getsockopt(2)`.
#[doc(alias = "getsockopt")]
pub unsafe fn get<T>(socket: impl AsFd, level: u32, option: u32) -> Result<T> {
    let mut value = MaybeUninit::<T>::uninit();
    let mut length = size_of::<T>() as u32;
    let (to, size) = (value.as_mut_ptr(), &raw mut length);
    // SAFETY: the kernel writes at most `length` bytes of the value, and how many.
    unsafe { syscall!(__NR_getsockopt, socket.as_fd(), level, option, to, size) }?;
    if length as usize != size_of::<T>() {
        return Err(Errno::INVAL);
    }
    // SAFETY: the kernel has written all of it.
    Ok(unsafe { value.assume_init() })
}

fn set_int(socket: impl AsFd, level: u32, option: u32, value: i32) -> Result<()> {
    // SAFETY: all callers give options that read one `int`.
    unsafe { set(socket, level, option, &value) }
}

fn get_int(socket: impl AsFd, level: u32, option: u32) -> Result<i32> {
    // SAFETY: every `int` is valid.
    unsafe { get(socket, level, option) }
}

/// A row an option that is on or off.
macro_rules! switches {
    ($($(#[$attributes:meta])* $name:ident $level:path, $option:path;)*) => {$(
        $(#[$attributes])*
        pub fn $name(socket: impl AsFd, on: bool) -> Result<()> {
            set_int(socket, $level, $option, on.into())
        }
    )*};
}

switches! {
    /// Allows (SO_BROADCAST) sending to broadcast addresses.
    set_broadcast kernel::SOL_SOCKET, kernel::SO_BROADCAST;
    /// Allows (SO_REUSEADDR) binding to an address that is still in use or waits for its end.
    set_reuse_address kernel::SOL_SOCKET, kernel::SO_REUSEADDR;
    /// Allows (SO_REUSEPORT) several sockets of a user on one address, which share what comes.
    set_reuse_port kernel::SOL_SOCKET, kernel::SO_REUSEPORT;
    /// Probes (SO_KEEPALIVE) idle connections.
    set_keepalive kernel::SOL_SOCKET, kernel::SO_KEEPALIVE;
    /// Gives (SO_PASSCRED) the credentials of senders as control data.
    set_pass_credentials kernel::SOL_SOCKET, kernel::SO_PASSCRED;
    /// Sends (SO_DONTROUTE) only to links of this machine.
    set_dont_route kernel::SOL_SOCKET, kernel::SO_DONTROUTE;
    /// Gives (PACKET_AUXDATA) what the kernel knows of packets as control data.
    set_packet_auxiliary kernel::SOL_PACKET, packet::PACKET_AUXDATA;
    /// Leaves out (PACKET_IGNORE_OUTGOING, Linux 4.20) packets that this machine sends.
    set_packet_ignore_outgoing kernel::SOL_PACKET, packet::PACKET_IGNORE_OUTGOING;
    /// Explains errors (NETLINK_EXT_ACK, Linux 4.12) in words and offsets.
    set_netlink_extended_ack kernel::SOL_NETLINK, netlink::NETLINK_EXT_ACK;
    /// Leaves the request (NETLINK_CAP_ACK, Linux 4.3) out of acknowledgements.
    set_netlink_cap_ack kernel::SOL_NETLINK, netlink::NETLINK_CAP_ACK;
    /// Refuses (NETLINK_GET_STRICT_CHK, Linux 4.20) requests with fields that the kernel does not know, and filters dumps.
    set_netlink_strict_check kernel::SOL_NETLINK, netlink::NETLINK_GET_STRICT_CHK;
    /// Says nothing (NETLINK_NO_ENOBUFS) of messages that were lost for want of room.
    set_netlink_no_enobufs kernel::SOL_NETLINK, netlink::NETLINK_NO_ENOBUFS;
    /// Gives (NETLINK_PKTINFO) the group of messages as control data.
    set_netlink_packet_info kernel::SOL_NETLINK, netlink::NETLINK_PKTINFO;
    /// Takes (IPV6_V6ONLY) nothing but IPv6.
    set_ipv6_only kernel::SOL_IPV6, kernel::IPV6_V6ONLY;
    /// Allows (IP_FREEBIND) binding to an address that the machine does not have, or not yet.
    set_freebind kernel::SOL_IP, kernel::IP_FREEBIND;
    /// Sends (TCP_NODELAY) at once what is written.
    set_tcp_no_delay kernel::SOL_TCP, kernel::TCP_NODELAY;
}

/// Sets the room for messages that wait to be received, in bytes; the kernel doubles it, and cuts it to its limit.
#[doc(alias = "SO_RCVBUF")]
pub fn set_receive_buffer(socket: impl AsFd, bytes: u32) -> Result<()> {
    set_int(socket, kernel::SOL_SOCKET, kernel::SO_RCVBUF, i32::try_from(bytes).unwrap_or(i32::MAX))
}

/// The same, over the limit.
///
/// # Errors
/// `PERM` (needs CAP_NET_ADMIN over the first user namespace).
#[doc(alias = "SO_RCVBUFFORCE")]
pub fn set_receive_buffer_force(socket: impl AsFd, bytes: u32) -> Result<()> {
    set_int(socket, kernel::SOL_SOCKET, kernel::SO_RCVBUFFORCE, i32::try_from(bytes).unwrap_or(i32::MAX))
}

/// Gives the room for messages that wait to be received, in bytes, the kernel's own share included.
pub fn receive_buffer(socket: impl AsFd) -> Result<u32> {
    get_int(socket, kernel::SOL_SOCKET, kernel::SO_RCVBUF).map(i32::cast_unsigned)
}

/// Sets the room for messages that wait to be sent, in bytes; the kernel doubles it, and cuts it to its limit.
#[doc(alias = "SO_SNDBUF")]
pub fn set_send_buffer(socket: impl AsFd, bytes: u32) -> Result<()> {
    set_int(socket, kernel::SOL_SOCKET, kernel::SO_SNDBUF, i32::try_from(bytes).unwrap_or(i32::MAX))
}

/// Takes the error that waits on the socket, such as the end of a nonblocking connect.
#[doc(alias = "SO_ERROR")]
pub fn take_error(socket: impl AsFd) -> Result<Option<Errno>> {
    let number = get_int(socket, kernel::SOL_SOCKET, kernel::SO_ERROR)?;
    Ok(u16::try_from(number).ok().and_then(Errno::new))
}

/// Lets the socket send and receive through one interface only; none frees it.
///
/// # Errors
/// `NODEV`; `PERM` (needs CAP_NET_RAW to change it).
#[doc(alias = "SO_BINDTODEVICE")]
pub fn bind_to_device(socket: impl AsFd, interface: Option<InterfaceName>) -> Result<()> {
    let mut name = [0_u8; super::INTERFACE_NAME_BYTES];
    if let Some(interface) = interface {
        name.iter_mut().zip(interface.as_bytes()).for_each(|(to, from)| *to = *from);
    }
    // SAFETY: the option reads a name of at most these 16 bytes.
    unsafe { set(socket, kernel::SOL_SOCKET, kernel::SO_BINDTODEVICE, &name) }
}

/// Sets how long receiving waits before it gives `AGAIN`; none for ever.
#[doc(alias = "SO_RCVTIMEO")]
pub fn set_receive_timeout(socket: impl AsFd, limit: Option<Duration>) -> Result<()> {
    set_timeout(socket, kernel::SO_RCVTIMEO_OLD, limit)
}

/// Sets how long sending waits before it gives `AGAIN`; none for ever.
#[doc(alias = "SO_SNDTIMEO")]
pub fn set_send_timeout(socket: impl AsFd, limit: Option<Duration>) -> Result<()> {
    set_timeout(socket, kernel::SO_SNDTIMEO_OLD, limit)
}

fn set_timeout(socket: impl AsFd, option: u32, limit: Option<Duration>) -> Result<()> {
    // Zero would mean for ever: the shortest wait is a microsecond.
    let limit = limit.map_or(Duration::ZERO, |limit| limit.max(Duration::from_micros(1)));
    let time = linux_raw_sys::general::__kernel_old_timeval {
        tv_sec: limit.as_secs().try_into().unwrap_or(linux_raw_sys::general::__kernel_long_t::MAX),
        tv_usec: limit.subsec_micros() as linux_raw_sys::general::__kernel_long_t,
    };
    // SAFETY: the option reads one `timeval`.
    unsafe { set(socket, kernel::SOL_SOCKET, option, &time) }
}

/// Gives who made the other end of a Unix socket's connection.
///
/// # Errors
/// `NOTCONN`.
#[doc(alias = "SO_PEERCRED")]
pub fn peer_credentials(socket: impl AsFd) -> Result<Credentials> {
    // SAFETY: the option gives a `ucred`, of plain numbers.
    let who: kernel::ucred = unsafe { get(socket, kernel::SOL_SOCKET, kernel::SO_PEERCRED) }?;
    Ok(Credentials { process: who.pid, user: who.uid, group: who.gid })
}

/// Sets the mark of packets, for rules of routing.
///
/// # Errors
/// `PERM` (needs CAP_NET_ADMIN).
#[doc(alias = "SO_MARK")]
pub fn set_mark(socket: impl AsFd, mark: u32) -> Result<()> {
    set_int(socket, kernel::SOL_SOCKET, kernel::SO_MARK, mark.cast_signed())
}

/// Sets the priority of packets, for queues; 6 is the highest without privileges.
#[doc(alias = "SO_PRIORITY")]
pub fn set_priority(socket: impl AsFd, priority: u32) -> Result<()> {
    set_int(socket, kernel::SOL_SOCKET, kernel::SO_PRIORITY, priority.cast_signed())
}

/// Sets the time to live of IPv4 packets, from 1 to 255.
#[doc(alias = "IP_TTL")]
pub fn set_ipv4_ttl(socket: impl AsFd, ttl: u8) -> Result<()> {
    set_int(socket, kernel::SOL_IP, kernel::IP_TTL, ttl.into())
}

/// Sets the type of service of IPv4 packets; DHCP clients and routing use 0xc0 (network control).
#[doc(alias = "IP_TOS")]
pub fn set_ipv4_tos(socket: impl AsFd, tos: u8) -> Result<()> {
    set_int(socket, kernel::SOL_IP, kernel::IP_TOS, tos.into())
}

/// Receives what is sent to an IPv4 group through the interface with this number.
///
/// # Errors
/// `NODEV`, `ADDRINUSE` (done already), `NOBUFS`, `INVAL` (no group).
#[doc(alias = "IP_ADD_MEMBERSHIP")]
pub fn join_ipv4_group(socket: impl AsFd, group: Ipv4Addr, interface: u32) -> Result<()> {
    #[repr(C)]
    struct Membership([u8; 4], [u8; 4], u32);
    const { assert!(size_of::<Membership>() == size_of::<kernel::ip_mreqn>()) };
    let membership = Membership(group.octets(), [0; 4], interface);
    // SAFETY: the option reads one `ip_mreqn`: group, own address, number of the interface.
    unsafe { set(socket, kernel::SOL_IP, kernel::IP_ADD_MEMBERSHIP, &membership) }
}

/// Receives what the kernel sends to a netlink group (RTNLGRP_ and so on), counted from 1.
///
/// # Errors
/// `INVAL` (no such group), `PERM`.
#[doc(alias = "NETLINK_ADD_MEMBERSHIP")]
pub fn join_netlink_group(socket: impl AsFd, group: u32) -> Result<()> {
    set_int(socket, kernel::SOL_NETLINK, netlink::NETLINK_ADD_MEMBERSHIP, group.cast_signed())
}

/// Leaves a netlink group again.
///
/// # Errors
/// `INVAL` (no such group).
#[doc(alias = "NETLINK_DROP_MEMBERSHIP")]
pub fn leave_netlink_group(socket: impl AsFd, group: u32) -> Result<()> {
    set_int(socket, kernel::SOL_NETLINK, netlink::NETLINK_DROP_MEMBERSHIP, group.cast_signed())
}

/// Gives how many packets a packet socket has received and lost since this was asked last.
#[doc(alias = "PACKET_STATISTICS")]
pub fn packet_statistics(socket: impl AsFd) -> Result<(u32, u32)> {
    // SAFETY: the option gives two numbers.
    let [received, lost]: [u32; 2] = unsafe { get(socket, kernel::SOL_PACKET, packet::PACKET_STATISTICS) }?;
    Ok((received, lost))
}
