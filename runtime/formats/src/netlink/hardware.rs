//! Link-layer addresses: 6 bytes for Ethernet, 4 for tunnels over IPv4, up to 32 elsewhere.

use core::fmt;

use super::{Value, Writer};

/// Longest address the kernel has.
#[doc(alias = "MAX_ADDR_LEN")]
pub const LONGEST: usize = 32;

/// A link-layer address of up to 32 bytes; `Display` is `52:54:00:12:34:56`.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HardwareAddress {
    length: u8,
    bytes: [u8; LONGEST],
}

impl HardwareAddress {
    /// Makes an address; `None` when it is longer than any the kernel has.
    #[inline(never)]
    pub fn new(address: &[u8]) -> Option<Self> {
        let mut bytes = [0; LONGEST];
        bytes.get_mut(..address.len())?.copy_from_slice(address);
        Some(Self { length: u8::try_from(address.len()).ok()?, bytes })
    }

    /// Gives the bytes of the address.
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.length)).unwrap_or_default()
    }

    /// Gives the six bytes of an Ethernet address, when it is one.
    pub fn ethernet(&self) -> Option<[u8; 6]> {
        self.as_bytes().try_into().ok()
    }

    /// Reads `52:54:00:12:34:56` (also with `-`, and with single digits), of any length up to 32 bytes.
    pub fn from_text(text: &str) -> Option<Self> {
        let mut bytes = [0; LONGEST];
        let mut length = 0;
        for part in text.split([':', '-']) {
            if part.len() > 2 || !part.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                return None;
            }
            *bytes.get_mut(length)? = u8::from_str_radix(part, 16).ok()?;
            length += 1;
        }
        Self::new(bytes.get(..length)?)
    }
}

impl Value for HardwareAddress {
    fn read(bytes: &[u8]) -> Option<Self> {
        Self::new(bytes)
    }
    fn write(&self, writer: &mut Writer<'_>) {
        writer.fixed(self.as_bytes());
    }
}

impl fmt::Display for HardwareAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, byte) in self.as_bytes().iter().enumerate() {
            let colon = if position > 0 { ":" } else { "" };
            write!(f, "{colon}{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for HardwareAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn text_both_ways() {
        let address = HardwareAddress::from_text("52:54:0:12:34:5E").unwrap();
        assert_eq!(address.to_string(), "52:54:00:12:34:5e");
        assert_eq!(address.ethernet(), Some([0x52, 0x54, 0, 0x12, 0x34, 0x5e]));
        for bad in ["", ":", "1:", "123", "+1:2", "g0", &"00:".repeat(33)] {
            assert_eq!(HardwareAddress::from_text(bad), None, "{bad}");
        }
        assert_eq!(HardwareAddress::new(&[0; 33]), None);
    }
}
