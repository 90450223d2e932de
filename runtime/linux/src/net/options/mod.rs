//! Options of sockets: setsockopt(2), getsockopt(2). Those that are a value to set and get are constants, with
//! [`set`](SocketOption::set) and [`get`](SocketOption::get); the others are functions.
//!
//! Unless a function says otherwise its errors are `NOTSOCK`, `BADF`, and `NOPROTOOPT` if the socket has no such option.

mod membership;
mod value;

use super::{Credentials, InterfaceName};
use crate::fd::AsFd;
use crate::{Errno, Result};
use core::mem::MaybeUninit;
use core::ptr;
use core::time::Duration;
use linux_raw_sys::if_packet as packet;
use linux_raw_sys::net as kernel;
use linux_raw_sys::netlink;

pub use membership::{
    join_ipv4_group, join_ipv6_group, join_netlink_group, leave_ipv4_group, leave_ipv6_group,
    leave_netlink_group,
};
pub use value::{Linger, OptionValue, SocketOption, Timeout, WholeMilliseconds, WholeSeconds};

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

/// UDP_SEGMENT, which the generated numbers leave out.
const UDP_SEGMENT: u32 = 103;
/// UDP_GRO, likewise.
const UDP_GRO: u32 = 104;

/// A row an option.
macro_rules! options {
    ($($(#[$attributes:meta])* $name:ident: $value:ty = $level:ident, $number:expr;)*) => {$(
        $(#[$attributes])*
        pub const $name: SocketOption<$value> =
            SocketOption::new(kernel::$level, $number);
    )*};
}

options! {
    // Any socket.
    /// SO_BROADCAST: sending to broadcast addresses is allowed.
    BROADCAST: bool = SOL_SOCKET, kernel::SO_BROADCAST;
    /// SO_REUSEADDR: binding to an address that is still in use or waits for its end is allowed.
    REUSE_ADDRESS: bool = SOL_SOCKET, kernel::SO_REUSEADDR;
    /// SO_REUSEPORT: several sockets of a user may have one address, and share what comes.
    REUSE_PORT: bool = SOL_SOCKET, kernel::SO_REUSEPORT;
    /// SO_KEEPALIVE: idle connections are probed.
    KEEPALIVE: bool = SOL_SOCKET, kernel::SO_KEEPALIVE;
    /// SO_PASSCRED: the credentials of senders come as control data.
    PASS_CREDENTIALS: bool = SOL_SOCKET, kernel::SO_PASSCRED;
    /// SO_DONTROUTE: nothing is sent but to links of this machine.
    DONT_ROUTE: bool = SOL_SOCKET, kernel::SO_DONTROUTE;
    /// SO_OOBINLINE: urgent bytes come among the others.
    URGENT_INLINE: bool = SOL_SOCKET, kernel::SO_OOBINLINE;
    /// SO_ZEROCOPY: sending without copies may be asked for (Linux 4.14).
    ZERO_COPY: bool = SOL_SOCKET, kernel::SO_ZEROCOPY;
    /// SO_LINGER: what closing does with what was not sent.
    LINGER: Linger = SOL_SOCKET, kernel::SO_LINGER;
    /// SO_RCVTIMEO: how long receiving, and taking connections, waits.
    RECEIVE_TIMEOUT: Timeout = SOL_SOCKET, kernel::SO_RCVTIMEO_OLD;
    /// SO_SNDTIMEO: how long sending, and connecting, waits.
    SEND_TIMEOUT: Timeout = SOL_SOCKET, kernel::SO_SNDTIMEO_OLD;
    /// SO_RCVBUF: room for what waits to be received, in bytes; the kernel doubles it, and cuts it to its limit.
    RECEIVE_BUFFER: u32 = SOL_SOCKET, kernel::SO_RCVBUF;
    /// SO_SNDBUF: room for what waits to be sent, in bytes; the kernel doubles it, and cuts it to its limit.
    SEND_BUFFER: u32 = SOL_SOCKET, kernel::SO_SNDBUF;
    /// SO_RCVLOWAT: so many bytes make a stream readable.
    RECEIVE_LEAST: u32 = SOL_SOCKET, kernel::SO_RCVLOWAT;
    /// SO_PRIORITY: the priority of packets for queues; 6 is the highest without privileges.
    PRIORITY: u32 = SOL_SOCKET, kernel::SO_PRIORITY;
    /// SO_MARK: the mark of packets for rules of routing; needs CAP_NET_ADMIN.
    MARK: u32 = SOL_SOCKET, kernel::SO_MARK;
    /// SO_INCOMING_CPU: the processor that handles what comes.
    INCOMING_PROCESSOR: u32 = SOL_SOCKET, kernel::SO_INCOMING_CPU;
    /// SO_BUSY_POLL: microseconds for which receiving asks the device again and again.
    BUSY_POLL_US: u32 = SOL_SOCKET, kernel::SO_BUSY_POLL;
    /// SO_TYPE: the kind of socket; can only be got.
    KIND: u32 = SOL_SOCKET, kernel::SO_TYPE;
    /// SO_DOMAIN: the family; can only be got.
    FAMILY: u32 = SOL_SOCKET, kernel::SO_DOMAIN;
    /// SO_PROTOCOL: the protocol; can only be got.
    PROTOCOL: u32 = SOL_SOCKET, kernel::SO_PROTOCOL;
    /// SO_ACCEPTCONN: whether it listens; can only be got.
    LISTENS: bool = SOL_SOCKET, kernel::SO_ACCEPTCONN;

    // IPv4.
    /// IP_TTL: the time to live of packets, from 1 to 255; -1 for the system's.
    IPV4_TTL: i32 = SOL_IP, kernel::IP_TTL;
    /// IP_TOS: the type of service.
    IPV4_TOS: u32 = SOL_IP, kernel::IP_TOS;
    /// IP_MULTICAST_TTL: the time to live of packets to groups; 1 unless it is set.
    IPV4_MULTICAST_TTL: i32 = SOL_IP, kernel::IP_MULTICAST_TTL;
    /// IP_MULTICAST_LOOP: packets to groups come back to members on this machine.
    IPV4_MULTICAST_LOOP: bool = SOL_IP, kernel::IP_MULTICAST_LOOP;
    /// IP_FREEBIND: binding to an address that the machine does not have, or not yet, is allowed.
    IPV4_FREEBIND: bool = SOL_IP, kernel::IP_FREEBIND;
    /// IP_TRANSPARENT: the socket may stand for addresses of others; needs CAP_NET_ADMIN.
    IPV4_TRANSPARENT: bool = SOL_IP, kernel::IP_TRANSPARENT;
    /// IP_MTU_DISCOVER: what is done with packets too long for the path (IP_PMTUDISC_).
    IPV4_MTU_DISCOVER: u32 = SOL_IP, kernel::IP_MTU_DISCOVER;
    /// IP_RECVERR: errors that come from the network wait in the queue of errors.
    IPV4_RECEIVE_ERRORS: bool = SOL_IP, kernel::IP_RECVERR;
    /// IP_RECVTTL: the time to live of what comes is told as control data.
    IPV4_RECEIVE_TTL: bool = SOL_IP, kernel::IP_RECVTTL;
    /// IP_HDRINCL: of raw sockets: what is sent begins with the IPv4 header.
    IPV4_HEADER_INCLUDED: bool = SOL_IP, kernel::IP_HDRINCL;
    /// IP_BIND_ADDRESS_NO_PORT: binding to an address leaves the port to connect.
    IPV4_BIND_WITHOUT_PORT: bool = SOL_IP, kernel::IP_BIND_ADDRESS_NO_PORT;

    // IPv6.
    /// IPV6_V6ONLY: nothing but IPv6.
    IPV6_ONLY: bool = SOL_IPV6, kernel::IPV6_V6ONLY;
    /// IPV6_UNICAST_HOPS: the hop limit of packets, from 0 to 255; -1 for the system's.
    IPV6_HOPS: i32 = SOL_IPV6, kernel::IPV6_UNICAST_HOPS;
    /// IPV6_TCLASS: the traffic class; -1 for the system's.
    IPV6_TRAFFIC_CLASS: i32 = SOL_IPV6, kernel::IPV6_TCLASS;
    /// IPV6_MULTICAST_HOPS: the hop limit of packets to groups; -1 for the system's.
    IPV6_MULTICAST_HOPS: i32 = SOL_IPV6, kernel::IPV6_MULTICAST_HOPS;
    /// IPV6_RECVERR: errors that come from the network wait in the queue of errors.
    IPV6_RECEIVE_ERRORS: bool = SOL_IPV6, kernel::IPV6_RECVERR;
    /// IPV6_RECVHOPLIMIT: the hop limit of what comes is told as control data.
    IPV6_RECEIVE_HOPS: bool = SOL_IPV6, kernel::IPV6_RECVHOPLIMIT;
    /// IPV6_MTU_DISCOVER: what is done with packets too long for the path (IPV6_PMTUDISC_).
    IPV6_MTU_DISCOVER: u32 = SOL_IPV6, kernel::IPV6_MTU_DISCOVER;
    /// IPV6_MULTICAST_LOOP: packets to groups come back to members on this machine.
    IPV6_MULTICAST_LOOP: bool = SOL_IPV6, kernel::IPV6_MULTICAST_LOOP;

    // TCP.
    /// TCP_NODELAY: what is written is sent at once.
    TCP_NO_DELAY: bool = SOL_TCP, kernel::TCP_NODELAY;
    /// TCP_CORK: nothing is sent but full segments, for 200 ms at most.
    TCP_CORK: bool = SOL_TCP, kernel::TCP_CORK;
    /// TCP_QUICKACK: what comes is acknowledged at once; the kernel may return to its own judgement.
    TCP_QUICK_ACKNOWLEDGE: bool = SOL_TCP, kernel::TCP_QUICKACK;
    /// TCP_KEEPIDLE: idle for so long, a connection is probed.
    TCP_KEEP_IDLE: WholeSeconds = SOL_TCP, kernel::TCP_KEEPIDLE;
    /// TCP_KEEPINTVL: between two probes.
    TCP_KEEP_INTERVAL: WholeSeconds = SOL_TCP, kernel::TCP_KEEPINTVL;
    /// TCP_KEEPCNT: after so many probes without an answer the connection has ended.
    TCP_KEEP_COUNT: u32 = SOL_TCP, kernel::TCP_KEEPCNT;
    /// TCP_USER_TIMEOUT: sent and not acknowledged for so long, the connection has ended; zero for the system's.
    TCP_USER_TIMEOUT: WholeMilliseconds = SOL_TCP, kernel::TCP_USER_TIMEOUT;
    /// TCP_DEFER_ACCEPT: connections are taken only when the first bytes have come, or after this.
    TCP_DEFER_ACCEPT: WholeSeconds = SOL_TCP, kernel::TCP_DEFER_ACCEPT;
    /// TCP_SYNCNT: so often connecting is tried again.
    TCP_CONNECT_RETRIES: u32 = SOL_TCP, kernel::TCP_SYNCNT;
    /// TCP_MAXSEG: bytes of the longest segment.
    TCP_LONGEST_SEGMENT: u32 = SOL_TCP, kernel::TCP_MAXSEG;
    /// TCP_FASTOPEN: so many connections may bring bytes with their first packet.
    TCP_FAST_OPEN: u32 = SOL_TCP, kernel::TCP_FASTOPEN;
    /// TCP_FASTOPEN_CONNECT: connecting waits for the first bytes, and takes them along (Linux 4.11).
    TCP_FAST_OPEN_CONNECT: bool = SOL_TCP, kernel::TCP_FASTOPEN_CONNECT;
    /// TCP_NOTSENT_LOWAT: with fewer bytes not sent, a stream is writable.
    TCP_UNSENT_LEAST: u32 = SOL_TCP, kernel::TCP_NOTSENT_LOWAT;

    // UDP.
    /// UDP_SEGMENT: what is sent in one call is cut into datagrams of so many bytes (Linux 4.18).
    UDP_SEGMENT_BYTES: u32 = SOL_UDP, UDP_SEGMENT;
    /// UDP_GRO: datagrams of one sender may come as one (Linux 5.0).
    UDP_JOIN: bool = SOL_UDP, UDP_GRO;
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
}

/// Allows binding to an address that is still in use or waits for its end.
#[doc(alias = "SO_REUSEADDR")]
pub fn set_reuse_address(socket: impl AsFd, on: bool) -> Result<()> {
    REUSE_ADDRESS.set(socket, on)
}

/// Sends at once what is written.
#[doc(alias = "TCP_NODELAY")]
pub fn set_tcp_no_delay(socket: impl AsFd, on: bool) -> Result<()> {
    TCP_NO_DELAY.set(socket, on)
}

/// Sets the room for messages that wait to be received, in bytes, over the limit.
///
/// # Errors
/// `PERM` (needs CAP_NET_ADMIN over the first user namespace).
#[doc(alias = "SO_RCVBUFFORCE")]
pub fn set_receive_buffer_force(socket: impl AsFd, bytes: u32) -> Result<()> {
    set_int(socket, kernel::SOL_SOCKET, kernel::SO_RCVBUFFORCE, i32::try_from(bytes).unwrap_or(i32::MAX))
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
    RECEIVE_TIMEOUT.set(socket, Timeout(limit))
}

/// Sets how long sending waits before it gives `AGAIN`; none for ever.
#[doc(alias = "SO_SNDTIMEO")]
pub fn set_send_timeout(socket: impl AsFd, limit: Option<Duration>) -> Result<()> {
    SEND_TIMEOUT.set(socket, Timeout(limit))
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

/// Gives how many packets a packet socket has received and lost since this was asked last.
#[doc(alias = "PACKET_STATISTICS")]
pub fn packet_statistics(socket: impl AsFd) -> Result<(u32, u32)> {
    // SAFETY: the option gives two numbers.
    let [received, lost]: [u32; 2] = unsafe { get(socket, kernel::SOL_PACKET, packet::PACKET_STATISTICS) }?;
    Ok((received, lost))
}
