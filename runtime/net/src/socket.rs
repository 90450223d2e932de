//! What all sockets can, and how they are made.

use alloc::vec::Vec;
use core::time::Duration;

use io::{IoSlice, IoSliceMut};
use linux::fd::{AsFd, BorrowedFd, OwnedFd};
use linux::fs::{OpenFlags, set_status_flags, status_flags};
use linux::net::options::{OptionValue, RECEIVE_TIMEOUT, SEND_TIMEOUT, SocketOption, Timeout, take_error};
use linux::net::{
    Address, AddressArg, Family, MessageFlags, Protocol, Received, SendControl, SocketFlags, SocketKind,
    connect, receive_descriptors, recv, recvmsg, send, send_descriptors, sendmsg, socket,
};
use linux::poll::{PollFd, PollFlags, poll};
use linux::time::monotonic;
use linux::{Errno, Result, retry};

/// What all sockets can.
pub trait Socket: AsFd {
    /// Sets an option; [`options`](crate::options) has them all.
    ///
    /// # Errors
    /// Those of the option.
    fn set_option<T: OptionValue>(&self, option: SocketOption<T>, value: T) -> Result<()> {
        option.set(self.as_fd(), value)
    }

    /// Gives what an option is set to.
    ///
    /// # Errors
    /// Those of the option.
    fn option<T: OptionValue>(&self, option: SocketOption<T>) -> Result<T> {
        option.get(self.as_fd())
    }

    /// Sets how long receiving waits before it gives `AGAIN`; none for ever.
    ///
    /// # Errors
    /// `BADF`.
    fn set_read_timeout(&self, limit: Option<Duration>) -> Result<()> {
        self.set_option(RECEIVE_TIMEOUT, Timeout(limit))
    }

    /// Sets how long sending waits before it gives `AGAIN`; none for ever.
    ///
    /// # Errors
    /// `BADF`.
    fn set_write_timeout(&self, limit: Option<Duration>) -> Result<()> {
        self.set_option(SEND_TIMEOUT, Timeout(limit))
    }

    /// Has calls give `AGAIN` instead of waiting, for all who share the socket.
    ///
    /// # Errors
    /// `BADF`.
    fn set_nonblocking(&self, on: bool) -> Result<()> {
        let mut flags = status_flags(self.as_fd())?;
        flags.set(OpenFlags::NONBLOCK, on);
        set_status_flags(self.as_fd(), flags)
    }

    /// Takes the error that waits on the socket.
    ///
    /// # Errors
    /// `BADF`.
    fn take_error(&self) -> Result<Option<Errno>> {
        take_error(self.as_fd())
    }

    /// Receives what is next and leaves it there; gives how many bytes.
    ///
    /// # Errors
    /// Those of [`recv`].
    fn peek(&self, buffer: &mut [u8]) -> Result<usize> {
        recv(self.as_fd(), buffer, MessageFlags::PEEK)
    }

    /// Sends several slices as one message, with control data; to where the socket is connected, unless an address is given.
    ///
    /// # Errors
    /// Those of [`sendmsg`].
    fn send_message(
        &self,
        to: Option<&Address>,
        slices: &[IoSlice<'_>],
        control: Option<&SendControl<'_, '_>>,
    ) -> Result<usize> {
        sendmsg(self.as_fd(), to, slices, control, MessageFlags::NO_SIGNAL)
    }

    /// Receives a message into several buffers, with its control data.
    ///
    /// # Errors
    /// Those of [`recvmsg`].
    fn receive_message<'control>(
        &self,
        buffers: &mut [IoSliceMut<'_>],
        control: &'control mut [u8],
    ) -> Result<Received<'control>> {
        recvmsg(self.as_fd(), buffers, control, self.receives_by())
    }

    /// Gives how messages are received: so that execve closes descriptors that come.
    #[doc(hidden)]
    fn receives_by(&self) -> MessageFlags {
        MessageFlags::CLOSE_ON_EXEC
    }

    /// Sends bytes, and copies of descriptors along with the first of them, over a Unix socket; gives how many bytes.
    ///
    /// # Errors
    /// Those of [`send_descriptors`].
    fn send_descriptors(&self, bytes: &[u8], descriptors: &[BorrowedFd<'_>]) -> Result<usize> {
        send_descriptors(self.as_fd(), bytes, descriptors, MessageFlags::NO_SIGNAL)
    }

    /// Receives bytes, and appends the descriptors that came with them; gives how many bytes, 0 at the end of a stream.
    ///
    /// # Errors
    /// Those of [`receive_descriptors`].
    fn receive_descriptors(&self, buffer: &mut [u8], into: &mut Vec<OwnedFd>) -> Result<usize> {
        receive_descriptors(self.as_fd(), buffer, into, self.receives_by())
    }
}

/// What the sockets of one descriptor have in common.
macro_rules! descriptor {
    ($($socket:ty),*) => {$(
        $crate::socket::descriptor!(@ $socket);

        impl $crate::Socket for $socket {}
    )*};
    (@ $socket:ty) => {
        impl $socket {
            /// Makes a second descriptor of this socket.
            ///
            /// # Errors
            /// `MFILE`.
            pub fn try_clone(&self) -> linux::Result<Self> {
                linux::fs::dup(&self.0).map(Self)
            }

            /// Gives the descriptor away.
            pub fn into_fd(self) -> linux::fd::OwnedFd {
                self.0
            }
        }

        /// Takes a socket that was made elsewhere; one of another kind fails at its first call.
        impl From<linux::fd::OwnedFd> for $socket {
            fn from(descriptor: linux::fd::OwnedFd) -> Self {
                Self(descriptor)
            }
        }

        impl linux::fd::AsFd for $socket {
            fn as_fd(&self) -> linux::fd::BorrowedFd<'_> {
                self.0.as_fd()
            }
        }
    };
}
pub(crate) use descriptor;

/// The traits of streams, of the socket itself and of a shared one: the kernel keeps the position.
macro_rules! streams {
    ($($stream:ty),*) => {$(
        impl io::Read for $stream {
            fn read(&mut self, buffer: &mut [u8]) -> linux::Result<usize> {
                linux::fs::read(&self.0, buffer)
            }

            fn read_vectored(&mut self, buffers: &mut [io::IoSliceMut<'_>]) -> linux::Result<usize> {
                linux::fs::readv(&self.0, buffers)
            }
        }

        impl io::Write for $stream {
            fn write(&mut self, bytes: &[u8]) -> linux::Result<usize> {
                $crate::socket::send_quietly(&self.0, bytes)
            }

            /// Nothing is held back on this side of the kernel.
            fn flush(&mut self) -> linux::Result<()> {
                Ok(())
            }

            fn write_vectored(&mut self, slices: &[io::IoSlice<'_>]) -> linux::Result<usize> {
                $crate::socket::send_slices_quietly(&self.0, slices)
            }
        }
    )*};
}
pub(crate) use streams;

/// Sends without the signal of a closed other end.
pub(crate) fn send_quietly(socket: impl AsFd, bytes: &[u8]) -> Result<usize> {
    send(socket, bytes, MessageFlags::NO_SIGNAL)
}

/// The same of several slices.
pub(crate) fn send_slices_quietly(socket: impl AsFd, slices: &[IoSlice<'_>]) -> Result<usize> {
    sendmsg(socket, None::<&Address>, slices, None, MessageFlags::NO_SIGNAL)
}

/// Makes a socket that execve closes.
pub(crate) fn make(family: Family, kind: SocketKind, protocol: Protocol) -> Result<OwnedFd> {
    socket(family, kind, SocketFlags::CLOSE_ON_EXEC, protocol)
}

/// Gives the family of an address.
pub(crate) fn family(address: core::net::SocketAddr) -> Family {
    if address.is_ipv6() { Family::IPV6 } else { Family::IPV4 }
}

/// Connects to the end, over interruptions.
pub(crate) fn connect_whole(socket: &OwnedFd, address: &impl AddressArg) -> Result<()> {
    match connect(socket, address) {
        // It goes on behind.
        Err(Errno::INTR) => wait_connected(socket, None),
        other => other,
    }
}

/// Waits until a connection that is being made is there; `TIMEDOUT` when the limit is over first.
pub(crate) fn wait_connected(socket: &OwnedFd, limit: Option<Duration>) -> Result<()> {
    let end = limit.map(|limit| monotonic().saturating_add(limit));
    retry(|| {
        let left = end.map(|end| end.saturating_sub(monotonic()));
        match poll(&mut [PollFd::new(socket, PollFlags::OUT)], left)? {
            0 => Err(Errno::TIMEDOUT),
            _ => take_error(socket)?.map_or(Ok(()), Err),
        }
    })
}
