//! Internet addresses of both families as text (RFC 4291 section 2.2, RFC 5952), in a quarter of the code of `core::net`,
//! which also pads, and reads sockets.

use core::fmt;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Shows an address of either family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown(pub IpAddr);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            IpAddr::V4(address) => fmt::Display::fmt(&address, f),
            IpAddr::V6(address) => show_v6(&address, f),
        }
    }
}

fn show_v6(address: &Ipv6Addr, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if let Some(mapped) = address.to_ipv4_mapped() {
        return write!(f, "::ffff:{mapped}");
    }
    let groups = address.segments();
    let (start, length) = longest_zeros(&groups);
    for (at, group) in groups.iter().enumerate() {
        if at == start {
            f.write_str("::")?;
        }
        if !(start..start + length).contains(&at) {
            let colon = if at == 0 || at == start + length { "" } else { ":" };
            write!(f, "{colon}{group:x}")?;
        }
    }
    Ok(())
}

/// Gives place and length of the first of the longest runs of zeros; of single zeros none counts, and the place is behind all.
fn longest_zeros(groups: &[u16; 8]) -> (usize, usize) {
    let (mut longest, mut length) = ((8, 1), 0);
    for (at, group) in groups.iter().enumerate() {
        length = if *group == 0 { length + 1 } else { 0 };
        if length > longest.1 {
            longest = (at + 1 - length, length);
        }
    }
    longest
}

/// Reads an address of either family.
pub fn parse(text: &str) -> Option<IpAddr> {
    match parse_v4(text) {
        Some(address) => Some(IpAddr::V4(address)),
        None => parse_v6(text).map(IpAddr::V6),
    }
}

/// Reads four numbers between dots; zeros in front would be octal to some.
pub fn parse_v4(text: &str) -> Option<Ipv4Addr> {
    let mut octets = [0; 4];
    let mut parts = text.split('.');
    for octet in &mut octets {
        let part = parts.next().filter(|part| *part == "0" || !part.starts_with('0'))?;
        *octet = u8::try_from(number(part, 10, 3)?).ok()?;
    }
    parts.next().is_none().then(|| octets.into())
}

fn parse_v6(text: &str) -> Option<Ipv6Addr> {
    // Standard's search for a text inside another would be as much code as all of this.
    let gap = text.as_bytes().windows(2).position(|two| two == b"::");
    let (head, tail) = match gap.and_then(|gap| text.split_at_checked(gap)) {
        Some((head, rest)) => (head, rest.get(2..)),
        None => (text, None),
    };
    let (mut front, mut back) = ([0; 8], [0; 8]);
    let leading = groups(head, &mut front, tail.is_none())?;
    let trailing = groups(tail.unwrap_or_default(), &mut back, true)?;
    // Two colons stand for one group at least.
    if leading + trailing > if tail.is_some() { 7 } else { 8 } || (tail.is_none() && leading < 8) {
        return None;
    }
    back.rotate_left(trailing);
    front.iter_mut().zip(back).for_each(|(group, behind)| *group |= behind);
    Some(front.into())
}

/// Reads groups between colons, the last of which may be an IPv4 address at the end of the text; gives how many.
fn groups(text: &str, groups: &mut [u16; 8], is_end: bool) -> Option<usize> {
    let mut parts = text.split(':').filter(|_| !text.is_empty()).peekable();
    let mut count = 0;
    while let Some(part) = parts.next() {
        let last = is_end && parts.peek().is_none();
        match parse_v4(part).filter(|_| last) {
            Some(address) => {
                let [a, b, c, d] = address.octets();
                *groups.get_mut(count)? = u16::from_be_bytes([a, b]);
                *groups.get_mut(count + 1)? = u16::from_be_bytes([c, d]);
                count += 2;
            }
            None => {
                *groups.get_mut(count)? = number(part, 16, 4)?;
                count += 1;
            }
        }
    }
    Some(count)
}

/// Reads a number of at most so many digits.
fn number(text: &str, radix: u32, digits: usize) -> Option<u16> {
    let digit = |sum: u16, byte: u8| Some(sum * radix as u16 + char::from(byte).to_digit(radix)? as u16);
    (1..=digits).contains(&text.len()).then(|| text.bytes().try_fold(0, digit))?
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts of both families, right and wrong, and all that one more or other byte makes of them.
    fn texts() -> Vec<String> {
        const SEEDS: &[&str] = &[
            "0.0.0.0",
            "255.255.255.255",
            "10.0.2.15",
            "256.1.1.1",
            "01.2.3.4",
            "1.2.3",
            "::",
            "::1",
            "1::",
            "fe80::1",
            "1:2:3:4:5:6:7:8",
            "1:2:3:4:5:6:7::",
            "::2:3:4:5:6:7:8",
            "1:2:3:4::5:6:7:8",
            "1:0:0:2:0:0:0:3",
            "1:0:0:2:3:0:0:4",
            "1:0:2:0:3:0:4:0",
            "::ffff:10.0.0.1",
            "64:ff9b::192.0.2.33",
            "1:2:3:4:5:6:1.2.3.4",
            "1:2:3:4:5:6:7:1.2.3.4",
            "1.2.3.4::",
            "FF02::ABCD",
            "12345::",
        ];
        let mut texts = Vec::new();
        for seed in SEEDS {
            texts.push((*seed).to_owned());
            for at in 0..=seed.len() {
                for byte in [":", ".", "0", "1", "f", "+", "g", " "] {
                    texts.push([&seed[..at], byte, &seed[at..]].concat());
                    texts.push([&seed[..at], byte, seed.get(at + 1..).unwrap_or("")].concat());
                }
            }
        }
        texts
    }

    #[test]
    fn texts_are_read_and_shown_as_core_does() {
        let mut read = 0;
        for text in texts() {
            let expected = text.parse::<IpAddr>().ok();
            assert_eq!(parse(&text), expected, "{text}");
            assert_eq!(parse_v4(&text), text.parse().ok(), "{text}");
            if let Some(address) = expected {
                assert_eq!(Shown(address).to_string(), address.to_string());
                read += 1;
            }
        }
        assert!(read > 500, "{read} of them are addresses");
    }

    #[test]
    fn every_arrangement_of_zeros_is_shown_as_core_does() {
        for bits in 0..256_u32 {
            let groups = core::array::from_fn(|at| if bits & 1 << at == 0 { 0 } else { 0xa0 + at as u16 });
            let address = Ipv6Addr::from(groups);
            assert_eq!(Shown(address.into()).to_string(), address.to_string());
            assert_eq!(parse(&address.to_string()), Some(address.into()));
        }
    }
}
