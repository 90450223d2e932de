//! Sockets of tasks: one type for streams, one for what takes them, and one for messages, whatever the family of addresses.

use core::fmt;
use core::time::Duration;

use linux::fd::{AsFd, BorrowedFd, OwnedFd};
use linux::fs::{self, OpenFlags};
use linux::net::{
    self, Address, AddressArg, Family, MessageFlags, NetlinkAddress, PacketAddress, Protocol, Shutdown,
    SocketFlags, SocketKind, UnixAddress, options,
};
use linux::uring::ReceiveFlags;
use linux::{Errno, Result};

use crate::operations::{Connect, Receive, Send};
use crate::pool::{Chunk, Pool, ReceiveChunk};
use crate::reactor::{Reactor, Watched, Way};
use crate::{OwnedBuffer, OwnedBytes};

/// Addresses that know their family.
pub trait Endpoint: AddressArg {
    /// Gives the family.
    fn family(&self) -> Family;
}

macro_rules! endpoints {
    ($($kind:ty: $family:ident),* $(,)?) => {$(
        impl Endpoint for $kind {
            fn family(&self) -> Family {
                Family::$family
            }
        }
    )*};
}

endpoints! {
    core::net::SocketAddrV4: IPV4,
    core::net::SocketAddrV6: IPV6,
    UnixAddress: UNIX,
    NetlinkAddress: NETLINK,
    PacketAddress: PACKET,
}

impl Endpoint for Address {
    fn family(&self) -> Family {
        match self {
            Self::Ipv4(address) => address.family(),
            Self::Ipv6(address) => address.family(),
            Self::Unix(address) => address.family(),
            Self::Netlink(address) => address.family(),
            Self::Packet(address) => address.family(),
            Self::Other(family) => *family,
        }
    }
}

fn socket(reactor: &Reactor, family: Family, kind: SocketKind) -> Result<Watched<'_>> {
    Watched::new(reactor, net::socket(family, kind, reactor.socket_flags(), Protocol::DEFAULT)?)
}

/// A socket that takes connections: of TCP, or of Unix sockets.
#[doc(alias = "TcpListener")]
#[doc(alias = "UnixListener")]
pub struct Listener<'r>(Watched<'r>);

impl<'r> Listener<'r> {
    /// Takes connections at an address from now on, with this many waiting at most. An address of IP may be one whose last
    /// connections wait for their end.
    ///
    /// # Errors
    /// Those of `socket`, `bind` and `listen`.
    pub fn bind(reactor: &'r Reactor, address: &impl Endpoint, waiting: u32) -> Result<Self> {
        // In either engine: what takes connections is not to lose one when it is dropped, so it waits first.
        let flags = reactor.socket_flags() | SocketFlags::NONBLOCK;
        let listener = net::socket(address.family(), SocketKind::STREAM, flags, Protocol::DEFAULT)?;
        let listener = Watched::new(reactor, listener)?;
        if matches!(address.family(), Family::IPV4 | Family::IPV6) {
            options::set_reuse_address(&listener, true)?;
        }
        net::bind(&listener, address)?;
        net::listen(&listener, waiting)?;
        Ok(Self(listener))
    }

    /// Takes the next connection; gives it and the address of the other end. A connection that was broken before it was taken
    /// is passed over.
    ///
    /// # Errors
    /// `MFILE`, `NFILE`, `NOBUFS`, `NOMEM`: there is no room for it, and it waits on.
    pub async fn accept(&self) -> Result<(Stream<'r>, Option<Address>)> {
        loop {
            let flags = self.0.reactor().socket_flags();
            match self.0.when(Way::In, |listener| net::accept(listener, flags)).await {
                Err(Errno::CONNABORTED | Errno::PROTO) => {}
                taken => {
                    let (socket, from) = taken?;
                    return Ok((Stream(Watched::new(self.0.reactor(), socket)?), from));
                }
            }
        }
    }

    /// Gives its address.
    ///
    /// # Errors
    /// Those of `getsockname`.
    pub fn local_address(&self) -> Result<Option<Address>> {
        net::getsockname(&self.0)
    }
}

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

    /// Ends one way or both.
    ///
    /// # Errors
    /// Those of `shutdown`.
    pub fn shutdown(&self, ways: Shutdown) -> Result<()> {
        net::shutdown(&self.0, ways)
    }
}

/// A socket of messages: of UDP, or of Unix sockets.
#[doc(alias = "UdpSocket")]
#[doc(alias = "UnixDatagram")]
pub struct Datagram<'r>(Watched<'r>);

impl<'r> Datagram<'r> {
    /// Sends from and receives at an address.
    ///
    /// # Errors
    /// Those of `socket` and `bind`.
    pub fn bind(reactor: &'r Reactor, address: &impl Endpoint) -> Result<Self> {
        let socket = socket(reactor, address.family(), SocketKind::DATAGRAM)?;
        net::bind(&socket, address)?;
        Ok(Self(socket))
    }

    /// Sends to one address, and receives from it alone, from now on.
    ///
    /// # Errors
    /// Those of `connect`.
    pub fn connect(&self, address: &impl Endpoint) -> Result<()> {
        net::connect(&self.0, address)
    }

    /// Gives its address.
    ///
    /// # Errors
    /// Those of `getsockname`.
    pub fn local_address(&self) -> Result<Option<Address>> {
        net::getsockname(&self.0)
    }

    /// Receives a message, of which what does not fit is lost; gives its length and who sent it.
    ///
    /// # Errors
    /// Those of `recvfrom`.
    pub async fn receive_from(&self, buffer: &mut [u8]) -> Result<(usize, Option<Address>)> {
        self.0.when(Way::In, |socket| net::recvfrom(socket, &mut *buffer, MessageFlags::DONT_WAIT)).await
    }

    /// Sends a message to an address.
    ///
    /// # Errors
    /// Those of `sendto`.
    pub async fn send_to(&self, bytes: &[u8], to: &impl Endpoint) -> Result<usize> {
        let flags = MessageFlags::DONT_WAIT | MessageFlags::NO_SIGNAL;
        self.0.when(Way::Out, |socket| net::sendto(socket, bytes, flags, to)).await
    }

    /// Sends a message to where the socket is connected.
    ///
    /// # Errors
    /// Those of `send`.
    pub async fn send(&self, bytes: &[u8]) -> Result<usize> {
        let flags = MessageFlags::DONT_WAIT | MessageFlags::NO_SIGNAL;
        self.0.when(Way::Out, |socket| net::send(socket, bytes, flags)).await
    }
}

macro_rules! sockets {
    ($($socket:ident),*) => {$(
        impl AsFd for $socket<'_> {
            fn as_fd(&self) -> BorrowedFd<'_> {
                self.0.as_fd()
            }
        }

        impl fmt::Debug for $socket<'_> {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, concat!(stringify!($socket), "({:?})"), self.0.as_fd())
            }
        }
    )*};
}

sockets!(Listener, Stream, Datagram);
