//! Names of hosts and services for people, who did not ask for numbers, and the addresses of hosts that they name.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::net::{IpAddr, SocketAddr};

use formats::internet::Shown;
use net::{LookupError, Resolver};
use protocols::dns::Failure as NoAnswer;

use crate::{Failure, Io};

/// Where names are found, and those that have been found.
pub(super) struct Names {
    /// None where numbers are wanted.
    resolver: Option<Resolver>,
    /// Whether the servers answer: one that is silent is not asked for every line of a table.
    is_answered: bool,
    hosts: Vec<(IpAddr, String)>,
}

impl Names {
    /// Reads the files of the system, unless numbers are wanted.
    pub(super) fn new(is_numeric: bool) -> Self {
        let resolver = if is_numeric { None } else { Resolver::system().ok() };
        Self { resolver, is_answered: true, hosts: Vec::new() }
    }

    /// Says whether numbers are wanted.
    pub(super) const fn is_numeric(&self) -> bool {
        self.resolver.is_none()
    }

    /// Gives the name of an address.
    pub(super) fn name(&mut self, address: IpAddr) -> Option<String> {
        let resolver = self.resolver.as_ref().filter(|_| self.is_answered)?;
        if let Some((_, name)) = self.hosts.iter().find(|(known, _)| *known == address) {
            return Some(name.clone()).filter(|name| !name.is_empty());
        }
        let found = resolver.names(address);
        self.is_answered = !matches!(
            found,
            Err(LookupError::System(_) | LookupError::Failed(NoAnswer::Silence | NoAnswer::NoServer))
        );
        let name = found.ok().and_then(|names| names.first().map(ToString::to_string));
        self.hosts.push((address, name.clone().unwrap_or_default()));
        name
    }

    /// Gives the name of an address, else the address.
    pub(super) fn host(&mut self, address: IpAddr) -> String {
        self.name(address).unwrap_or_else(|| Shown(address).to_string())
    }

    /// Gives the name of a port, else the number.
    pub(super) fn service(&self, port: u16, protocol: &str) -> String {
        let name = self.resolver.as_ref().and_then(|resolver| resolver.service(port, protocol));
        name.map_or_else(|| port.to_string(), String::from)
    }
}

/// Finds the address of a host, of one family if that is said; says why there is none.
pub(super) fn find(io: &mut Io<'_>, host: &[u8], is_ipv6: Option<bool>) -> Result<SocketAddr, Failure> {
    let found = core::str::from_utf8(host)
        .map_err(|_| LookupError::NoHostName)
        .and_then(|host| Resolver::system()?.addresses(host, 0));
    let reason = match found {
        Ok(found) => {
            let fits = |address: &SocketAddr| is_ipv6.is_none_or(|is_ipv6| address.is_ipv6() == is_ipv6);
            match found.into_iter().find(fits) {
                Some(address) => return Ok(address),
                None => LookupError::Failed(NoAnswer::NoRecords(None)),
            }
        }
        Err(error) => error,
    };
    Err(io.complain(host, &reason).into())
}
