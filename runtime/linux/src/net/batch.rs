//! Several messages in one call: recvmmsg(2), sendmmsg(2).

use super::address::LONGEST;
use super::{Address, AddressArg, MessageFlags};
use crate::Result;
use crate::fd::AsFd;
use crate::fs::{IoSlice, IoSliceMut};
use core::mem::MaybeUninit;
use core::ptr;
use linux_raw_sys::net as kernel;

/// A message that came with others.
#[derive(Clone, Copy, Debug)]
pub struct Datagram {
    /// How many bytes; more than the buffer holds if TRUNCATED was asked and the message is longer.
    pub count: usize,
    /// What became of it: TRUNCATED.
    pub flags: MessageFlags,
    /// Who sent it.
    pub from: Option<Address>,
}

/// Receives a message into each buffer, waiting for all of them unless the flags say otherwise (WAIT_FOR_ONE waits for the
/// first only); gives what came, in order.
///
/// # Errors
/// Those of [`recv`](super::recv), when not even one came.
pub fn recvmmsg<const N: usize>(
    socket: impl AsFd,
    buffers: &mut [IoSliceMut<'_>; N],
    flags: MessageFlags,
) -> Result<impl Iterator<Item = Datagram>> {
    let mut names = [[MaybeUninit::<u8>::uninit(); LONGEST]; N];
    let mut places = names.iter_mut().zip(buffers.iter_mut());
    let mut messages: [kernel::mmsghdr; N] = core::array::from_fn(|_| match places.next() {
        Some((name, buffer)) => header(name.as_mut_ptr().cast(), LONGEST, ptr::from_mut(buffer).cast()),
        None => header(ptr::null_mut(), 0, ptr::null_mut()),
    });
    let (list, count) = (messages.as_mut_ptr(), messages.len());
    // SAFETY: the kernel writes the structures, and the buffers and names that they lead to, all borrowed through the call.
    let count = unsafe { syscall!(__NR_recvmmsg, socket.as_fd(), list, count, flags.bits(), 0_usize) }?;
    Ok(messages.into_iter().zip(names).take(count).map(|(message, name)| {
        let length = (message.msg_hdr.msg_namelen as usize).min(LONGEST);
        // SAFETY: the kernel has written so many bytes of the address.
        let from = unsafe { core::slice::from_raw_parts(name.as_ptr().cast::<u8>(), length) };
        Datagram {
            count: message.msg_len as usize,
            flags: MessageFlags::from_bits_retain(message.msg_hdr.msg_flags),
            from: Address::parse(from),
        }
    }))
}

/// Sends a message of each slice, to its address or to where the socket is connected; gives how many were sent.
///
/// # Errors
/// Those of [`sendto`](super::sendto), when not even one was sent.
pub fn sendmmsg<const N: usize, A: AddressArg>(
    socket: impl AsFd,
    messages: &[(Option<A>, IoSlice<'_>); N],
    flags: MessageFlags,
) -> Result<usize> {
    let mut names = [([0_u8; LONGEST], 0); N];
    for ((name, length), (to, _)) in names.iter_mut().zip(messages) {
        *length = to.as_ref().map_or(0, |to| {
            to.with(|bytes| {
                name.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
                bytes.len().min(LONGEST)
            })
        });
    }
    let mut places = names.iter().zip(messages);
    let mut headers: [kernel::mmsghdr; N] = core::array::from_fn(|_| match places.next() {
        Some(((_, 0), (_, slice))) => header(ptr::null_mut(), 0, ptr::from_ref(slice).cast_mut().cast()),
        Some(((name, length), (_, slice))) => {
            header(name.as_ptr().cast_mut(), *length, ptr::from_ref(slice).cast_mut().cast())
        }
        None => header(ptr::null_mut(), 0, ptr::null_mut()),
    });
    let (list, count) = (headers.as_mut_ptr(), headers.len());
    // SAFETY: the kernel reads what the structures lead to, all borrowed through the call, and writes their counts.
    unsafe { syscall!(__NR_sendmmsg, socket.as_fd(), list, count, flags.bits()) }
}

/// Makes the structure of a message of one slice, without control data.
fn header(name: *mut u8, length: usize, slice: *mut kernel::iovec) -> kernel::mmsghdr {
    kernel::mmsghdr {
        msg_hdr: kernel::msghdr {
            msg_name: name.cast(),
            msg_namelen: length as i32,
            msg_iov: slice,
            msg_iovlen: usize::from(!slice.is_null()),
            msg_control: ptr::null_mut(),
            msg_controllen: 0,
            msg_flags: 0,
        },
        msg_len: 0,
    }
}
