//! How commands reach a place of the network: by name or address, over one family or both, from an address of choice, within
//! a time.

use alloc::vec::Vec;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use core::time::Duration;

use linux::Errno;
use net::{ConnectError, LookupError, Resolver, TcpStream};
use query::text::decimal;

/// What is asked of connections.
pub(super) struct Reach {
    pub(super) resolver: Resolver,
    /// Whether only IPv4, or only IPv6, is to be used.
    pub(super) is_ipv6: Option<bool>,
    /// Whether names are not to be looked up.
    pub(super) is_numeric: bool,
    /// The address of this end.
    pub(super) source: Option<IpAddr>,
    /// The port of this end; 0 for any.
    pub(super) source_port: u16,
    /// How long connecting may take.
    pub(super) limit: Option<Duration>,
}

impl Reach {
    /// Reads the resolver's files; nothing is asked for yet.
    pub(super) fn new() -> Result<Self, LookupError> {
        let resolver = Resolver::system()?;
        Ok(Self { resolver, is_ipv6: None, is_numeric: false, source: None, source_port: 0, limit: None })
    }

    /// Gives the port that a word means, for a protocol (`tcp`, `udp`).
    pub(super) fn port(&self, word: &[u8], protocol: &str) -> Result<u16, LookupError> {
        let word = core::str::from_utf8(word).map_err(|_| LookupError::NoService)?;
        self.resolver.port(word, protocol)
    }

    /// Gives the addresses of a host that may be used, in the order in which they are to be tried.
    pub(super) fn addresses(&self, host: &[u8], port: u16) -> Result<Vec<SocketAddr>, LookupError> {
        let host = core::str::from_utf8(host).map_err(|_| LookupError::NoHostName)?;
        if self.is_numeric && formats::internet::parse(host).is_none() && !host.contains('%') {
            return Err(LookupError::NoHostName);
        }
        let mut found = self.resolver.addresses(host, port)?;
        let is_ipv6 = self.source.map(|source| source.is_ipv6()).or(self.is_ipv6);
        found.retain(|address| is_ipv6.is_none_or(|is_ipv6| address.is_ipv6() == is_ipv6));
        if found.is_empty() { Err(LookupError::System(Errno::ADDRNOTAVAIL)) } else { Ok(found) }
    }

    /// Connects to the first of a host's addresses that answers.
    pub(super) fn connect(&self, host: &[u8], port: u16) -> Result<TcpStream, ConnectError> {
        if let (None, false, None, 0) = (self.is_ipv6, self.is_numeric, self.source, self.source_port) {
            let host = core::str::from_utf8(host).map_err(|_| LookupError::NoHostName)?;
            return net::connect_host(&self.resolver, host, port, self.limit);
        }
        let mut failure = Errno::ADDRNOTAVAIL;
        for address in self.addresses(host, port)? {
            match TcpStream::connect_from(self.own(address), address, self.limit) {
                Ok(stream) => return Ok(stream),
                Err(errno) => failure = errno,
            }
        }
        Err(ConnectError::Connect(failure))
    }

    /// Gives what this end of a connection to an address is to be bound to, if that was asked for.
    pub(super) fn own(&self, to: SocketAddr) -> Option<SocketAddr> {
        if self.source.is_none() && self.source_port == 0 {
            return None;
        }
        let any = if to.is_ipv6() { Ipv6Addr::UNSPECIFIED.into() } else { Ipv4Addr::UNSPECIFIED.into() };
        Some(SocketAddr::new(self.source.unwrap_or(any), self.source_port))
    }

    /// Gives the addresses to listen on, of which the first that works is enough: both families, where there are both.
    pub(super) fn listening(&self, port: u16) -> Vec<SocketAddr> {
        let any: [IpAddr; 2] = [Ipv6Addr::UNSPECIFIED.into(), Ipv4Addr::UNSPECIFIED.into()];
        let places = match self.source {
            Some(source) => Vec::from([source]),
            None => any
                .into_iter()
                .filter(|any| self.is_ipv6.is_none_or(|is_ipv6| any.is_ipv6() == is_ipv6))
                .collect(),
        };
        places.into_iter().map(|place| SocketAddr::new(place, port)).collect()
    }
}

/// Writes `127.0.0.1:80` or `[::1]:80`.
pub(super) fn shown(address: SocketAddr) -> Vec<u8> {
    let mut text = Vec::new();
    let ip = alloc::format!("{}", formats::internet::Shown(address.ip()));
    let (open, close) = if address.is_ipv6() { ("[", "]:") } else { ("", ":") };
    [open, &ip, close].iter().for_each(|part| text.extend_from_slice(part.as_bytes()));
    decimal(address.port().into(), &mut text);
    text
}
