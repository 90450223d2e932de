//! The files of the system, and the names of its links.

use alloc::vec::Vec;

use formats::etc::resolv_conf;
use formats::wire::dns::{Data, Name, Record};
use io::{File, Read};
use linux::net::{Family, InterfaceName, Protocol, SocketKind, interface_index};
use linux::system::uname;
use linux::{Errno, Result};
use protocols::dns::Config;

use super::Resolver;
use crate::socket::make;

impl Resolver {
    /// Makes one of `/etc/resolv.conf`, `/etc/hosts` and `/etc/services`. A file that is not there says nothing; without servers the
    /// one of this machine is asked, and without a list of domains that of the machine's own name is searched.
    ///
    /// # Errors
    /// Those of `open(2)` and `read(2)`.
    pub fn system() -> Result<Self> {
        Self::of("/etc/resolv.conf", "/etc/hosts", "/etc/services")
    }

    /// The same of other files.
    ///
    /// # Errors
    /// Those of `open(2)` and `read(2)`.
    pub fn of(resolv_conf: &str, hosts: &str, services: &str) -> Result<Self> {
        let file = resolv_conf::parse(&text(resolv_conf)?);
        let mut config = Config::of(&file, zone);
        if file.search.is_none() {
            config.search.extend(domain(uname()?.host()));
        }
        Ok(Self { config, hosts: text(hosts)?, services: text(services)?, ipv6: !file.no_ipv6 })
    }
}

/// Gives the domain that a machine's name is in, if it says.
fn domain(host: &[u8]) -> Option<Name> {
    let (_, domain) = core::str::from_utf8(host).ok()?.split_once('.')?;
    Name::parse(domain).ok().filter(|name| !name.is_root())
}

fn text(path: &str) -> Result<Vec<u8>> {
    let mut text = Vec::new();
    match File::open(path) {
        Ok(mut file) => file.read_to_end(&mut text).map(|_| text),
        Err(Errno::NOENT | Errno::NOTDIR) => Ok(text),
        Err(errno) => Err(errno),
    }
}

/// Gives the number of a link, named or numbered.
pub(super) fn zone(name: &str) -> Option<u32> {
    if let Ok(number) = name.parse() {
        return Some(number);
    }
    let any = make(Family::UNIX, SocketKind::DATAGRAM, Protocol::DEFAULT).ok()?;
    interface_index(&any, InterfaceName::new(name.as_bytes())?).ok()
}

/// Gives the name that a record of an address points to.
pub(super) fn pointed(record: Record<'_>) -> Option<Name> {
    match record.data {
        Data::Pointer(name) => Some(name),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_domain_of_a_machine() {
        let shown = |host: &str| domain(host.as_bytes()).map(|name| name.to_string());
        assert_eq!(shown("owl.cave.example"), Some("cave.example".to_owned()));
        assert_eq!(["owl", "owl.", "(none)", "owl..x", ""].map(shown), [const { None }; 5]);
    }
}
