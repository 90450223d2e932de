//! Option values of fixed sizes, addresses and masks. A value of a wrong length is an error, never a guess.

use crate::time::Duration;
use alloc::vec::Vec;
use core::net::Ipv4Addr;

use crate::cursor::Cursor;
use crate::{Error, Expected};

/// Reads exactly `N` bytes.
fn exactly<const N: usize>(value: &[u8], expected: Expected) -> Result<[u8; N], Error> {
    value.try_into().map_err(|_| Error::new(expected, value.len().min(N)))
}

/// Reads one byte.
pub fn byte(value: &[u8]) -> Result<u8, Error> {
    exactly(value, Expected::DhcpOption).map(|[byte]| byte)
}

/// Reads 16 bits.
pub fn short(value: &[u8]) -> Result<u16, Error> {
    exactly(value, Expected::DhcpOption).map(u16::from_be_bytes)
}

/// Reads a time in seconds.
pub fn seconds(value: &[u8]) -> Result<Duration, Error> {
    exactly(value, Expected::DhcpOption).map(|bytes| Duration::from_secs(u32::from_be_bytes(bytes).into()))
}

/// Reads one address.
pub fn address(value: &[u8]) -> Result<Ipv4Addr, Error> {
    exactly::<4>(value, Expected::DhcpOption).map(Ipv4Addr::from)
}

/// Reads one address or more (CVE-2018-20679: lengths that are no multiple of four).
pub fn addresses(value: &[u8]) -> Result<Vec<Ipv4Addr>, Error> {
    let mut cursor = Cursor::new(value);
    let mut list = Vec::with_capacity(value.len() / 4);
    loop {
        list.push(Ipv4Addr::from(cursor.array::<4>(Expected::DhcpOption)?));
        if cursor.is_empty() {
            return Ok(list);
        }
    }
}

/// Reads a subnet mask as the number of its leading ones, 0 to 32; ones behind a zero are an error (RFC 950 allowed them,
/// RFC 4632 does not).
pub fn mask_prefix(value: &[u8]) -> Result<u8, Error> {
    let bits = u32::from(address(value)?);
    let ones = bits.leading_ones();
    if ones == bits.count_ones() {
        // At most 32.
        Ok(ones as u8)
    } else {
        Err(Error::new(Expected::SubnetMask, 0))
    }
}

/// Gives the prefix of an address whose network nobody named, by its class.
pub fn mask_prefix_by_class(address: Ipv4Addr) -> u8 {
    match address.octets() {
        [0..128, ..] => 8,
        [128..192, ..] => 16,
        [192..=255, ..] => 24,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_must_be_right() {
        assert_eq!(byte(&[7]), Ok(7));
        assert_eq!(short(&[2, 64]), Ok(576));
        assert_eq!(seconds(&[0, 1, 0x51, 0x80]), Ok(Duration::from_secs(86400)));
        assert_eq!(address(&[10, 0, 2, 2]), Ok(Ipv4Addr::new(10, 0, 2, 2)));
        let long = [0; 9];
        for length in 0..9 {
            let value = &long[..length];
            assert_eq!(byte(value).is_ok(), length == 1);
            assert_eq!(short(value).is_ok(), length == 2);
            assert_eq!(seconds(value).is_ok(), length == 4);
            assert_eq!(address(value).is_ok(), length == 4);
            assert_eq!(mask_prefix(value).is_ok(), length == 4);
            assert_eq!(addresses(value).is_ok(), length == 4 || length == 8);
        }
        assert_eq!(addresses(&[1, 1, 1, 1, 9, 9, 9, 9]).unwrap()[1], Ipv4Addr::new(9, 9, 9, 9));
    }

    #[test]
    fn masks_are_prefixes_or_nothing() {
        for prefix in 0..=32_u8 {
            let mask = u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0);
            assert_eq!(mask_prefix(&mask.to_be_bytes()), Ok(prefix));
        }
        for mask in [[255, 0, 255, 0], [0, 0, 0, 255], [255, 255, 255, 1], [127, 255, 255, 255]] {
            assert!(mask_prefix(&mask).is_err(), "{mask:?}");
        }
        assert_eq!(mask_prefix_by_class(Ipv4Addr::new(10, 0, 0, 1)), 8);
        assert_eq!(mask_prefix_by_class(Ipv4Addr::new(172, 16, 0, 1)), 16);
        assert_eq!(mask_prefix_by_class(Ipv4Addr::new(192, 168, 0, 1)), 24);
    }
}
