//! Sockets of this machine (unix(7)): streams and datagrams, under paths and under names outside the tree.

use linux::fd::OwnedFd;
use linux::net::options::peer_credentials;
use linux::net::{
    Address, Credentials, Family, MessageFlags, Protocol, Shutdown, SocketFlags, SocketKind, UnixAddress,
    accept, bind, connect, getpeername, getsockname, listen, recv, recvfrom, sendto, shutdown, socketpair,
};
use linux::{Errno, Result, retry};

use crate::listener::WAITING;
use crate::socket::{descriptor, make, send_quietly, streams};

/// A connection within the machine.
#[derive(Debug)]
pub struct UnixStream(OwnedFd);

/// A socket that takes connections within the machine. Its path stays when it is closed.
#[derive(Debug)]
pub struct UnixListener(OwnedFd);

/// A socket of messages within the machine, none of which is lost. Its path stays when it is closed.
#[derive(Debug)]
pub struct UnixDatagram(OwnedFd);

descriptor!(UnixStream, UnixListener, UnixDatagram);
streams!(UnixStream, &UnixStream);

/// What all three have; a socket of another family has no such address.
macro_rules! addresses {
    ($($socket:ty),*) => {$(
        impl $socket {
            /// Gives the address of this end.
            ///
            /// # Errors
            /// Those of `getsockname(2)`; `AFNOSUPPORT` if it is no Unix socket.
            pub fn local_address(&self) -> Result<UnixAddress> {
                unix(getsockname(&self.0)?)
            }
        }
    )*};
}

addresses!(UnixStream, UnixListener, UnixDatagram);

fn unix(address: Option<Address>) -> Result<UnixAddress> {
    match address {
        Some(Address::Unix(address)) => Ok(address),
        _ => Err(Errno::AFNOSUPPORT),
    }
}

fn pair(kind: SocketKind) -> Result<(OwnedFd, OwnedFd)> {
    socketpair(Family::UNIX, kind, SocketFlags::CLOSE_ON_EXEC)
}

impl UnixStream {
    /// Connects to a path or a name outside the tree.
    ///
    /// # Errors
    /// `NOENT`, `CONNREFUSED`, `ACCES`, `AGAIN` (too many wait).
    pub fn connect(address: &UnixAddress) -> Result<Self> {
        let socket = make(Family::UNIX, SocketKind::STREAM, Protocol::DEFAULT)?;
        // Interrupted, it has not begun; one of TCP would go on behind.
        retry(|| connect(&socket, address))?;
        Ok(Self(socket))
    }

    /// Makes two that are connected to each other.
    ///
    /// # Errors
    /// `MFILE`, `NFILE`.
    pub fn pair() -> Result<(Self, Self)> {
        pair(SocketKind::STREAM).map(|(one, two)| (Self(one), Self(two)))
    }

    /// Gives the address of the other end.
    ///
    /// # Errors
    /// `NOTCONN`; `AFNOSUPPORT` if it is no Unix socket.
    pub fn peer_address(&self) -> Result<UnixAddress> {
        unix(getpeername(&self.0)?)
    }

    /// Gives who made the other end.
    ///
    /// # Errors
    /// Those of `getsockopt(2)`.
    pub fn peer_credentials(&self) -> Result<Credentials> {
        peer_credentials(&self.0)
    }

    /// Ends the connection in one way or both, for all who share it.
    ///
    /// # Errors
    /// `NOTCONN`.
    pub fn shutdown(&self, ways: Shutdown) -> Result<()> {
        shutdown(&self.0, ways)
    }
}

impl UnixListener {
    /// Listens under a path or a name outside the tree.
    ///
    /// # Errors
    /// `ADDRINUSE` (a path that is there counts), `NOENT`, `ACCES`, `ROFS`.
    pub fn bind(address: &UnixAddress) -> Result<Self> {
        let socket = make(Family::UNIX, SocketKind::STREAM, Protocol::DEFAULT)?;
        bind(&socket, address)?;
        listen(&socket, WAITING)?;
        Ok(Self(socket))
    }

    /// Takes the next connection.
    ///
    /// # Errors
    /// Those of `accept(2)` but `INTR`.
    pub fn accept(&self) -> Result<UnixStream> {
        retry(|| accept(&self.0, SocketFlags::CLOSE_ON_EXEC)).map(|(stream, _)| UnixStream(stream))
    }
}

impl UnixDatagram {
    /// Makes a socket under a path or a name outside the tree.
    ///
    /// # Errors
    /// `ADDRINUSE` (a path that is there counts), `NOENT`, `ACCES`, `ROFS`.
    pub fn bind(address: &UnixAddress) -> Result<Self> {
        let socket = Self::unbound()?;
        bind(&socket.0, address)?;
        Ok(socket)
    }

    /// Makes a socket without an address.
    ///
    /// # Errors
    /// `MFILE`, `NFILE`.
    pub fn unbound() -> Result<Self> {
        make(Family::UNIX, SocketKind::DATAGRAM, Protocol::DEFAULT).map(Self)
    }

    /// Makes two that are connected to each other.
    ///
    /// # Errors
    /// `MFILE`, `NFILE`.
    pub fn pair() -> Result<(Self, Self)> {
        pair(SocketKind::DATAGRAM).map(|(one, two)| (Self(one), Self(two)))
    }

    /// Sends to one address from now on, and receives from there alone.
    ///
    /// # Errors
    /// `NOENT`, `CONNREFUSED`, `ACCES`.
    pub fn connect(&self, address: &UnixAddress) -> Result<()> {
        connect(&self.0, address)
    }

    /// Sends to where the socket is connected.
    ///
    /// # Errors
    /// Those of `send(2)`.
    pub fn send(&self, bytes: &[u8]) -> Result<usize> {
        send_quietly(&self.0, bytes)
    }

    /// Sends to an address.
    ///
    /// # Errors
    /// Those of `send(2)`.
    pub fn send_to(&self, bytes: &[u8], to: &UnixAddress) -> Result<usize> {
        sendto(&self.0, bytes, MessageFlags::NO_SIGNAL, to)
    }

    /// Receives a message; what does not fit the buffer is lost.
    ///
    /// # Errors
    /// Those of `recv(2)`.
    pub fn recv(&self, buffer: &mut [u8]) -> Result<usize> {
        recv(&self.0, buffer, MessageFlags::empty())
    }

    /// Receives a message, with the address of its sender, which may have none.
    ///
    /// # Errors
    /// Those of `recv(2)`.
    pub fn recv_from(&self, buffer: &mut [u8]) -> Result<(usize, UnixAddress)> {
        let (count, from) = recvfrom(&self.0, buffer, MessageFlags::empty())?;
        // The kernel gives no bytes at all of a sender without a name.
        Ok((count, from.map_or(Ok(UnixAddress::UNNAMED), |from| unix(Some(from)))?))
    }
}
