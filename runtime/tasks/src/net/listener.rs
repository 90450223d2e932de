//! Sockets that take connections.

use core::fmt;

use linux::fd::AsFd;
use linux::net::{self, Address, Family, Protocol, SocketFlags, SocketKind, options};
use linux::{Errno, Result};

use super::{Endpoint, Stream, sockets};
use crate::operations::Accept;
use crate::reactor::{Reactor, Series, Watched, Way};

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
                    return Ok((Stream::made(self.0.reactor(), socket)?, from));
                }
            }
        }
    }

    /// Takes one connection after the other, by one operation of the kernel where it can (Linux 5.19).
    #[doc(alias = "IORING_ACCEPT_MULTISHOT")]
    pub fn incoming(&self) -> Incoming<'_, 'r> {
        Incoming { listener: self, series: self.0.reactor().repeat(self.take()) }
    }

    fn take(&self) -> Accept {
        Accept { listener: self.0.as_fd().as_raw(), flags: self.0.reactor().socket_flags() }
    }

    /// Gives its address.
    ///
    /// # Errors
    /// Those of `getsockname`.
    pub fn local_address(&self) -> Result<Option<Address>> {
        net::getsockname(&self.0)
    }
}

/// Connections as they come. Those that were taken by the time when this is dropped, and that nobody asked for, are closed.
pub struct Incoming<'a, 'r> {
    listener: &'a Listener<'r>,
    series: Option<Series<'r, Accept>>,
}

impl<'r> Incoming<'_, 'r> {
    /// Waits for the next connection. A future that is dropped loses none.
    ///
    /// # Errors
    /// Those of [`Listener::accept`].
    pub async fn next(&mut self) -> Result<Stream<'r>> {
        let watched = &self.listener.0;
        loop {
            let taken = match &mut self.series {
                Some(series) => series.next().await,
                None => watched.call(Way::In, self.listener.take()).await,
            };
            match taken {
                Err(Errno::CONNABORTED | Errno::PROTO) => {}
                // There are kernels that do not wait for what waits in no calls.
                Err(Errno::AGAIN) => {
                    watched.may_be_over(Way::In)?;
                    watched.ready(Way::In).await?;
                }
                taken => return Stream::made(watched.reactor(), taken?),
            }
        }
    }
}

impl fmt::Debug for Incoming<'_, '_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Incoming({:?})", self.listener)
    }
}

sockets!(Listener);
