//! Datagrams over UDP.

use core::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use io::{IoSlice, IoSliceMut};
use linux::fd::OwnedFd;
use linux::net::{
    Datagram, MessageFlags, Protocol, SocketKind, bind, connect, getpeername, getsockname, options, recv,
    recvfrom, recvmmsg, sendmmsg, sendto,
};
use linux::{Errno, Result};

use crate::socket::{descriptor, family, make, send_quietly};

/// A socket of datagrams.
#[derive(Debug)]
pub struct UdpSocket(OwnedFd);

descriptor!(UdpSocket);

const NONE: MessageFlags = MessageFlags::empty();

impl UdpSocket {
    /// Makes a socket with an address, port 0 for a free one.
    ///
    /// # Errors
    /// Those of `bind(2)`.
    pub fn bind(address: SocketAddr) -> Result<Self> {
        let socket = make(family(address), SocketKind::DATAGRAM, Protocol::UDP)?;
        bind(&socket, &address)?;
        Ok(Self(socket))
    }

    /// Makes a socket that sends to one address and receives from there alone, from the address and port that the kernel chooses.
    /// What that end refuses comes as `CONNREFUSED`.
    ///
    /// # Errors
    /// Those of `connect(2)`.
    pub fn connected(address: SocketAddr) -> Result<Self> {
        let socket = Self(make(family(address), SocketKind::DATAGRAM, Protocol::UDP)?);
        socket.connect(address)?;
        Ok(socket)
    }

    /// Sends to one address from now on, and receives from there alone.
    ///
    /// # Errors
    /// Those of `connect(2)`.
    pub fn connect(&self, address: SocketAddr) -> Result<()> {
        connect(&self.0, &address)
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
    pub fn send_to(&self, bytes: &[u8], to: SocketAddr) -> Result<usize> {
        sendto(&self.0, bytes, MessageFlags::NO_SIGNAL, &to)
    }

    /// Receives a datagram; what does not fit the buffer is lost.
    ///
    /// # Errors
    /// Those of `recv(2)`.
    pub fn recv(&self, buffer: &mut [u8]) -> Result<usize> {
        recv(&self.0, buffer, NONE)
    }

    /// Receives a datagram, with the address of its sender.
    ///
    /// # Errors
    /// Those of `recv(2)`.
    pub fn recv_from(&self, buffer: &mut [u8]) -> Result<(usize, SocketAddr)> {
        self.receive(buffer, NONE)
    }

    /// The same, and leaves it to be received again.
    ///
    /// # Errors
    /// Those of `recv(2)`.
    pub fn peek_from(&self, buffer: &mut [u8]) -> Result<(usize, SocketAddr)> {
        self.receive(buffer, MessageFlags::PEEK)
    }

    fn receive(&self, buffer: &mut [u8], flags: MessageFlags) -> Result<(usize, SocketAddr)> {
        let (count, from) = recvfrom(&self.0, buffer, flags)?;
        let from = from.and_then(|address| address.internet()).ok_or(Errno::AFNOSUPPORT)?;
        Ok((count, from))
    }

    /// Receives as many datagrams as have come, one for each buffer at most, in one call; waits for the first only.
    ///
    /// # Errors
    /// Those of `recvmmsg(2)`.
    pub fn receive_several<const N: usize>(
        &self,
        buffers: &mut [IoSliceMut<'_>; N],
    ) -> Result<impl Iterator<Item = Datagram>> {
        recvmmsg(&self.0, buffers, MessageFlags::WAIT_FOR_ONE)
    }

    /// Sends several datagrams in one call, each to its address or to where the socket is connected; gives how many.
    ///
    /// # Errors
    /// Those of `sendmmsg(2)`, when not even one was sent.
    pub fn send_several<const N: usize>(
        &self,
        datagrams: &[(Option<SocketAddr>, IoSlice<'_>); N],
    ) -> Result<usize> {
        sendmmsg(&self.0, datagrams, MessageFlags::NO_SIGNAL)
    }

    /// Gives the address of this end.
    ///
    /// # Errors
    /// Those of `getsockname(2)`; `AFNOSUPPORT` if it is no internet socket.
    pub fn local_address(&self) -> Result<SocketAddr> {
        getsockname(&self.0)?.and_then(|address| address.internet()).ok_or(Errno::AFNOSUPPORT)
    }

    /// Gives the address that it is connected to.
    ///
    /// # Errors
    /// `NOTCONN`; `AFNOSUPPORT` if it is no internet socket.
    pub fn peer_address(&self) -> Result<SocketAddr> {
        getpeername(&self.0)?.and_then(|address| address.internet()).ok_or(Errno::AFNOSUPPORT)
    }

    /// Receives what is sent to an IPv4 group through the interface with this number; 0 for the one of the kernel's choice.
    ///
    /// # Errors
    /// `NODEV`, `ADDRINUSE` (done already), `INVAL` (no group).
    pub fn join_multicast_v4(&self, group: Ipv4Addr, interface: u32) -> Result<()> {
        options::join_ipv4_group(&self.0, group, interface)
    }

    /// Receives it no more.
    ///
    /// # Errors
    /// `ADDRNOTAVAIL` (not joined).
    pub fn leave_multicast_v4(&self, group: Ipv4Addr, interface: u32) -> Result<()> {
        options::leave_ipv4_group(&self.0, group, interface)
    }

    /// Receives what is sent to an IPv6 group through the interface with this number; 0 for the one of the kernel's choice.
    ///
    /// # Errors
    /// `NODEV`, `ADDRINUSE` (done already), `INVAL` (no group).
    pub fn join_multicast_v6(&self, group: Ipv6Addr, interface: u32) -> Result<()> {
        options::join_ipv6_group(&self.0, group, interface)
    }

    /// Receives it no more.
    ///
    /// # Errors
    /// `ADDRNOTAVAIL` (not joined).
    pub fn leave_multicast_v6(&self, group: Ipv6Addr, interface: u32) -> Result<()> {
        options::leave_ipv6_group(&self.0, group, interface)
    }
}
