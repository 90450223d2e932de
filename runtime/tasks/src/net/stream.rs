//! Connections, and what comes on them.

use core::fmt;
use core::time::Duration;

use linux::fd::{AsFd, OwnedFd};
use linux::fs::{self, OpenFlags};
use linux::net::{self, Address, MessageFlags, Shutdown, SocketFlags, SocketKind};
use linux::uring::ReceiveFlags;
use linux::{Errno, Result};

use super::{Endpoint, socket, sockets};
use crate::operations::{Connect, Receive, Send};
use crate::pool::{Chunk, Pool, ReceiveChunk};
use crate::reactor::{Reactor, Series, Watched, Way};
use crate::{OwnedBuffer, OwnedBytes};

/// A connection: of TCP, or of Unix sockets. One task may read while another one writes.
#[doc(alias = "TcpStream")]
#[doc(alias = "UnixStream")]
pub struct Stream<'r>(Watched<'r>);

impl<'r> Stream<'r> {
    /// Connects to an address.
    ///
    /// # Errors
    /// Those of `socket` and `connect`; `AGAIN` from a Unix socket with no room for more that wait: epoll cannot wait for that, while
    /// io_uring does.
    pub async fn connect(reactor: &'r Reactor, address: &impl Endpoint) -> Result<Self> {
        let stream = socket(reactor, address.family(), SocketKind::STREAM)?;
        stream.operate(Way::Out, Connect::new(stream.as_fd(), address)?).await?;
        Ok(Self(stream))
    }

    /// Takes a socket that was made for this reactor.
    pub(super) fn made(reactor: &'r Reactor, socket: OwnedFd) -> Result<Self> {
        Watched::new(reactor, socket).map(Self)
    }

    /// Takes a connected socket.
    ///
    /// # Errors
    /// Those of [`Watched::new`].
    pub fn from_socket(reactor: &'r Reactor, socket: OwnedFd) -> Result<Self> {
        let mut flags = fs::status_flags(&socket)?;
        flags.set(OpenFlags::NONBLOCK, reactor.socket_flags().contains(SocketFlags::NONBLOCK));
        fs::set_status_flags(&socket, flags)?;
        Watched::new(reactor, socket).map(Self)
    }

    /// Has the kernel keep the socket at hand; see [`Watched::register`].
    pub fn register(&mut self) -> bool {
        self.0.register()
    }

    pub(super) const fn watched(&self) -> &Watched<'r> {
        &self.0
    }

    /// Reads what has come, at least a byte; gives how many, 0 when the other end has sent all.
    ///
    /// # Errors
    /// Those of `recv`.
    pub async fn read(&self, buffer: &mut [u8]) -> Result<usize> {
        let room = buffer.len();
        let count =
            self.0.when(Way::In, |stream| net::recv(stream, &mut *buffer, MessageFlags::DONT_WAIT)).await?;
        if count > 0 && count < room {
            self.0.is_short();
        }
        Ok(count)
    }

    /// Reads until the buffer is full.
    ///
    /// # Errors
    /// Those of `recv`; `PIPE` if the other end has sent all before.
    pub async fn read_exact(&self, buffer: &mut [u8]) -> Result<()> {
        let mut rest = buffer;
        while !rest.is_empty() {
            match self.read(rest).await? {
                0 => return Err(Errno::PIPE),
                count => rest = rest.get_mut(count..).unwrap_or_default(),
            }
        }
        Ok(())
    }

    /// Writes as much as there is room for, at least a byte; gives how many.
    ///
    /// # Errors
    /// Those of `send`; `PIPE` without SIGPIPE.
    pub async fn write(&self, bytes: &[u8]) -> Result<usize> {
        let flags = MessageFlags::DONT_WAIT | MessageFlags::NO_SIGNAL;
        self.0.when(Way::Out, |stream| net::send(stream, bytes, flags)).await
    }

    /// Writes all.
    ///
    /// # Errors
    /// Those of `send`; `PIPE` without SIGPIPE.
    pub async fn write_all(&self, bytes: &[u8]) -> Result<()> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let count = self.write(rest).await?;
            rest = rest.get(count..).unwrap_or_default();
        }
        Ok(())
    }

    /// Reads what has come into a buffer that is given away for as long as the kernel has it; gives it back with how many bytes
    /// came, 0 when the other end has sent all. Where io_uring waits, it fills the buffer by itself: if the future is dropped,
    /// bytes that had come by then may be lost with it, as they are not by [`read`](Self::read).
    pub async fn read_owned<B: OwnedBuffer>(&self, buffer: B) -> (Result<usize>, B) {
        self.0.operate(Way::In, Receive::new(self.0.as_fd(), buffer)).await
    }

    /// The same, at most as long as the limit, which the kernel keeps where it can: then the error is `TIMEDOUT`.
    #[doc(alias = "IORING_OP_LINK_TIMEOUT")]
    pub async fn read_owned_within<B: OwnedBuffer>(&self, buffer: B, limit: Duration) -> (Result<usize>, B) {
        self.0.operate_within(Way::In, Receive::new(self.0.as_fd(), buffer), Some(limit)).await
    }

    /// Writes bytes that are given away for as long as the kernel has them; gives them back with how many were written.
    pub async fn write_owned<B: OwnedBytes>(&self, bytes: B) -> (Result<usize>, B) {
        self.0.operate(Way::Out, Send::<_, false>::new(self.0.as_fd(), bytes, 0)).await
    }

    /// Writes all bytes, which are given away meanwhile; gives them back.
    pub async fn write_all_owned<B: OwnedBytes>(&self, bytes: B) -> (Result<()>, B) {
        let (mut bytes, mut start) = (bytes, 0);
        while start < bytes.bytes().len() {
            let send = Send::<_, false>::new(self.0.as_fd(), bytes, start);
            let (count, back) = self.0.operate(Way::Out, send).await;
            bytes = back;
            match count {
                Ok(count) => start += count,
                Err(errno) => return (Err(errno), bytes),
            }
        }
        (Ok(()), bytes)
    }

    /// Writes bytes without a copy, where kernel and socket can: for bytes by the tens of thousands. They come back when the other
    /// end has them.
    #[doc(alias = "IORING_OP_SEND_ZC")]
    pub async fn write_zero_copy<B: OwnedBytes>(&self, bytes: B) -> (Result<usize>, B) {
        match self.0.operate(Way::Out, Send::<_, true>::new(self.0.as_fd(), bytes, 0)).await {
            (Err(Errno::OPNOTSUPP), bytes) => self.write_owned(bytes).await,
            sent => sent,
        }
    }

    /// Receives what comes into a buffer of a pool, which is taken when it comes; empty when the other end has sent all. If the
    /// future is dropped, bytes that had come by then may be lost with it where io_uring waits.
    ///
    /// # Errors
    /// Those of `recv`; `INVAL` if the pool is another reactor's; `NOBUFS` if something came, or the end, and no buffer of the
    /// pool was free: it waits on.
    pub async fn receive(&self, pool: &Pool) -> Result<Chunk> {
        if !pool.is_of(self.0.reactor()) {
            return Err(Errno::INVAL);
        }
        let receive = |how| ReceiveChunk::new(self.0.as_fd(), pool, how);
        if !pool.is_of_kernel() {
            return self.0.call(Way::In, receive(ReceiveFlags::empty())).await;
        }
        match self.0.operate(Way::In, receive(ReceiveFlags::empty())).await {
            // The kernel looks for a buffer before it looks whether anything has come.
            Err(Errno::NOBUFS) => self.0.operate(Way::In, receive(ReceiveFlags::POLL_FIRST)).await,
            received => received,
        }
    }

    /// Receives one chunk after the other into buffers of a pool, by one operation of the kernel where it can (Linux 6.0). What
    /// comes is taken before it is asked for, so that a task that asks for nothing may hold many of the buffers.
    ///
    /// # Errors
    /// `INVAL` if the pool is another reactor's.
    #[doc(alias = "IORING_RECV_MULTISHOT")]
    pub fn chunks<'a>(&'a self, pool: &'a Pool) -> Result<Chunks<'a, 'r>> {
        let reactor = self.0.reactor();
        if !pool.is_of(reactor) {
            return Err(Errno::INVAL);
        }
        let how = ReceiveFlags::MULTISHOT | ReceiveFlags::POLL_FIRST;
        let series = match pool.is_of_kernel() {
            true => reactor.repeat(ReceiveChunk::new(self.0.as_fd(), pool, how)),
            false => None,
        };
        Ok(Chunks { stream: self, pool, series })
    }

    /// Gives the address of this end.
    ///
    /// # Errors
    /// Those of `getsockname`.
    pub fn local_address(&self) -> Result<Option<Address>> {
        net::getsockname(&self.0)
    }

    /// Gives the address of the other end.
    ///
    /// # Errors
    /// Those of `getpeername`.
    pub fn peer_address(&self) -> Result<Option<Address>> {
        net::getpeername(&self.0)
    }

    /// Ends one way or both.
    ///
    /// # Errors
    /// Those of `shutdown`.
    pub fn shutdown(&self, ways: Shutdown) -> Result<()> {
        net::shutdown(&self.0, ways)
    }
}

/// What comes on a connection. Chunks that have come by the time when this is dropped, and that nobody asked for, are lost.
pub struct Chunks<'a, 'r> {
    stream: &'a Stream<'r>,
    pool: &'a Pool,
    series: Option<Series<'r, ReceiveChunk>>,
}

impl Chunks<'_, '_> {
    /// Waits for the next chunk, which is empty when the other end has sent all. A future that is dropped loses none.
    ///
    /// # Errors
    /// Those of [`Stream::receive`].
    pub async fn next(&mut self) -> Result<Chunk> {
        let Some(series) = &mut self.series else { return self.stream.receive(self.pool).await };
        loop {
            match series.next().await {
                // The kernel looks for a buffer before it looks whether more has come: only at first it has waited for that.
                Err(Errno::NOBUFS) if !series.was_first() => {}
                received => return received,
            }
        }
    }
}

impl fmt::Debug for Chunks<'_, '_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Chunks({:?})", self.stream)
    }
}

sockets!(Stream);
