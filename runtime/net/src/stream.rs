//! Streams over TCP.

use core::net::SocketAddr;
use core::time::Duration;

use linux::fd::OwnedFd;
use linux::net::options::{REUSE_ADDRESS, TCP_NO_DELAY};
use linux::net::{Protocol, Shutdown, SocketKind, bind, connect, getpeername, getsockname, shutdown};
use linux::{Errno, Result};

use crate::Socket;
use crate::socket::{connect_whole, descriptor, family, make, streams, wait_connected};

/// A connection over TCP.
#[derive(Debug)]
pub struct TcpStream(pub(crate) OwnedFd);

descriptor!(TcpStream);
streams!(TcpStream, &TcpStream);

impl TcpStream {
    /// Connects to an address; [`connect_host`](crate::connect_host) takes a name.
    ///
    /// # Errors
    /// Those of `connect(2)` but `INTR`.
    pub fn connect(address: SocketAddr) -> Result<Self> {
        let socket = make(family(address), SocketKind::STREAM, Protocol::TCP)?;
        connect_whole(&socket, &address)?;
        Ok(Self(socket))
    }

    /// The same, within a time.
    ///
    /// # Errors
    /// Those of [`connect`](Self::connect), and `TIMEDOUT`.
    pub fn connect_timeout(address: SocketAddr, limit: Duration) -> Result<Self> {
        Self::connect_from(None, address, Some(limit))
    }

    /// Connects from an address and port of this machine, port 0 for a free one, within a time if one is given.
    ///
    /// # Errors
    /// Those of `bind(2)` and [`connect_timeout`](Self::connect_timeout).
    pub fn connect_from(
        own: Option<SocketAddr>,
        address: SocketAddr,
        limit: Option<Duration>,
    ) -> Result<Self> {
        let stream = Self::begin_from(own, address)?;
        wait_connected(&stream.0, limit)?;
        stream.set_nonblocking(false)?;
        Ok(stream)
    }

    /// Begins to connect; the socket does not wait, and is writable when it is connected or has failed
    /// ([`take_error`](Socket::take_error) says which).
    ///
    /// # Errors
    /// Those of `connect(2)` that come at once.
    pub fn begin(address: SocketAddr) -> Result<Self> {
        Self::begin_from(None, address)
    }

    /// The same, from an address and port of this machine; port 0 for a free one.
    ///
    /// # Errors
    /// Those of `bind(2)`, and of `connect(2)` that come at once.
    pub fn begin_from(own: Option<SocketAddr>, address: SocketAddr) -> Result<Self> {
        let stream = Self(make(family(address), SocketKind::STREAM, Protocol::TCP)?);
        if let Some(own) = own {
            stream.set_option(REUSE_ADDRESS, true)?;
            bind(&stream.0, &own)?;
        }
        stream.set_nonblocking(true)?;
        match connect(&stream.0, &address) {
            Ok(()) | Err(Errno::INPROGRESS | Errno::INTR) => Ok(stream),
            Err(errno) => Err(errno),
        }
    }

    /// Gives the address of this end.
    ///
    /// # Errors
    /// Those of `getsockname(2)`; `AFNOSUPPORT` if it is no internet socket.
    pub fn local_address(&self) -> Result<SocketAddr> {
        getsockname(&self.0)?.and_then(|address| address.internet()).ok_or(Errno::AFNOSUPPORT)
    }

    /// Gives the address of the other end.
    ///
    /// # Errors
    /// Those of `getpeername(2)`; `AFNOSUPPORT` if it is no internet socket.
    pub fn peer_address(&self) -> Result<SocketAddr> {
        getpeername(&self.0)?.and_then(|address| address.internet()).ok_or(Errno::AFNOSUPPORT)
    }

    /// Ends the connection in one way or both, for all who share it.
    ///
    /// # Errors
    /// `NOTCONN`.
    pub fn shutdown(&self, ways: Shutdown) -> Result<()> {
        shutdown(&self.0, ways)
    }

    /// Sends what is written at once (TCP_NODELAY).
    ///
    /// # Errors
    /// Those of [`Socket::set_option`].
    pub fn set_nodelay(&self, on: bool) -> Result<()> {
        self.set_option(TCP_NO_DELAY, on)
    }
}
