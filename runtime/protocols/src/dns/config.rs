//! Whom to ask, and how.

use alloc::vec::Vec;
use core::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV6};

use formats::etc::resolv_conf::{ResolvConf, Server};
use formats::time::Duration;
use formats::wire::dns::Name;

/// The port of servers.
const PORT: u16 = 53;

/// What a lookup goes by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Servers, the first first.
    pub servers: Vec<SocketAddr>,
    /// Domains that are put behind short names.
    pub search: Vec<Name>,
    /// A name with so many dots is tried as it is before the domains.
    pub dots: u8,
    /// The time that a server has in the first round; each round doubles it.
    pub timeout: Duration,
    /// So often all servers are asked.
    pub attempts: u8,
    /// Whether a random server is the first.
    pub rotate: bool,
    /// Whether datagrams are not used.
    pub streams: bool,
}

impl Config {
    /// Makes it of a resolver file. Without a server there is one on this machine, as libraries have it.
    ///
    /// `zone` gives the number of a link for its name; a server of a zone that is not there is left out.
    pub fn of(file: &ResolvConf, zone: impl Fn(&str) -> Option<u32>) -> Self {
        let mut servers: Vec<_> = file.servers.iter().filter_map(|server| place(server, &zone)).collect();
        if file.servers.is_empty() {
            servers.push(SocketAddr::from((Ipv4Addr::LOCALHOST, PORT)));
        }
        Self {
            servers,
            search: file.search.clone().unwrap_or_default(),
            dots: file.dots,
            timeout: Duration::from_secs(file.timeout_s.into()),
            attempts: file.attempts,
            rotate: file.rotate,
            streams: file.streams,
        }
    }
}

fn place(server: &Server, zone: impl Fn(&str) -> Option<u32>) -> Option<SocketAddr> {
    match (server.address, &server.zone) {
        (IpAddr::V6(address), Some(name)) => {
            let number = name.parse().ok().or_else(|| zone(name))?;
            Some(SocketAddrV6::new(address, PORT, 0, number).into())
        }
        (address, _) => Some(SocketAddr::new(address, PORT)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use formats::etc::resolv_conf;

    #[test]
    fn servers_with_zones_and_without() {
        let zone = |name: &str| (name == "eth0").then_some(7);
        let text =
            b"nameserver 10.0.2.3\nnameserver fe80::1%eth0\nnameserver fe80::2%3\nnameserver fe80::3%gone\n";
        let config = Config::of(&resolv_conf::parse(text), zone);
        let shown: Vec<_> = config.servers.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["10.0.2.3:53", "[fe80::1%7]:53", "[fe80::2%3]:53"]);
        let config = Config::of(&resolv_conf::parse(b""), zone);
        assert_eq!(
            (config.servers, config.timeout),
            (vec!["127.0.0.1:53".parse().unwrap()], Duration::from_secs(5))
        );
        let gone = Config::of(&resolv_conf::parse(b"nameserver fe80::3%gone\n"), zone);
        assert!(gone.servers.is_empty());
    }
}
