//! What the classic commands (`ifconfig`, `route`, `arp`, `netstat`, `ifup`) have in common: dotted masks, classes of networks,
//! words that are addresses.

use core::net::{IpAddr, Ipv4Addr};

use formats::internet;

use crate::{Failure, Io};

/// Gives the mask of a prefix.
pub(super) fn mask(bits: u8) -> Ipv4Addr {
    let host_bits = 32_u32.saturating_sub(bits.into());
    Ipv4Addr::from_bits(u32::MAX.checked_shl(host_bits).unwrap_or(0))
}

/// Gives the bits of a mask whose ones are together.
pub(super) fn bits(mask: Ipv4Addr) -> Option<u8> {
    let (mask, ones) = (mask.to_bits(), mask.to_bits().leading_ones());
    (mask.count_ones() == ones).then_some(ones as u8)
}

/// Gives the bits that the class of a network has: what is meant where no mask is said.
pub(super) fn class(address: Ipv4Addr) -> u8 {
    let [first, ..] = address.octets();
    match first {
        0 if address.is_unspecified() => 0,
        0..=127 => 8,
        128..=191 => 16,
        192..=223 => 24,
        _ => 32,
    }
}

/// Gives the address that reaches all of a network.
pub(super) fn broadcast(address: Ipv4Addr, bits: u8) -> Ipv4Addr {
    Ipv4Addr::from_bits(address.to_bits() | !mask(bits).to_bits())
}

/// Reads a mask: dotted, hexadecimal after `0x`, or the number of its bits.
pub(super) fn read_mask(word: &[u8]) -> Option<u8> {
    let text = core::str::from_utf8(word).ok()?;
    if let Some(digits) = text.strip_prefix("0x") {
        return bits(Ipv4Addr::from_bits(u32::from_str_radix(digits, 16).ok()?));
    }
    match internet::parse_v4(text) {
        Some(mask) => bits(mask),
        None => text.parse().ok().filter(|bits| *bits <= 32),
    }
}

/// Reads an address and, where they are said, the bits of its prefix; `default` is that of all.
pub(super) fn read_address(word: &[u8]) -> Option<(IpAddr, Option<u8>)> {
    let (address, bits) = match word.iter().position(|byte| *byte == b'/') {
        Some(at) => (word.get(..at)?, word.get(at + 1..)),
        None => (word, None),
    };
    if address == b"default" && bits.is_none() {
        return Some((Ipv4Addr::UNSPECIFIED.into(), None));
    }
    let address = internet::parse(core::str::from_utf8(address).ok()?)?;
    let bits = match (bits, address) {
        (None, _) => return Some((address, None)),
        (Some(bits), IpAddr::V4(_)) => read_mask(bits)?,
        (Some(bits), IpAddr::V6(_)) => number(bits).filter(|bits| *bits <= 128)? as u8,
    };
    Some((address, Some(bits)))
}

/// Reads a number of 32 bits.
pub(super) fn number(word: &[u8]) -> Option<u32> {
    query::text::parse_decimal(word).and_then(|number| u32::try_from(number).ok())
}

/// Gives a word as the text that the kernel's names are; says that it is none.
pub(super) fn text<'w>(io: &mut Io<'_>, word: &'w [u8]) -> Result<&'w str, Failure> {
    core::str::from_utf8(word).map_err(|_| io.misuse(word, "not UTF-8").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_and_classes() {
        for (count, dotted) in
            [(0, [0, 0, 0, 0]), (8, [255, 0, 0, 0]), (25, [255, 255, 255, 128]), (32, [255; 4])]
        {
            assert_eq!((mask(count), bits(dotted.into())), (dotted.into(), Some(count)));
        }
        assert_eq!(bits([255, 0, 255, 0].into()), None);
        assert_eq!(
            [[10, 0, 0, 1], [172, 16, 0, 1], [192, 168, 0, 1], [0; 4]].map(|a| class(a.into())),
            [8, 16, 24, 0]
        );
        assert_eq!(broadcast([10, 1, 2, 3].into(), 16), Ipv4Addr::new(10, 1, 255, 255));
    }

    #[test]
    fn words() {
        assert_eq!(read_address(b"10.0.0.1/255.255.0.0"), Some(([10, 0, 0, 1].into(), Some(16))));
        assert_eq!(read_address(b"::1/64").and_then(|read| read.1), Some(64));
        assert_eq!(read_address(b"default"), Some(([0; 4].into(), None)));
        for wrong in
            ["", "/8", "10.0.0.1/33", "10.0.0.1/", "::1/129", "::1/255.0.0.0", "10.0.0.1/255.0.255.0"]
        {
            assert_eq!(read_address(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
