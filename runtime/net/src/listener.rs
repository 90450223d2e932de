//! Taking connections over TCP.

use core::net::SocketAddr;

use linux::fd::OwnedFd;
use linux::net::options::REUSE_ADDRESS;
use linux::net::{Protocol, SocketFlags, SocketKind, accept, bind, getsockname, listen};
use linux::{Errno, Result, retry};

use crate::socket::{descriptor, family, make};
use crate::{Socket, TcpStream};

/// Connections that wait to be taken; the kernel cuts it to its own limit.
pub(crate) const WAITING: u32 = 4096;

/// A socket that takes connections over TCP.
#[derive(Debug)]
pub struct TcpListener(OwnedFd);

descriptor!(TcpListener);

impl TcpListener {
    /// Listens on an address, port 0 for a free one. The address may have connections of a former listener that wait for their
    /// end.
    ///
    /// # Errors
    /// Those of `bind(2)` and `listen(2)`.
    pub fn bind(address: SocketAddr) -> Result<Self> {
        let listener = Self(make(family(address), SocketKind::STREAM, Protocol::TCP)?);
        listener.set_option(REUSE_ADDRESS, true)?;
        bind(&listener.0, &address)?;
        listen(&listener.0, WAITING)?;
        Ok(listener)
    }

    /// Takes the next connection; gives it with the address of the other end.
    ///
    /// # Errors
    /// Those of `accept(2)` but `INTR`.
    pub fn accept(&self) -> Result<(TcpStream, SocketAddr)> {
        let (stream, from) = retry(|| accept(&self.0, SocketFlags::CLOSE_ON_EXEC))?;
        let from = from.and_then(|address| address.internet()).ok_or(Errno::AFNOSUPPORT)?;
        Ok((TcpStream(stream), from))
    }

    /// Takes connections for ever.
    pub fn incoming(&self) -> Incoming<'_> {
        Incoming(self)
    }

    /// Gives the address that it listens on.
    ///
    /// # Errors
    /// Those of `getsockname(2)`; `AFNOSUPPORT` if it is no internet socket.
    pub fn local_address(&self) -> Result<SocketAddr> {
        getsockname(&self.0)?.and_then(|address| address.internet()).ok_or(Errno::AFNOSUPPORT)
    }
}

/// The connections of a listener; never ends.
#[derive(Debug)]
pub struct Incoming<'a>(&'a TcpListener);

impl Iterator for Incoming<'_> {
    type Item = Result<TcpStream>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(self.0.accept().map(|(stream, _)| stream))
    }
}
