//! The order in which the addresses of a name are tried (RFC 6724 section 6).
//!
//! Rules 3 (deprecated), 4 (home) and 7 (native transport) need facts that no caller has at hand and are left out. Rule 9, the
//! longest common prefix, is for IPv6 only: among IPv4 addresses it would undo the order in which servers spread load, as the
//! authors of other resolvers found.

use alloc::vec::Vec;
use core::cmp::Reverse;
use core::net::{IpAddr, Ipv6Addr, SocketAddr};

/// Puts addresses in order. `source` gives the address from which this machine would reach one; none if it has no way there.
pub fn sort(addresses: &mut Vec<SocketAddr>, mut source: impl FnMut(SocketAddr) -> Option<IpAddr>) {
    let mut keyed: Vec<(Key, SocketAddr)> = Vec::new();
    for address in addresses.drain(..) {
        let key = key(address.ip(), source(address));
        // Behind its equals (rule 10). A host has a few addresses: there is no need for a sort that is fast for thousands.
        let place = keyed.partition_point(|(other, _)| *other <= key);
        keyed.insert(place, (key, address));
    }
    addresses.extend(keyed.into_iter().map(|(_, address)| address));
}

/// What the rules compare, the first first, the least the best.
type Key = (bool, bool, bool, Reverse<u8>, u8, Reverse<u32>);

fn key(destination: IpAddr, source: Option<IpAddr>) -> Key {
    let (to, scope_to) = (mapped(destination), scope(destination));
    let (policy, label) = policy(to);
    let from = source.map(mapped);
    (
        source.is_none(),
        source.is_none_or(|source| scope(source) != scope_to),
        from.is_none_or(|from| self::policy(from).1 != label),
        Reverse(policy),
        scope_to,
        Reverse(from.filter(|_| destination.is_ipv6()).map_or(0, |from| common(from, to).min(NETWORK))),
    )
}

/// Gives an address as one of IPv6, as the table has them.
fn mapped(address: IpAddr) -> Ipv6Addr {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped(),
        IpAddr::V6(address) => address,
    }
}

/// The table of section 2.1: prefix, its length, precedence, label; the longest prefix first.
const POLICIES: &[(Ipv6Addr, u32, u8, u8)] = &[
    (Ipv6Addr::LOCALHOST, 128, 50, 0),
    (Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0), 96, 35, 4),
    (Ipv6Addr::UNSPECIFIED, 96, 1, 3),
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 32, 5, 5),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16, 30, 2),
    (Ipv6Addr::new(0x3ffe, 0, 0, 0, 0, 0, 0, 0), 16, 1, 12),
    (Ipv6Addr::new(0xfec0, 0, 0, 0, 0, 0, 0, 0), 10, 1, 11),
    (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7, 3, 13),
    (Ipv6Addr::UNSPECIFIED, 0, 40, 1),
];

/// Gives precedence and label.
fn policy(address: Ipv6Addr) -> (u8, u8) {
    let row = POLICIES.iter().find(|(prefix, length, ..)| common(*prefix, address) >= *length);
    row.map_or((40, 1), |(.., precedence, label)| (*precedence, *label))
}

/// Bits of an address that name its network: what lies behind them says nothing of how near another one is (section 2.2).
const NETWORK: u32 = 64;

/// Gives how many bits two addresses have in common at their start.
fn common(one: Ipv6Addr, two: Ipv6Addr) -> u32 {
    (one.to_bits() ^ two.to_bits()).leading_zeros()
}

/// Gives the scope as multicast addresses number it: 2 the link, 5 the site, 14 everywhere (sections 3.1 and 3.2).
fn scope(address: IpAddr) -> u8 {
    const LINK: u8 = 2;
    const SITE: u8 = 5;
    const GLOBAL: u8 = 14;
    match address {
        IpAddr::V4(address) if address.is_loopback() || address.is_link_local() => LINK,
        IpAddr::V4(_) => GLOBAL,
        IpAddr::V6(address) if address.is_multicast() => address.octets()[1] & 15,
        IpAddr::V6(address) if address.is_loopback() || address.is_unicast_link_local() => LINK,
        IpAddr::V6(address) if common(address, Ipv6Addr::new(0xfec0, 0, 0, 0, 0, 0, 0, 0)) >= 10 => SITE,
        IpAddr::V6(_) => GLOBAL,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of section 10.2 (those that need no rule left out), and some beside: destinations with their sources,
    /// in the order that is right.
    #[test]
    fn the_standard_s_examples() {
        let table: &[&[(&str, &str)]] = &[
            &[("2001:db8:1::1", "2001:db8:1::2"), ("198.51.100.121", "169.254.13.78")],
            &[("198.51.100.121", "198.51.100.117"), ("2001:db8:1::1", "fe80::1")],
            &[("2001:db8:1::1", "2001:db8:1::2"), ("10.1.2.3", "10.1.2.4")],
            &[("fe80::1", "fe80::2"), ("2001:db8:1::1", "2001:db8:1::2")],
            &[("2001:db8:1::1", "2001:db8:1::2"), ("2001:db8:3ffe::1", "2001:db8:3f44::2")],
            &[("2002:c633:6401::1", "2002:c633:6401::2"), ("2001:db8:1::1", "2002:c633:6401::2")],
            &[("10.0.0.1", "10.0.0.2"), ("fd00::1", "")],
            &[("::1", "::1"), ("127.0.0.1", "127.0.0.1")],
            &[("10.0.0.9", "10.0.0.1"), ("10.0.0.1", "10.0.0.1")],
            &[("2001:db8::9", "2001:db8::2"), ("2001:db8::3", "2001:db8::2")],
        ];
        for row in table {
            let place = |text: &str| SocketAddr::new(text.parse().unwrap(), 80);
            let right: Vec<_> = row.iter().map(|(to, _)| place(to)).collect();
            let source = |to: SocketAddr| {
                let (_, from) = row.iter().find(|(text, _)| place(text) == to)?;
                from.parse().ok()
            };
            let mut turned = right.clone();
            let equal = row[0].0.ends_with('9');
            if !equal {
                turned.reverse();
            }
            sort(&mut turned, source);
            assert_eq!(turned, right);
        }
    }
}
