//! The resolver file (resolv.conf(5)), made of the leases of all interfaces.

use alloc::vec::Vec;

use protocols::dhcp::Lease;

/// What the file begins with, so that a reader knows whom to ask.
const HEAD: &str = "# From DHCP leases, by Spelunk\n";

/// Makes the text of the file. Interfaces come in the order of preference; the first mention of a server or a domain
/// counts, later ones are left out.
pub(super) fn text<'a>(leases: impl Iterator<Item = &'a Lease>) -> Vec<u8> {
    let (mut domains, mut servers) = (Vec::<&str>::new(), Vec::new());
    for lease in leases {
        // A search list takes the place of the domain (RFC 3397 section 2 leaves it to the client; all do this).
        let domain = lease.domain.iter().filter(|_| lease.search.is_empty());
        for name in lease.search.iter().chain(domain) {
            if !domains.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                domains.push(name);
            }
        }
        for server in &lease.dns {
            if !servers.contains(server) {
                servers.push(*server);
            }
        }
    }
    let mut text = Vec::with_capacity(128);
    text.extend_from_slice(HEAD.as_bytes());
    if !domains.is_empty() {
        text.extend_from_slice(b"search");
        for name in domains {
            text.push(b' ');
            text.extend_from_slice(name.as_bytes());
        }
        text.push(b'\n');
    }
    for server in servers {
        text.extend_from_slice(b"nameserver ");
        for (index, byte) in server.octets().into_iter().enumerate() {
            if index > 0 {
                text.push(b'.');
            }
            query::text::decimal(byte.into(), &mut text);
        }
        text.push(b'\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use core::net::Ipv4Addr;

    use super::super::tests::lease;
    use super::*;

    fn printed(leases: &[Lease]) -> String {
        String::from_utf8(text(leases.iter())).unwrap()
    }

    #[test]
    fn servers_and_domains_of_all_interfaces_are_named_once() {
        let first = Lease {
            dns: vec![Ipv4Addr::new(10, 0, 2, 3), Ipv4Addr::new(9, 9, 9, 9)],
            domain: Some("cave.example".into()),
            ..lease()
        };
        let second = Lease {
            dns: vec![Ipv4Addr::new(9, 9, 9, 9), Ipv4Addr::new(1, 1, 1, 1)],
            domain: Some("ignored.example".into()),
            search: vec!["a.example".into(), "Cave.example".into()],
            ..lease()
        };
        let expected = "# From DHCP leases, by Spelunk\nsearch cave.example a.example\n\
                        nameserver 10.0.2.3\nnameserver 9.9.9.9\nnameserver 1.1.1.1\n";
        assert_eq!(printed(&[first, second]), expected);
    }

    #[test]
    fn without_a_lease_only_the_head_is_left() {
        assert_eq!(printed(&[]), HEAD);
        let silent = Lease { dns: Vec::new(), domain: None, search: Vec::new(), ..lease() };
        assert_eq!(printed(&[silent]), HEAD);
    }
}
