//! Sending and receiving: sendto(2), recvfrom(2), sendmsg(2), recvmsg(2).

use super::address::LONGEST;
use super::connection::address_of;
use super::{Address, AddressArg, ControlMessages, SendControl};
use crate::Result;
use crate::fd::AsFd;
use crate::fs::{IoSlice, IoSliceMut};
use crate::ioctl;
use core::ffi::c_void;
use core::mem::MaybeUninit;
use core::ptr;
use linux_raw_sys::net as kernel;

flags! {
    /// How a message is sent or received, and what became of it.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct MessageFlags: u32 {
        /// MSG_OOB: urgent, of TCP: a byte beside the others.
        const OUT_OF_BAND = kernel::MSG_OOB;
        /// MSG_PEEK: leaves the message to be received again.
        const PEEK = kernel::MSG_PEEK;
        /// MSG_DONTROUTE: only to links of this machine.
        const DONT_ROUTE = kernel::MSG_DONTROUTE;
        /// MSG_CTRUNC: given, control data was cut.
        const CONTROL_TRUNCATED = kernel::MSG_CTRUNC;
        /// MSG_TRUNC: asked, gives the message's whole length; given, the message was cut.
        const TRUNCATED = kernel::MSG_TRUNC;
        /// MSG_DONTWAIT: gives `AGAIN` instead of waiting.
        const DONT_WAIT = kernel::MSG_DONTWAIT;
        /// MSG_WAITALL: waits for the whole buffer.
        const WAIT_ALL = kernel::MSG_WAITALL;
        /// MSG_ERRQUEUE: from the queue of errors.
        const ERROR_QUEUE = kernel::MSG_ERRQUEUE;
        /// MSG_NOSIGNAL: no SIGPIPE.
        const NO_SIGNAL = kernel::MSG_NOSIGNAL;
        /// MSG_MORE: more will follow at once.
        const MORE = kernel::MSG_MORE;
        /// MSG_WAITFORONE: of several messages, waits for the first only.
        const WAIT_FOR_ONE = 0x10000;
        /// MSG_CMSG_CLOEXEC: descriptors that come are closed by execve. Packet sockets refuse it.
        const CLOSE_ON_EXEC = kernel::MSG_CMSG_CLOEXEC;
        const _ = !0;
    }
}

/// Sends to where the socket is connected; gives how many bytes.
///
/// # Errors
/// `AGAIN`, `INTR`, `PIPE`, `CONNREFUSED`, `MSGSIZE`, `NOBUFS`, `NETDOWN`, `DESTADDRREQ`, `NOTCONN`. See `send(2)`.
pub fn send(socket: impl AsFd, bytes: &[u8], flags: MessageFlags) -> Result<usize> {
    let (start, length, flags) = (bytes.as_ptr(), bytes.len(), flags.bits());
    // SAFETY: the kernel reads `len` bytes of the borrowed slice; no address is given.
    unsafe { syscall!(__NR_sendto, socket.as_fd(), start, length, flags, 0_usize, 0_usize) }
}

/// Sends to an address; gives how many bytes.
///
/// # Errors
/// Those of [`send`], and `NETUNREACH`, `HOSTUNREACH`, `ACCES` (broadcast without leave), `ISCONN`. See `send(2)`.
pub fn sendto(socket: impl AsFd, bytes: &[u8], flags: MessageFlags, to: &impl AddressArg) -> Result<usize> {
    let (start, length, flags) = (bytes.as_ptr(), bytes.len(), flags.bits());
    to.with(|to| {
        // SAFETY: the kernel reads both slices, which are borrowed through the call.
        unsafe { syscall!(__NR_sendto, socket.as_fd(), start, length, flags, to.as_ptr(), to.len()) }
    })
}

/// Receives a message, or bytes of a stream; gives how many, which is more than the buffer holds if TRUNCATED is asked
/// and the message is longer.
///
/// # Errors
/// `AGAIN`, `INTR`, `CONNREFUSED`, `NOTCONN`, `NETDOWN`, `NOBUFS` (netlink: messages were lost). See `recv(2)`.
pub fn recv(socket: impl AsFd, buffer: &mut [u8], flags: MessageFlags) -> Result<usize> {
    let (start, length, flags) = (buffer.as_mut_ptr(), buffer.len(), flags.bits());
    // SAFETY: the kernel writes at most `len` bytes into the borrowed slice; no address is asked for.
    unsafe { syscall!(__NR_recvfrom, socket.as_fd(), start, length, flags, 0_usize, 0_usize) }
}

/// The same, with the address of the sender.
///
/// # Errors
/// Those of [`recv`].
pub fn recvfrom(
    socket: impl AsFd,
    buffer: &mut [u8],
    flags: MessageFlags,
) -> Result<(usize, Option<Address>)> {
    let (start, length, flags) = (buffer.as_mut_ptr(), buffer.len(), flags.bits());
    let mut count = 0;
    let from = address_of(|bytes, size| {
        // SAFETY: the kernel writes at most `len` bytes into the slice, an address and its length.
        count = unsafe { syscall!(__NR_recvfrom, socket.as_fd(), start, length, flags, bytes, size) }?;
        Ok(())
    })?;
    Ok((count, from))
}

/// The same, into memory that nobody has written yet; gives the part that was filled.
///
/// With TRUNCATED the count may be larger than that part, and of a sender without address nothing counts as filled.
///
/// # Errors
/// Those of [`recv`].
#[doc(alias = "recvfrom")]
pub fn recvfrom_uninit(
    socket: impl AsFd,
    buffer: &mut [MaybeUninit<u8>],
    flags: MessageFlags,
) -> Result<(usize, &[u8], Option<Address>)> {
    let (start, length, flags) = (buffer.as_mut_ptr(), buffer.len(), flags.bits());
    let mut count = 0;
    let from = address_of(|bytes, size| {
        // SAFETY: the kernel writes at most `len` bytes into the slice, an address and its length.
        count = unsafe { syscall!(__NR_recvfrom, socket.as_fd(), start, length, flags, bytes, size) }?;
        Ok(())
    })?;
    // A stream of TCP takes TRUNCATED as leave to count bytes and throw them away (`tcp(7)`); it names no sender.
    let thrown_away = flags & kernel::MSG_TRUNC != 0 && from.is_none();
    let filled = if thrown_away { 0 } else { count.min(length) };
    // SAFETY: the kernel has written so many bytes from the slice's start, which stays borrowed.
    let filled = unsafe { core::slice::from_raw_parts(start.cast::<u8>(), filled) };
    Ok((count, filled, from))
}

/// Sends a message of several slices with control data, to an address or to where the socket is connected; gives how
/// many bytes.
///
/// # Errors
/// Those of [`sendto`]; `INVAL`, `TOOMANYREFS`, `PERM` (control data). See `send(2)`.
pub fn sendmsg(
    socket: impl AsFd,
    to: Option<&impl AddressArg>,
    slices: &[IoSlice<'_>],
    control: Option<&SendControl<'_, '_>>,
    flags: MessageFlags,
) -> Result<usize> {
    let control = control.map_or([].as_slice(), SendControl::bytes);
    let call = |to: &[u8]| {
        let message = kernel::msghdr {
            msg_name: start(to).cast_mut(),
            msg_namelen: to.len() as i32,
            msg_iov: slices.as_ptr().cast_mut().cast(),
            msg_iovlen: slices.len(),
            msg_control: start(control).cast_mut(),
            msg_controllen: control.len(),
            msg_flags: 0,
        };
        // SAFETY: the kernel reads the structure and the slices that it leads to, all borrowed through the call.
        unsafe { syscall!(__NR_sendmsg, socket.as_fd(), &raw const message, flags.bits()) }
    };
    match to {
        Some(to) => to.with(call),
        None => call(&[]),
    }
}

/// Gives where bytes lie; nowhere if there are none: who does not look at the length first (qemu-user) reads through any
/// other address.
fn start(bytes: &[u8]) -> *const c_void {
    if bytes.is_empty() { ptr::null() } else { bytes.as_ptr().cast() }
}

/// Gives how many bytes wait to leave the machine, headers and bookkeeping included: 0 when all is sent. What waits for
/// the neighbour's address counts.
///
/// # Errors
/// `INVAL` (a listening socket). See `udp(7)`, `tcp(7)`.
#[doc(alias = "SIOCOUTQ")]
pub fn unsent(socket: impl AsFd) -> Result<u32> {
    // SAFETY: the request writes one `int`, which may have any value.
    let bytes = unsafe { ioctl::get(socket, ioctl::network::SIOCOUTQ) }?;
    Ok(u32::try_from(bytes).unwrap_or(0))
}

/// A message that came.
#[derive(Debug)]
pub struct Received<'control> {
    /// How many bytes; more than the buffers hold if TRUNCATED was asked and the message is longer.
    pub count: usize,
    /// What became of it: TRUNCATED, CONTROL_TRUNCATED.
    pub flags: MessageFlags,
    /// Who sent it.
    pub from: Option<Address>,
    /// Its control data.
    pub control: ControlMessages<'control>,
}

/// Receives a message into several buffers, with its control data into another. Where descriptors may
/// come, CLOSE_ON_EXEC belongs to the flags.
///
/// # Errors
/// Those of [`recv`]; `INVAL` (flags that the family does not know).
pub fn recvmsg<'control>(
    socket: impl AsFd,
    buffers: &mut [IoSliceMut<'_>],
    control: &'control mut [u8],
    flags: MessageFlags,
) -> Result<Received<'control>> {
    let mut from = [MaybeUninit::<u8>::uninit(); LONGEST];
    let mut message = kernel::msghdr {
        msg_name: from.as_mut_ptr().cast(),
        msg_namelen: LONGEST as i32,
        msg_iov: buffers.as_mut_ptr().cast(),
        msg_iovlen: buffers.len(),
        msg_control: if control.is_empty() { ptr::null_mut() } else { control.as_mut_ptr().cast() },
        msg_controllen: control.len(),
        msg_flags: 0,
    };
    // SAFETY: the kernel writes the structure and the buffers that it leads to, all borrowed through the call.
    let count = unsafe { syscall!(__NR_recvmsg, socket.as_fd(), &raw mut message, flags.bits()) }?;
    let length = (message.msg_namelen as usize).min(LONGEST);
    // SAFETY: the kernel has written so many bytes of the address.
    let from = unsafe { core::slice::from_raw_parts(from.as_ptr().cast::<u8>(), length) };
    let written = control.get(..message.msg_controllen).unwrap_or_default();
    Ok(Received {
        count,
        flags: MessageFlags::from_bits_retain(message.msg_flags & !kernel::MSG_CMSG_CLOEXEC),
        from: Address::parse(from),
        // SAFETY: these are the bytes that this very call has written.
        control: unsafe { ControlMessages::new(written) },
    })
}
