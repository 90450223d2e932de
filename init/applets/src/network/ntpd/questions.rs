//! The servers as hosts: their addresses, a socket for each question, and the keys that answers must prove to have.

use alloc::vec::Vec;
use core::net::SocketAddr;

use bulk::{Algorithm, Digest};
use formats::etc::ntp::{self, Server};
use formats::wire::ntp::{LENGTH, PORT, Packet, parse};
use linux::fd::{AsFd, BorrowedFd};
use net::{LookupError, UdpSocket};

use super::super::reach::Reach;
use crate::{Io, Status};

/// An answer is not longer: extensions are not asked for.
const LONGEST: usize = 1 << 10;

/// A server as a host.
pub(super) struct Host<'a> {
    pub(super) name: &'a str,
    key: Option<Key>,
    addresses: Vec<SocketAddr>,
    /// Which of the addresses is asked.
    turn: usize,
    /// Where the answer to the last question comes.
    socket: Option<UdpSocket>,
}

/// What only the server and we know.
struct Key {
    number: u32,
    algorithm: Algorithm,
    secret: Vec<u8>,
}

impl Key {
    /// Gives what proves a packet: the number of the key, and a digest of key and packet (RFC 5905, section 7.3).
    fn proof(&self, packet: &[u8]) -> Vec<u8> {
        let mut digest = Digest::new(self.algorithm);
        digest.update(&self.secret);
        digest.update(packet);
        [&self.number.to_be_bytes()[..], &digest.finish()].concat()
    }
}

/// All servers.
pub(super) struct Questions<'a> {
    pub(super) hosts: Vec<Host<'a>>,
}

impl<'a> Questions<'a> {
    /// Names the servers, and reads the keys of those that are to have one.
    pub(super) fn new(io: &mut Io<'_>, peers: &[Server<'a>], keys: Option<&[u8]>) -> Result<Self, Status> {
        let text = match keys {
            Some(path) => system::file::read(path).map_err(|error| io.complain(b"", &error))?,
            None => Vec::new(),
        };
        let mut hosts = Vec::new();
        for peer in peers {
            let key = peer.key.map(|number| {
                find_key(&text, number)
                    .ok_or_else(|| io.complain(peer.host.as_bytes(), &"has no key in the file of -k"))
            });
            let (name, key) = (peer.host, key.transpose()?);
            hosts.push(Host { name, key, addresses: Vec::new(), turn: 0, socket: None });
        }
        Ok(Self { hosts })
    }

    /// Gives the socket of each server that was asked.
    pub(super) fn sockets(&self) -> impl Iterator<Item = (usize, BorrowedFd<'_>)> {
        let hosts = self.hosts.iter().enumerate();
        hosts.filter_map(|(index, host)| Some((index, host.socket.as_ref()?.as_fd())))
    }
}

fn find_key(text: &[u8], number: u32) -> Option<Key> {
    let (kind, secret) = ntp::key(text, number)?;
    let algorithm = match kind {
        "M" | "MD5" => Algorithm::Md5,
        "SHA" | "SHA1" => Algorithm::Sha1,
        "SHA256" => Algorithm::Sha256,
        _ => return None,
    };
    Some(Key { number, algorithm, secret })
}

impl Host<'_> {
    /// Gives the address that is asked now.
    pub(super) fn address(&self) -> Option<SocketAddr> {
        self.addresses.get(self.turn).copied()
    }

    /// Makes a socket for the next question, which has a port of its own; another address than the last one if that did not answer.
    pub(super) fn open(&mut self, is_heard: bool) -> Result<(), LookupError> {
        if !is_heard && self.socket.is_some() {
            self.turn += 1;
        }
        self.socket = None;
        if self.turn >= self.addresses.len() {
            (self.addresses, self.turn) = (Reach::new()?.addresses(self.name.as_bytes(), PORT)?, 0);
        }
        if let Some(address) = self.address() {
            self.socket = Some(UdpSocket::connected(address)?);
        }
        Ok(())
    }

    pub(super) fn send(&self, packet: &Packet) -> linux::Result<()> {
        let mut bytes = packet.bytes().to_vec();
        if let Some(key) = &self.key {
            bytes.extend_from_slice(&key.proof(&bytes));
        }
        self.socket.as_ref().map_or(Ok(()), |socket| socket.send(&bytes).map(drop))
    }

    /// Takes an answer; none if it is no packet, or does not prove to come from the server.
    pub(super) fn receive(&mut self) -> linux::Result<Option<Packet>> {
        let mut bytes = [0; LONGEST];
        let Some(socket) = &self.socket else { return Ok(None) };
        let length = socket.recv(&mut bytes)?;
        let (packet, rest) = bytes.split_at(length.min(LENGTH));
        let rest = rest.get(..length.saturating_sub(LENGTH)).unwrap_or_default();
        let is_proven = self.key.as_ref().is_none_or(|key| key.proof(packet) == rest);
        Ok(parse(packet).ok().filter(|_| is_proven))
    }
}
