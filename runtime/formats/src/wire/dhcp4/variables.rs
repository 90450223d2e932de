//! What a message grants beside a lease, under the names that scripts of BusyBox's `udhcpc` know it by; `optNNN` in base 16 for
//! options without one.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::net::Ipv6Addr;

use super::{Code, Message, Options, addresses, classless, domain_names, short};

/// How a value is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// It is part of a lease.
    Lease,
    Text,
    Addresses,
    /// Two addresses each, with a slash between.
    Pairs,
    Number,
    Signed,
    Routes,
    /// Names or addresses (RFC 3361).
    Sip,
    /// A network of IPv6 within IPv4, and the routers to it (RFC 5969).
    SixInFour,
}

/// Options with names.
const NAMES: &[(u8, &str, Kind)] = &[
    (1, "subnet", Kind::Lease),
    (2, "timezone", Kind::Signed),
    (3, "router", Kind::Lease),
    (6, "dns", Kind::Lease),
    (9, "lprsrv", Kind::Addresses),
    (12, "hostname", Kind::Lease),
    (13, "bootsize", Kind::Number),
    (15, "domain", Kind::Lease),
    (16, "swapsrv", Kind::Addresses),
    (17, "rootpath", Kind::Text),
    (23, "ipttl", Kind::Number),
    (26, "mtu", Kind::Lease),
    (28, "broadcast", Kind::Lease),
    (33, "routes", Kind::Pairs),
    (40, "nisdomain", Kind::Text),
    (41, "nissrv", Kind::Addresses),
    (42, "ntpsrv", Kind::Lease),
    (44, "wins", Kind::Addresses),
    (51, "lease", Kind::Lease),
    (54, "serverid", Kind::Lease),
    (56, "message", Kind::Text),
    (60, "vendor", Kind::Text),
    (66, "tftp", Kind::Text),
    (67, "bootfile", Kind::Text),
    (100, "tzstr", Kind::Text),
    (101, "tzdbstr", Kind::Text),
    (119, "search", Kind::Lease),
    (120, "sipsrv", Kind::Sip),
    (121, "staticroutes", Kind::Lease),
    (132, "vlanid", Kind::Number),
    (133, "vlanpriority", Kind::Number),
    (209, "pxeconffile", Kind::Text),
    (210, "pxepathprefix", Kind::Text),
    (211, "reboottime", Kind::Number),
    (212, "ip6rd", Kind::SixInFour),
    (249, "msstaticroutes", Kind::Routes),
    (252, "wpad", Kind::Text),
];

/// Finds an option by its name or its number in base 10 or, behind `0x`, 16.
pub fn code(word: &str) -> Option<Code> {
    if let Some((code, ..)) = NAMES.iter().find(|known| known.1 == word) {
        return Some(Code(*code));
    }
    let number = match word.strip_prefix("0x") {
        Some(digits) => u8::from_str_radix(digits, 16),
        None => word.parse(),
    };
    number.ok().map(Code)
}

/// Gives names and values; what is no value of its kind, or would command a terminal, is left out.
pub fn variables(message: &Message<'_>, options: &Options<'_>) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (name, address) in [("siaddr", message.header.next_server), ("giaddr", message.header.relay)] {
        if !address.is_unspecified() {
            found.push((name.into(), address.to_string()));
        }
    }
    let overload = options.get(Code::OVERLOAD).and_then(|value| value.first()).copied().unwrap_or(0);
    for (name, bit, bytes) in [("boot_file", 1, message.file), ("sname", 2, message.server_name)] {
        if overload & bit == 0 {
            found.extend(text(bytes).map(|text| (name.into(), text)));
        }
    }
    for (code, value) in options.iter() {
        match NAMES.iter().find(|known| known.0 == code.0) {
            Some((_, name, kind)) => found.extend(shown(*kind, value).map(|text| ((*name).into(), text))),
            None => found
                .push((format!("opt{}", code.0), value.iter().map(|byte| format!("{byte:02x}")).collect())),
        }
    }
    found
}

fn shown(kind: Kind, value: &[u8]) -> Option<String> {
    let joined = |words: Vec<String>| words.join(" ");
    let list = |value: &[u8]| Some(joined(addresses(value).ok()?.iter().map(ToString::to_string).collect()));
    match kind {
        Kind::Lease => None,
        Kind::Text => text(value),
        Kind::Addresses => list(value),
        Kind::Pairs => {
            let all = addresses(value).ok()?;
            let (pairs, []) = all.as_chunks::<2>() else { return None };
            Some(joined(pairs.iter().map(|[network, router]| format!("{network}/{router}")).collect()))
        }
        Kind::Number => match value {
            [byte] => Some(byte.to_string()),
            [_, _] => short(value).ok().map(|number| number.to_string()),
            value => value.try_into().ok().map(|bytes| u32::from_be_bytes(bytes).to_string()),
        },
        Kind::Signed => value.try_into().ok().map(|bytes| i32::from_be_bytes(bytes).to_string()),
        Kind::Routes => {
            let routes = classless(value).good;
            let shown = routes.iter().map(|route| {
                let gateway = route.gateway.map_or("0.0.0.0".into(), |gateway| gateway.to_string());
                format!("{}/{} {gateway}", route.destination, route.prefix)
            });
            Some(joined(shown.collect()))
        }
        Kind::Sip => match value.split_first()? {
            (0, names) => Some(domain_names(names).good.join(" ")),
            (1, value) => list(value),
            _ => None,
        },
        Kind::SixInFour => {
            let (&[mask, prefix], rest) = value.split_first_chunk()?;
            let (network, routers) = rest.split_first_chunk::<16>()?;
            let network = Ipv6Addr::from(*network);
            Some(format!("{mask} {prefix} {network} {}", list(routers)?))
        }
    }
    .filter(|text| !text.is_empty())
}

/// Reads a text up to its end or a zero byte.
fn text(value: &[u8]) -> Option<String> {
    let text = value.split(|byte| *byte == 0).next().unwrap_or_default();
    let text = str::from_utf8(text).ok()?;
    (!text.is_empty() && !text.contains(char::is_control)).then(|| text.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::dhcp4::{Header, MAGIC_COOKIE, parse, put};
    use crate::wire::ethernet::Mac;
    use core::net::Ipv4Addr;

    fn told(options: &[(u8, &[u8])]) -> Vec<String> {
        let mut header = Header::request(Mac([2, 0, 0, 0, 0, 1]), 7);
        header.next_server = Ipv4Addr::new(10, 0, 0, 3);
        let mut bytes = Vec::new();
        header.emit(&mut bytes);
        bytes[44..48].copy_from_slice(b"host");
        bytes[108..112].copy_from_slice(b"boot");
        bytes.extend(MAGIC_COOKIE.to_be_bytes());
        for (code, value) in options {
            put(&mut bytes, Code(*code), value);
        }
        let message = parse(&bytes).unwrap();
        let found = variables(&message, &Options::of(&message).unwrap());
        found.into_iter().map(|(name, value)| format!("{name}={value}")).collect()
    }

    #[test]
    fn options_have_the_names_of_scripts() {
        let six = [&[8, 32, 0x20, 1, 0xd, 0xb8][..], &[0; 12], &[10, 0, 0, 9]].concat();
        let options: &[(u8, &[u8])] = &[
            (1, &[255, 255, 255, 0]),
            (2, &(-3600_i32).to_be_bytes()),
            (17, b"/srv\0"),
            (33, &[10, 9, 0, 0, 10, 0, 0, 1]),
            (41, &[10, 0, 0, 1, 10, 0, 0, 2]),
            (53, &[5]),
            (120, &[1, 10, 0, 0, 4]),
            (132, &[0, 42]),
            (133, &[3]),
            (209, b"\x1b[2J"),
            (212, &six),
            (224, b"\xabc"),
            (249, &[16, 10, 8, 10, 0, 0, 1]),
        ];
        let expected = [
            "siaddr=10.0.0.3",
            "boot_file=boot",
            "sname=host",
            "timezone=-3600",
            "rootpath=/srv",
            "routes=10.9.0.0/10.0.0.1",
            "nissrv=10.0.0.1 10.0.0.2",
            "opt53=05",
            "sipsrv=10.0.0.4",
            "vlanid=42",
            "vlanpriority=3",
            "ip6rd=8 32 2001:db8:: 10.0.0.9",
            "opt224=ab63",
            "msstaticroutes=10.8.0.0/16 10.0.0.1",
        ];
        assert_eq!(told(options), expected);
    }

    #[test]
    fn options_are_found_by_name_and_number() {
        for (word, expected) in
            [("tftp", Some(66)), ("0x42", Some(66)), ("121", Some(121)), ("256", None), ("x", None)]
        {
            assert_eq!(code(word), expected.map(Code), "{word}");
        }
    }
}
