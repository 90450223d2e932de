//! Descriptors that travel over a connection of Unix sockets (unix(7), SCM_RIGHTS). Neither engine does that by itself: both say when
//! the call is worth its while.

use linux::Result;
use linux::fd::{BorrowedFd, OwnedFd};
use linux::net::{self, MessageFlags};

use super::Stream;
use crate::Way;

impl Stream<'_> {
    /// Sends bytes, and copies of descriptors along with the first of them; gives how many bytes.
    ///
    /// # Errors
    /// Those of [`net::send_descriptors`]; `PIPE` without SIGPIPE.
    #[doc(alias = "SCM_RIGHTS")]
    pub async fn send_descriptors(&self, bytes: &[u8], descriptors: &[BorrowedFd<'_>]) -> Result<usize> {
        let flags = MessageFlags::DONT_WAIT | MessageFlags::NO_SIGNAL;
        let send = |stream: BorrowedFd<'_>| net::send_descriptors(stream, bytes, descriptors, flags);
        self.watched().when(Way::Out, send).await
    }

    /// Receives bytes, and adds the descriptors that came with them, which execve closes; gives how many bytes, 0 when the other end has
    /// sent all.
    ///
    /// # Errors
    /// Those of [`net::receive_descriptors`].
    #[doc(alias = "SCM_RIGHTS")]
    pub async fn receive_descriptors(
        &self,
        buffer: &mut [u8],
        into: &mut impl Extend<OwnedFd>,
    ) -> Result<usize> {
        let flags = MessageFlags::DONT_WAIT | MessageFlags::CLOSE_ON_EXEC;
        let receive = |stream: BorrowedFd<'_>| net::receive_descriptors(stream, buffer, into, flags);
        self.watched().when(Way::In, receive).await
    }
}
