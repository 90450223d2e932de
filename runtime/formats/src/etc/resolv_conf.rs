//! `/etc/resolv.conf` (`resolv.conf(5)`): whom to ask for names, and how.
//!
//! Not looked at: `sortlist` (addresses are put in order by RFC 6724), options that no longer change anything (`inet6`,
//! `ip6-bytestring`, `no-check-names`), and `RES_OPTIONS`, `LOCALDOMAIN` in the environment, which are the caller's.

use alloc::string::String;
use alloc::vec::Vec;
use core::net::IpAddr;

use crate::internet;
use crate::proc::words::{Words, decimal};
use crate::wire::dns::Name;

/// Most servers that are kept; libraries keep three.
const MOST_SERVERS: usize = 8;
/// Most names of the search list that are kept.
const MOST_SEARCHED: usize = 32;

/// A server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Its address.
    pub address: IpAddr,
    /// The link that a link-local address belongs to, by name or number (`fe80::1%eth0`).
    pub zone: Option<String>,
}

/// What the file says; what it does not say is as libraries have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvConf {
    /// Servers, the first first.
    pub servers: Vec<Server>,
    /// Domains that are put behind short names, of the last line `search` or `domain`; none if there is no such line, which leaves
    /// that to the caller.
    pub search: Option<Vec<Name>>,
    /// `ndots`: a name with so many dots is tried as it is before the domains; at most 15.
    pub dots: u8,
    /// `timeout`: seconds that a server has, 1 to 30.
    pub timeout_s: u8,
    /// `attempts`: so often all servers are asked, 1 to 5.
    pub attempts: u8,
    /// `rotate`: the servers take turns in being the first.
    pub rotate: bool,
    /// `use-vc`: only over streams.
    pub streams: bool,
    /// `no-aaaa`: IPv6 addresses are not asked for.
    pub no_ipv6: bool,
}

impl Default for ResolvConf {
    fn default() -> Self {
        Self {
            servers: Vec::new(),
            search: None,
            dots: 1,
            timeout_s: 5,
            attempts: 2,
            rotate: false,
            streams: false,
            no_ipv6: false,
        }
    }
}

/// Reads the file. Lines that make no sense, and names and servers beyond the most that are kept, are passed over.
pub fn parse(text: &[u8]) -> ResolvConf {
    let mut read = ResolvConf::default();
    let mut lines = Words::new(text);
    while let Some(line) = lines.line() {
        // A comment may stand behind a line only after white space, as a word of its own.
        let mut words = core::str::from_utf8(line)
            .unwrap_or_default()
            .split_ascii_whitespace()
            .take_while(|word| !word.starts_with(['#', ';']));
        match words.next() {
            Some("nameserver") if read.servers.len() < MOST_SERVERS => {
                read.servers.extend(words.next().and_then(server));
            }
            Some("domain") => read.search = Some(words.take(1).filter_map(domain).collect()),
            Some("search") => read.search = Some(words.filter_map(domain).take(MOST_SEARCHED).collect()),
            Some("options") => words.for_each(|word| option(&mut read, word)),
            _ => {}
        }
    }
    read
}

fn server(word: &str) -> Option<Server> {
    let (address, zone) = match word.split_once('%') {
        Some((address, zone)) => (address, Some(zone.into())),
        None => (word, None),
    };
    internet::parse(address).map(|address| Server { address, zone })
}

/// The root is no domain to search: it would ask each name twice.
fn domain(word: &str) -> Option<Name> {
    Name::parse(word).ok().filter(|name| !name.is_root())
}

fn option(read: &mut ResolvConf, word: &str) {
    let (key, value) = word.split_once(':').unwrap_or((word, ""));
    let number = |least, most| {
        decimal(value.as_bytes()).map(|number| u8::try_from(number).unwrap_or(u8::MAX).clamp(least, most))
    };
    match key {
        "ndots" => read.dots = number(0, 15).unwrap_or(read.dots),
        "timeout" => read.timeout_s = number(1, 30).unwrap_or(read.timeout_s),
        "attempts" => read.attempts = number(1, 5).unwrap_or(read.attempts),
        "rotate" => read.rotate = true,
        "use-vc" => read.streams = true,
        "no-aaaa" => read.no_ipv6 = true,
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proc::words::torture;

    const SAMPLE: &[u8] = b"# From DHCP leases, by Spelunk
; another comment
domain first.example
search cave.example a..b Deep.cave.example. . # not this.example
nameserver 10.0.2.3
nameserver fe80::1%eth0
nameserver 300.0.0.1
nameserver
\tnameserver ::1\t; behind
options ndots:99 timeout:0 attempts:3 rotate edns0 use-vc no-aaaa ndots:x
sortlist 10.0.0.0
options";

    #[test]
    fn what_a_file_says() {
        let read = parse(SAMPLE);
        let server = |address: &str, zone: Option<&str>| Server {
            address: address.parse().unwrap(),
            zone: zone.map(String::from),
        };
        assert_eq!(
            read.servers,
            [server("10.0.2.3", None), server("fe80::1", Some("eth0")), server("::1", None)]
        );
        let searched = ["cave.example", "deep.cave.example"].map(|name| Name::parse(name).unwrap());
        assert_eq!(read.search, Some(Vec::from(searched)));
        assert_eq!(parse(b"search .\n").search, Some(Vec::new()));
        let numbers = (read.dots, read.timeout_s, read.attempts);
        assert_eq!((numbers, read.rotate, read.streams, read.no_ipv6), ((15, 1, 3), true, true, true));
    }

    #[test]
    fn what_no_file_says() {
        assert_eq!(parse(b""), ResolvConf::default());
        let many = parse("nameserver 1.1.1.1\n".repeat(50).as_bytes());
        assert_eq!(many.servers.len(), MOST_SERVERS);
        torture(SAMPLE, |text| drop(parse(text)));
    }
}
