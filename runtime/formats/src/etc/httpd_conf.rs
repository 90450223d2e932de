//! `/etc/httpd.conf` (BusyBox's): who may ask for what, and how it is shown, a line each: `H:HOME`, `A:ADDRESSES`, `D:ADDRESSES`,
//! `I:INDEX`, `E404:PAGE`, `/PATH:USER:PASSWORD`, `.ENDING:TYPE`, `*.ENDING:PROGRAM`.

use core::net::{IpAddr, Ipv4Addr};

use crate::internet;
use crate::proc::words::decimal;

/// What a line says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// The folder of the pages.
    Home(&'a [u8]),
    /// Those who may ask.
    Allow(Peers),
    /// Those who may not.
    Deny(Peers),
    /// The page of a folder.
    Index(&'a [u8]),
    /// The page in place of an error.
    Error(u16, &'a [u8]),
    /// Who may see what begins with a path, and the password.
    User {
        /// The path.
        path: &'a [u8],
        /// The name.
        user: &'a [u8],
        /// The password, as it is or encrypted.
        password: &'a [u8],
    },
    /// The type of files with an ending, which is without its point.
    Type(&'a [u8], &'a [u8]),
    /// The program that files with an ending are given to.
    Interpreter(&'a [u8], &'a [u8]),
}

/// Gives the lines that make sense.
pub fn parse(text: &[u8]) -> impl Iterator<Item = Line<'_>> {
    text.split(|byte| *byte == b'\n').filter_map(|line| {
        let line = line.split(|byte| *byte == b'#').next().unwrap_or_default().trim_ascii();
        let colon = line.iter().position(|byte| *byte == b':')?;
        let (key, value) = (line.get(..colon)?, line.get(colon + 1..)?.trim_ascii());
        Some(match key {
            b"H" | b"h" => Line::Home(value),
            b"A" | b"a" => Line::Allow(Peers::parse(value)?),
            b"D" | b"d" => Line::Deny(Peers::parse(value)?),
            b"I" | b"i" => Line::Index(value),
            [b'E' | b'e', code @ ..] => Line::Error(u16::try_from(decimal(code)?).ok()?, value),
            [b'.', ending @ ..] => Line::Type(ending, value),
            [b'*', b'.', ending @ ..] => Line::Interpreter(ending, value),
            [b'/', ..] => {
                let colon = value.iter().position(|byte| *byte == b':')?;
                Line::User { path: key, user: value.get(..colon)?, password: value.get(colon + 1..)? }
            }
            _ => return None,
        })
    })
}

/// Addresses with the same beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peers {
    address: IpAddr,
    /// How many bits are the same; 0 for all addresses of both families.
    bits: u8,
}

impl Peers {
    /// Reads `*`, an address, a beginning of one that ends with a point, or either with `/BITS` or a mask.
    fn parse(text: &[u8]) -> Option<Self> {
        let text = core::str::from_utf8(text).ok()?;
        let all = Self { address: Ipv4Addr::UNSPECIFIED.into(), bits: 0 };
        if text == "*" {
            return Some(all);
        }
        let (text, bits) = match text.split_once('/') {
            None => (text, None),
            Some((text, mask)) => {
                let of_mask = || {
                    let mask = u32::from(internet::parse_v4(mask)?);
                    (mask.leading_ones() + mask.trailing_zeros() == 32).then(|| mask.leading_ones() as u8)
                };
                let bits = decimal(mask.as_bytes()).and_then(|bits| u8::try_from(bits).ok());
                (text, Some(bits.or_else(of_mask)?))
            }
        };
        if let Some(address) = internet::parse(text) {
            let most = if address.is_ipv6() { 128 } else { 32 };
            return Some(Self { address, bits: bits.unwrap_or(most).min(most) });
        }
        let mut octets = [0; 4];
        let mut count = 0;
        for part in text.strip_suffix('.').unwrap_or(text).split('.') {
            *octets.get_mut(count)? = part.parse().ok()?;
            count += 1;
        }
        Some(Self { address: Ipv4Addr::from(octets).into(), bits: bits.unwrap_or(8 * count as u8).min(32) })
    }

    /// Says whether they are all there are.
    pub const fn is_all(self) -> bool {
        self.bits == 0
    }

    /// Says whether an address is one of them; that of IPv4 within IPv6 is one of IPv4.
    pub fn contains(self, address: IpAddr) -> bool {
        let same = |one: u128, other: u128, width: u32| {
            let shift = width.saturating_sub(self.bits.into());
            shift >= width || one >> shift == other >> shift
        };
        match (self.address, address.to_canonical()) {
            _ if self.bits == 0 => true,
            (IpAddr::V4(one), IpAddr::V4(other)) => same(u32::from(one).into(), u32::from(other).into(), 32),
            (IpAddr::V6(one), IpAddr::V6(other)) => same(one.into(), other.into(), 128),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proc::words::torture;

    const SAMPLE: &[u8] = b"H:/www\nA:10.1.\nD:*\nE404:/no.html\nI:start.html # a page\n/adm:me:pass:word\n\
.au:audio/basic\n*.php:/bin/php\nbroken\nX:y\nA:nobody\n";

    #[test]
    fn lines() {
        let found: Vec<_> = parse(SAMPLE).collect();
        assert_eq!(found.len(), 8);
        assert_eq!(found[0], Line::Home(b"/www"));
        assert_eq!(found[3], Line::Error(404, b"/no.html"));
        assert_eq!(found[4], Line::Index(b"start.html"));
        assert_eq!(found[5], Line::User { path: b"/adm", user: b"me", password: b"pass:word" });
        assert_eq!(found[6], Line::Type(b"au", b"audio/basic"));
        assert_eq!(found[7], Line::Interpreter(b"php", b"/bin/php"));
        torture(SAMPLE, |text| assert!(parse(text).count() < 12));
    }

    #[test]
    fn peers() {
        for (text, address, expected) in [
            ("*", "1.2.3.4", true),
            ("*", "::1", true),
            ("10.1.", "10.1.9.9", true),
            ("10.1", "10.2.9.9", false),
            ("10.1.2.3", "10.1.2.3", true),
            ("10.1.2.3", "::ffff:10.1.2.3", true),
            ("10.1.2.3", "10.1.2.4", false),
            ("10.0.0.0/9", "10.127.0.1", true),
            ("10.0.0.0/255.128.0.0", "10.128.0.1", false),
            ("fe80::/10", "fe80::1", true),
            ("fe80::/10", "::1", false),
            ("127.0.0.1", "::1", false),
        ] {
            let peers = Peers::parse(text.as_bytes()).unwrap();
            assert_eq!(peers.contains(address.parse().unwrap()), expected, "{text} {address}");
        }
        for text in ["", "x", "1.2.3.4.5", "1.2.3.4/255.0.255.0", "1.2.3.4/x", "300."] {
            assert_eq!(Peers::parse(text.as_bytes()), None, "{text}");
        }
    }
}
