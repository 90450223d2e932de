//! Names for addresses: the files of the system first, then its name servers.
//!
//! The order is fixed: addresses as text, `/etc/hosts`, `localhost` (RFC 6761), the servers of `/etc/resolv.conf`. `nsswitch.conf`
//! is not read: it names libraries that a C library would load into the program.

mod files;
mod running;

use alloc::vec::Vec;
use core::fmt;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

use formats::etc::{hosts, services};
use formats::internet;
use formats::wire::dns::{Kind, Name};
use linux::Errno;
use protocols::destination;
use protocols::dns::{Answer, Config, Failure};

use crate::UdpSocket;
pub(crate) use running::{Running, now, wait};
#[cfg(feature = "tasks")]
pub(crate) use running::{left, ready};

/// Why a name has no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LookupError {
    /// What was given can be no name of a host.
    NoHostName,
    /// There is no such port, by number or name.
    NoService,
    /// The servers had nothing.
    Failed(Failure),
    /// A system call failed.
    System(Errno),
}

impl fmt::Display for LookupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoHostName => f.write_str("not the name of a host"),
            Self::NoService => f.write_str("no such service or port"),
            Self::Failed(failure) => failure.fmt(f),
            Self::System(errno) => errno.fmt(f),
        }
    }
}

impl core::error::Error for LookupError {}

impl From<Errno> for LookupError {
    fn from(errno: Errno) -> Self {
        Self::System(errno)
    }
}

/// Where names are looked up: what the files said when it was made.
#[derive(Clone, Debug)]
pub struct Resolver {
    config: Config,
    hosts: Vec<u8>,
    services: Vec<u8>,
    ipv6: bool,
}

impl Resolver {
    /// Makes one that asks these servers, and knows no files.
    pub const fn new(config: Config) -> Self {
        Self { config, hosts: Vec::new(), services: Vec::new(), ipv6: true }
    }

    /// Gives which servers are asked, and how.
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// Gives the same, to be changed.
    pub const fn config_mut(&mut self) -> &mut Config {
        &mut self.config
    }

    /// Finds the addresses of a host, in the order in which they are to be tried (RFC 6724).
    ///
    /// # Errors
    /// What can be no name, what has no address, and what goes wrong on the way.
    pub fn addresses(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, LookupError> {
        let mut found = match self.known(host, port)? {
            Some(found) => found,
            None => self.ask(host, port)?,
        };
        sort(&mut found);
        Ok(found)
    }

    /// Finds the addresses of `host:port`, where the port may be the name of a service of this protocol (`tcp`, `udp`), and an
    /// IPv6 address stands in brackets.
    ///
    /// # Errors
    /// Those of [`addresses`](Self::addresses), and [`NoService`](LookupError::NoService).
    pub fn places(&self, text: &str, protocol: &str) -> Result<Vec<SocketAddr>, LookupError> {
        let (host, service) = text.rsplit_once(':').ok_or(LookupError::NoService)?;
        let inner = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        if inner.is_none() && host.contains(':') {
            return Err(LookupError::NoService);
        }
        self.addresses(inner.unwrap_or(host), self.port(service, protocol)?)
    }

    /// Finds the port of a service by its number or its name in `/etc/services`.
    ///
    /// # Errors
    /// [`NoService`](LookupError::NoService).
    pub fn port(&self, service: &str, protocol: &str) -> Result<u16, LookupError> {
        let number =
            service.bytes().all(|byte| byte.is_ascii_digit()).then(|| service.parse().ok()).flatten();
        number.or_else(|| services::port(&self.services, service, protocol)).ok_or(LookupError::NoService)
    }

    /// Finds the name that a port has in `/etc/services` for a protocol (`tcp`, `udp`).
    pub fn service(&self, port: u16, protocol: &str) -> Option<&str> {
        services::name(&self.services, port, protocol)
    }

    /// Finds the records of a kind from the servers, without a look at the files; a short name is searched.
    ///
    /// # Errors
    /// Those of [`addresses`](Self::addresses).
    pub fn records(&self, name: &str, kind: Kind) -> Result<Answer, LookupError> {
        let running = self.begin(name, &[kind])?.run()?;
        running.answer(kind).cloned().ok_or(LookupError::Failed(Failure::NoRecords(None)))
    }

    /// Finds the names of an address, of `/etc/hosts` or the servers.
    ///
    /// # Errors
    /// Those of [`addresses`](Self::addresses).
    pub fn names(&self, address: IpAddr) -> Result<Vec<Name>, LookupError> {
        let entry = hosts::parse(&self.hosts).find(|entry| entry.address == address);
        let known: Vec<_> = entry.into_iter().flat_map(hosts::Entry::names).flat_map(Name::parse).collect();
        if !known.is_empty() {
            return Ok(known);
        }
        let mut name = alloc::format!("{}", Name::reverse(address));
        name.push('.');
        let answer = self.records(&name, Kind::PTR)?;
        Ok(answer.records().filter_map(files::pointed).collect())
    }

    /// Finds what needs no server.
    pub(crate) fn known(&self, host: &str, port: u16) -> Result<Option<Vec<SocketAddr>>, LookupError> {
        let place = |address: IpAddr| SocketAddr::new(address, port);
        if let Some(address) = internet::parse(host) {
            return Ok(Some(Vec::from([place(address)])));
        }
        if let Some((address, zone)) = host.split_once('%') {
            let Some(IpAddr::V6(address)) = internet::parse(address) else {
                return Err(LookupError::NoHostName);
            };
            let zone = files::zone(zone).ok_or(LookupError::System(Errno::NODEV))?;
            return Ok(Some(Vec::from([SocketAddrV6::new(address, port, 0, zone).into()])));
        }
        let found: Vec<_> = hosts::parse(&self.hosts)
            .filter(|entry| entry.has(host))
            .map(|entry| place(entry.address))
            .collect();
        if !found.is_empty() {
            return Ok(Some(found));
        }
        let bare = host.strip_suffix('.').unwrap_or(host);
        let last = bare.rsplit('.').next().unwrap_or(bare);
        let loopback = [place(Ipv6Addr::LOCALHOST.into()), place(Ipv4Addr::LOCALHOST.into())];
        Ok(last.eq_ignore_ascii_case("localhost").then(|| Vec::from(loopback)))
    }

    /// Begins to ask the servers for addresses.
    pub(crate) fn begin_addresses(&self, host: &str) -> Result<Running, LookupError> {
        let kinds = if self.ipv6 { [Kind::AAAA, Kind::A].as_slice() } else { &[Kind::A] };
        self.begin(host, kinds)
    }

    fn begin(&self, name: &str, kinds: &[Kind]) -> Result<Running, LookupError> {
        Running::begin(self.config.clone(), name, kinds).map_err(|_| LookupError::NoHostName)
    }

    fn ask(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, LookupError> {
        Ok(found(&self.begin_addresses(host)?.run()?, port))
    }
}

/// Gives the addresses that a lookup has found by now.
pub(crate) fn found(running: &Running, port: u16) -> Vec<SocketAddr> {
    let answers = [Kind::AAAA, Kind::A].into_iter().filter_map(|kind| running.answer(kind));
    answers.flat_map(Answer::addresses).map(|address| SocketAddr::new(address, port)).collect()
}

/// Puts addresses in order by what the kernel's routes say of them.
pub(crate) fn sort(addresses: &mut Vec<SocketAddr>) {
    // Connecting a datagram socket sends nothing: it looks up the route, and with it the own address.
    destination::sort(addresses, |address| {
        UdpSocket::connected(address).and_then(|socket| socket.local_address()).ok().map(|own| own.ip())
    });
}
