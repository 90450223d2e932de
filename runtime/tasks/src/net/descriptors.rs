//! Descriptors that travel over a connection of Unix sockets (unix(7), SCM_RIGHTS). Neither engine does that by itself: both say when
//! the call is worth its while.

use linux::fd::{BorrowedFd, OwnedFd};
use linux::fs::{IoSlice, IoSliceMut};
use linux::net::{self, Address, Control, MessageFlags, SendControl, control_room};
use linux::{Errno, Result};

use super::Stream;
use crate::Way;

/// The most descriptors that the kernel lets travel at once (SCM_MAX_FD).
const MOST: usize = 253;

/// The room for them.
const ROOM: usize = control_room(MOST * size_of::<i32>());

impl Stream<'_> {
    /// Sends bytes, and copies of descriptors along with the first of them; gives how many bytes.
    ///
    /// # Errors
    /// Those of `sendmsg`; `INVAL` for more than 253 descriptors, or for no bytes, which would lose them; `PIPE` without SIGPIPE.
    #[doc(alias = "SCM_RIGHTS")]
    pub async fn send_descriptors(&self, bytes: &[u8], descriptors: &[BorrowedFd<'_>]) -> Result<usize> {
        if bytes.is_empty() || descriptors.len() > MOST {
            return Err(Errno::INVAL);
        }
        let flags = MessageFlags::DONT_WAIT | MessageFlags::NO_SIGNAL;
        let send = |stream: BorrowedFd<'_>| {
            let mut room = [0; ROOM];
            let mut control = SendControl::new(&mut room);
            control.add_descriptors(descriptors).map_err(|_| Errno::INVAL)?;
            net::sendmsg(stream, None::<&Address>, &[IoSlice::new(bytes)], Some(&control), flags)
        };
        self.watched().when(Way::Out, send).await
    }

    /// Receives bytes, and adds the descriptors that came with them, which execve closes; gives how many bytes, 0 when the other end has
    /// sent all.
    ///
    /// # Errors
    /// Those of `recvmsg`; `MFILE` if not all descriptors could be opened: those that came are closed, and the bytes are lost.
    #[doc(alias = "SCM_RIGHTS")]
    pub async fn receive_descriptors(
        &self,
        buffer: &mut [u8],
        into: &mut impl Extend<OwnedFd>,
    ) -> Result<usize> {
        let flags = MessageFlags::DONT_WAIT | MessageFlags::CLOSE_ON_EXEC;
        let receive = |stream: BorrowedFd<'_>| {
            let mut room = [0; ROOM];
            let received = net::recvmsg(stream, &mut [IoSliceMut::new(buffer)], &mut room, flags)?;
            if received.flags.contains(MessageFlags::CONTROL_TRUNCATED) {
                return Err(Errno::MFILE);
            }
            for message in received.control {
                if let Control::Descriptors(descriptors) = message {
                    into.extend(descriptors);
                }
            }
            Ok(received.count)
        };
        self.watched().when(Way::In, receive).await
    }
}
