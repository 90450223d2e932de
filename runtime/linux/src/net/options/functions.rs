//! The two calls, and options that are more than a value to set and get.

use super::value::ShortText;
use super::{
    BIND_TO_DEVICE, ERROR, NETLINK_ACKNOWLEDGE_SHORTLY, NETLINK_EXPLAIN, NETLINK_PACKET_INFORMATION,
    NETLINK_QUIET_LOSS, NETLINK_STRICT, OptionName, PACKET_AUXILIARY, PACKET_COUNTS, PACKET_IGNORE_OWN,
    PEER_CREDENTIALS, PEER_PIDFD, RECEIVE_BUFFER_FORCE, RECEIVE_TIMEOUT, REUSE_ADDRESS, SEND_TIMEOUT,
    TCP_NO_DELAY, Timeout,
};
use crate::fd::{AsFd, OwnedFd};
use crate::net::{Credentials, INTERFACE_NAME_BYTES, InterfaceName};
use crate::{Errno, Result};
use core::ffi::c_int;
use core::mem::MaybeUninit;
use core::ptr;
use core::time::Duration;

/// Sets an option.
///
/// # Safety
/// The option must read at most a `T` (and what that leads to must be valid), and what it does must be sound.
///
/// # Errors
/// Those of the option. See `setsockopt(2)`.
#[doc(alias = "setsockopt")]
pub unsafe fn set<T>(socket: impl AsFd, option: OptionName, value: &T) -> Result<()> {
    let (level, option, value) = (option.level.0, option.number, ptr::from_ref(value));
    // SAFETY: the caller answers for the option, which reads one `T`.
    unsafe { syscall!(__NR_setsockopt, socket.as_fd(), level, option, value, size_of::<T>()) }.map(drop)
}

/// Gets an option.
///
/// # Safety
/// The option must give a valid `T` whenever it gives so many bytes.
///
/// # Errors
/// `INVAL` if the kernel's value has another size; else those of the option. See `getsockopt(2)`.
#[doc(alias = "getsockopt")]
pub unsafe fn get<T>(socket: impl AsFd, option: OptionName) -> Result<T> {
    let mut value = MaybeUninit::<T>::uninit();
    let mut length = size_of::<T>() as u32;
    let (level, option) = (option.level.0, option.number);
    let (to, size) = (value.as_mut_ptr(), &raw mut length);
    // SAFETY: the kernel writes at most `length` bytes of the value, and how many.
    unsafe { syscall!(__NR_getsockopt, socket.as_fd(), level, option, to, size) }?;
    if length as usize != size_of::<T>() {
        return Err(Errno::INVAL);
    }
    // SAFETY: the kernel has written all of it.
    Ok(unsafe { value.assume_init() })
}

/// A row an option that is on or off.
macro_rules! switches {
    ($($(#[$attributes:meta])* $name:ident: $option:ident;)*) => {$(
        $(#[$attributes])*
        pub fn $name(socket: impl AsFd, on: bool) -> Result<()> {
            $option.set(socket, on)
        }
    )*};
}

switches! {
    /// Gives (PACKET_AUXDATA) what the kernel knows of packets as control data.
    set_packet_auxiliary: PACKET_AUXILIARY;
    /// Leaves out (PACKET_IGNORE_OUTGOING, Linux 4.20) packets that this machine sends.
    set_packet_ignore_outgoing: PACKET_IGNORE_OWN;
    /// Explains errors (NETLINK_EXT_ACK, Linux 4.12) in words and offsets.
    set_netlink_extended_ack: NETLINK_EXPLAIN;
    /// Leaves the request (NETLINK_CAP_ACK, Linux 4.3) out of acknowledgements.
    set_netlink_cap_ack: NETLINK_ACKNOWLEDGE_SHORTLY;
    /// Refuses (NETLINK_GET_STRICT_CHK, Linux 4.20) requests with fields that the kernel does not know, and filters dumps.
    set_netlink_strict_check: NETLINK_STRICT;
    /// Says nothing (NETLINK_NO_ENOBUFS) of messages that were lost for want of room.
    set_netlink_no_enobufs: NETLINK_QUIET_LOSS;
    /// Gives (NETLINK_PKTINFO) the group of messages as control data.
    set_netlink_packet_info: NETLINK_PACKET_INFORMATION;
    /// Allows (SO_REUSEADDR) binding to an address that is still in use or waits for its end.
    set_reuse_address: REUSE_ADDRESS;
    /// Sends at once (TCP_NODELAY) what is written.
    set_tcp_no_delay: TCP_NO_DELAY;
}

/// Sets the room for messages that wait to be received, in bytes, over the limit.
///
/// # Errors
/// `PERM` (needs CAP_NET_ADMIN over the first user namespace).
#[doc(alias = "SO_RCVBUFFORCE")]
pub fn set_receive_buffer_force(socket: impl AsFd, bytes: u32) -> Result<()> {
    RECEIVE_BUFFER_FORCE.set(socket, bytes)
}

/// Takes the error that waits on the socket, such as the end of a nonblocking connect.
#[doc(alias = "SO_ERROR")]
pub fn take_error(socket: impl AsFd) -> Result<Option<Errno>> {
    let number = ERROR.get(socket)?;
    Ok(u16::try_from(number).ok().and_then(Errno::new))
}

/// Lets the socket send and receive through one interface only; none frees it.
///
/// # Errors
/// `NODEV`; `PERM` (needs CAP_NET_RAW to change it).
#[doc(alias = "SO_BINDTODEVICE")]
pub fn bind_to_device(socket: impl AsFd, interface: Option<InterfaceName>) -> Result<()> {
    let mut name = [0_u8; INTERFACE_NAME_BYTES];
    if let Some(interface) = interface {
        name.iter_mut().zip(interface.as_bytes()).for_each(|(to, from)| *to = *from);
    }
    BIND_TO_DEVICE.set(socket, ShortText(name))
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
    PEER_CREDENTIALS.get(socket)
}

/// Gives a descriptor of the process that has made the other end of a connected local socket (Linux 6.5).
///
/// # Errors
/// `NOPROTOOPT`, `NODATA` (nobody is known), `SRCH` (it has ended, before Linux 6.16).
#[doc(alias = "SO_PEERPIDFD")]
pub fn peer_pidfd(socket: impl AsFd) -> Result<OwnedFd> {
    // SAFETY: the option gives an `int`, a descriptor that it has just made.
    let number: c_int = unsafe { get(socket, PEER_PIDFD.name()) }?;
    usize::try_from(number).map(OwnedFd::made).map_err(|_| Errno::BADF)
}

/// Gives how many packets a packet socket has received and lost since this was asked last.
#[doc(alias = "PACKET_STATISTICS")]
pub fn packet_statistics(socket: impl AsFd) -> Result<(u32, u32)> {
    let [received, lost] = PACKET_COUNTS.get(socket)?;
    Ok((received, lost))
}
