//! Sockets of messages.

use linux::Result;
use linux::net::{self, Address, MessageFlags, SocketKind};

use super::{Endpoint, socket, sockets};
use crate::reactor::{Reactor, Watched, Way};

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

sockets!(Datagram);
