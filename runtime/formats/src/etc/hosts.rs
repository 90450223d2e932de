//! `/etc/hosts` (`hosts(5)`): addresses with names.

use core::net::IpAddr;

use super::lines;
use crate::internet;

/// An address with its names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// The address.
    pub address: IpAddr,
    names: &'a str,
}

impl<'a> Entry<'a> {
    /// Gives the names; the first is the full one.
    pub fn names(self) -> impl Iterator<Item = &'a str> {
        self.names.split_ascii_whitespace()
    }

    /// Says whether a name is among them, in letters of either case; a last dot makes no difference.
    pub fn has(self, name: &str) -> bool {
        let name = name.strip_suffix('.').unwrap_or(name);
        self.names().any(|known| known.strip_suffix('.').unwrap_or(known).eq_ignore_ascii_case(name))
    }
}

/// Reads the lines; what makes no sense is passed over, as libraries do.
pub fn parse(text: &[u8]) -> impl Iterator<Item = Entry<'_>> {
    lines(text).filter_map(line)
}

fn line(line: &str) -> Option<Entry<'_>> {
    let (address, names) = line.split_once(|letter: char| letter.is_ascii_whitespace())?;
    Some(Entry { address: internet::parse(address)?, names })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proc::words::torture;

    const SAMPLE: &[u8] = b"127.0.0.1\tlocalhost\n# 1.1.1.1 comment\n::1 ip6-localhost ip6-loopback # tail\n\
10.0.0.7 cave.example. Cave\n10.0.0.8\nnonsense name\n10.0.0.9  cave";

    #[test]
    fn names_of_addresses() {
        let of = |name: &str| -> Vec<String> {
            parse(SAMPLE).filter(|entry| entry.has(name)).map(|entry| entry.address.to_string()).collect()
        };
        assert_eq!(of("localhost"), ["127.0.0.1"]);
        assert_eq!(of("IP6-LOOPBACK"), ["::1"]);
        assert_eq!(
            (of("cave"), of("cave.example")),
            (vec!["10.0.0.7".into(), "10.0.0.9".into()], vec!["10.0.0.7".into()])
        );
        assert!(of("tail").is_empty() && of("comment").is_empty());
        assert_eq!(parse(SAMPLE).nth(2).unwrap().names().collect::<Vec<_>>(), ["cave.example.", "Cave"]);
        torture(SAMPLE, |text| {
            parse(text).for_each(|entry| assert!(entry.names().all(|name| entry.has(name))))
        });
    }
}
