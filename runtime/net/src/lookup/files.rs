//! The files of the system, and the names of its links.

use alloc::vec::Vec;

use formats::etc::resolv_conf;
use formats::wire::dns::{Data, Name, Record};
use io::{File, Read};
use linux::net::{Family, InterfaceName, Protocol, SocketKind, interface_index};
use linux::{Errno, Result};
use protocols::dns::Config;

use super::Resolver;
use crate::socket::make;

impl Resolver {
    /// Makes one of `/etc/resolv.conf`, `/etc/hosts` and `/etc/services`. A file that is not there says nothing; without servers the
    /// one of this machine is asked.
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
        let config = Config::of(&file, zone);
        Ok(Self { config, hosts: text(hosts)?, services: text(services)?, ipv6: !file.no_ipv6 })
    }
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
