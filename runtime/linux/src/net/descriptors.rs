//! Descriptors that travel with bytes over a Unix socket (unix(7), SCM_RIGHTS).

use super::{Address, Control, MessageFlags, SendControl, control_room, recvmsg, sendmsg};
use crate::fd::{AsFd, BorrowedFd, OwnedFd};
use crate::fs::{IoSlice, IoSliceMut};
use crate::{Errno, Result};

/// The most descriptors that the kernel lets travel at once (SCM_MAX_FD).
const MOST: usize = 253;

/// The room for them, in bytes.
const ROOM: usize = control_room(MOST * size_of::<i32>());

/// Sends bytes, and copies of descriptors along with the first of them, to where the socket is connected; gives how many bytes.
///
/// # Errors
/// Those of [`sendmsg`]; `INVAL` for more than 253 descriptors, or for no bytes, with which a stream would lose them. See `unix(7)`.
#[doc(alias = "SCM_RIGHTS")]
pub fn send_descriptors(
    socket: impl AsFd,
    bytes: &[u8],
    descriptors: &[BorrowedFd<'_>],
    flags: MessageFlags,
) -> Result<usize> {
    if bytes.is_empty() || descriptors.len() > MOST {
        return Err(Errno::INVAL);
    }
    let mut room = [0; ROOM];
    let mut control = SendControl::new(&mut room);
    control.add_descriptors(descriptors)?;
    sendmsg(socket, None::<&Address>, &[IoSlice::new(bytes)], Some(&control), flags)
}

/// Receives bytes, and adds the descriptors that came with them; gives how many bytes, 0 at the end of a stream. `CLOSE_ON_EXEC`
/// belongs to the flags.
///
/// # Errors
/// Those of [`recvmsg`]; `MFILE` if not all descriptors could be opened, or found room beside what else the socket was told to give:
/// those that came are closed, and the bytes are lost. See `unix(7)`.
#[doc(alias = "SCM_RIGHTS")]
pub fn receive_descriptors(
    socket: impl AsFd,
    buffer: &mut [u8],
    into: &mut impl Extend<OwnedFd>,
    flags: MessageFlags,
) -> Result<usize> {
    let mut room = [0; ROOM];
    let received = recvmsg(socket, &mut [IoSliceMut::new(buffer)], &mut room, flags)?;
    if received.flags.contains(MessageFlags::CONTROL_TRUNCATED) {
        return Err(Errno::MFILE);
    }
    for message in received.control {
        if let Control::Descriptors(descriptors) = message {
            into.extend(descriptors);
        }
    }
    Ok(received.count)
}
