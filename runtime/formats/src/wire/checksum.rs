//! The Internet checksum: the ones' complement of the ones' complement sum of 16-bit words (RFC 1071).

use core::net::Ipv4Addr;

/// A sum under way.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sum(u64);

impl Sum {
    /// Starts at zero.
    pub const fn new() -> Self {
        Self(0)
    }

    /// Starts with the pseudo header of a protocol above IPv4 (RFC 768): addresses, protocol, length of header and data.
    pub fn pseudo_header(source: Ipv4Addr, destination: Ipv4Addr, protocol: u8, length: u16) -> Self {
        Self::new()
            .bytes(&source.octets())
            .bytes(&destination.octets())
            .word(u16::from(protocol))
            .word(length)
    }

    /// Adds one word.
    pub const fn word(self, word: u16) -> Self {
        Self(self.0 + word as u64)
    }

    /// Adds bytes; an odd last byte counts as if a zero followed, so that only the last piece may be odd.
    pub fn bytes(self, bytes: &[u8]) -> Self {
        let (words, last) = bytes.as_chunks::<2>();
        let sum: u64 = words.iter().map(|word| u64::from(u16::from_be_bytes(*word))).sum();
        let last = last.first().map_or(0, |byte| u64::from(*byte) << 8);
        Self(self.0 + sum + last)
    }

    /// Gives the checksum. Over data that holds its own right checksum it is zero.
    pub const fn finish(self) -> u16 {
        let mut sum = self.0;
        while sum > 0xffff {
            sum = (sum >> 16) + (sum & 0xffff);
        }
        !(sum as u16)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rfc_1071() {
        let bytes = [0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7];
        assert_eq!(Sum::new().bytes(&bytes).finish(), !0xddf2);
    }

    #[test]
    fn an_odd_byte_is_the_high_half_of_a_word() {
        assert_eq!(Sum::new().bytes(&[1, 2, 3]).finish(), Sum::new().bytes(&[1, 2, 3, 0]).finish());
        assert_eq!(Sum::new().finish(), 0xffff);
    }

    #[test]
    fn a_long_run_of_ones_does_not_overflow() {
        assert_eq!(Sum::new().bytes(&[0xff; 65536]).finish(), 0);
    }
}
