//! The words of an `ip` command line: taken one by one, abbreviated, and turned into values.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use core::str::FromStr;

use formats::netlink::{Family, HardwareAddress};

/// Why a command was not carried out; one word wide, for nearly everything here may give it.
pub(super) struct Trouble(pub(super) Box<Reason>);

/// The kinds of trouble.
pub(super) enum Reason {
    /// Help was asked for.
    Help,
    /// Nothing was asked for.
    NoObject,
    /// A word makes no sense.
    Word {
        /// The word.
        word: Vec<u8>,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The system refused.
    System(system::Error),
}

impl Trouble {
    /// Says what is wrong with a word.
    #[cold]
    #[inline(never)]
    pub(super) fn word(word: &str, reason: &'static str) -> Self {
        Self::bytes(word.as_bytes(), reason)
    }

    /// Says what is wrong with a word that may not be text.
    #[cold]
    #[inline(never)]
    fn bytes(word: &[u8], reason: &'static str) -> Self {
        Self(Box::new(Reason::Word { word: word.to_vec(), reason }))
    }

    /// Says that help was asked for.
    #[cold]
    #[inline(never)]
    pub(super) fn help() -> Self {
        Self(Box::new(Reason::Help))
    }
}

impl From<system::Error> for Trouble {
    #[cold]
    #[inline(never)]
    fn from(error: system::Error) -> Self {
        Self(Box::new(Reason::System(error)))
    }
}

/// The words that are still to be read.
#[derive(Clone, Copy)]
pub(super) struct Words<'a> {
    rest: &'a [&'a [u8]],
}

impl<'a> Words<'a> {
    /// Starts at the first word.
    pub(super) const fn new(words: &'a [&'a [u8]]) -> Self {
        Self { rest: words }
    }

    /// Says whether no words are left.
    pub(super) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Takes the next word, if there is one.
    pub(super) fn next(&mut self) -> Result<Option<&'a str>, Trouble> {
        self.next_if(|_| true)
    }

    /// Takes the next word, if there is one of which `wanted` is true.
    pub(super) fn next_if(&mut self, wanted: impl FnOnce(&str) -> bool) -> Result<Option<&'a str>, Trouble> {
        let Some((word, rest)) = self.rest.split_first() else {
            return Ok(None);
        };
        let Ok(text) = core::str::from_utf8(word) else {
            return Err(Trouble::bytes(word, "not UTF-8"));
        };
        if !wanted(text) {
            return Ok(None);
        }
        self.rest = rest;
        Ok(Some(text))
    }

    /// Takes the word that must follow `keyword`.
    pub(super) fn value(&mut self, keyword: &str) -> Result<&'a str, Trouble> {
        self.next()?.ok_or_else(|| Trouble::word(keyword, "a value must follow"))
    }

    /// Takes the number that must follow `keyword`; decimal, or hexadecimal after `0x`.
    pub(super) fn number(&mut self, keyword: &str) -> Result<u32, Trouble> {
        let word = self.value(keyword)?;
        number(word).ok_or_else(|| Trouble::word(word, "expected a number"))
    }

    /// Takes the address that must follow `keyword`, of the family if that is known.
    pub(super) fn address(&mut self, keyword: &str, family: Family) -> Result<IpAddr, Trouble> {
        let word = self.value(keyword)?;
        Ok(prefix(word, family)?.address)
    }

    /// Takes the link-layer address that must follow `keyword`.
    pub(super) fn hardware(&mut self, keyword: &str) -> Result<HardwareAddress, Trouble> {
        let word = self.value(keyword)?;
        HardwareAddress::from_text(word).ok_or_else(|| Trouble::word(word, "expected a link-layer address"))
    }

    /// Takes `on` or `off`.
    pub(super) fn switch(&mut self, keyword: &str) -> Result<bool, Trouble> {
        match self.value(keyword)? {
            "on" => Ok(true),
            "off" => Ok(false),
            other => Err(Trouble::word(other, "expected on or off")),
        }
    }
}

/// Says whether a word is a beginning of the full one.
pub(super) fn abbreviates(word: &str, full: &str) -> bool {
    !word.is_empty() && full.starts_with(word)
}

/// Finds the first row that a word abbreviates.
pub(super) fn choose<T: Copy>(word: &str, rows: &[(&str, T)]) -> Option<T> {
    rows.iter().find(|(full, _)| abbreviates(word, full)).map(|(_, value)| *value)
}

/// Reads a number: decimal, or hexadecimal after `0x`.
pub(super) fn number(word: &str) -> Option<u32> {
    match word.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => u32::from_str(word).ok(),
    }
}

/// An address with the bits of its prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Prefix {
    /// The address.
    pub(super) address: IpAddr,
    /// Bits of the prefix; all of them when none were given.
    pub(super) bits: u8,
    /// Whether the bits were given.
    pub(super) given: bool,
}

impl Prefix {
    /// Gives the prefix of every address of a family.
    pub(super) const fn all(family: Family) -> Self {
        let address = match family {
            Family::INET6 => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
            _ => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        };
        Self { address, bits: 0, given: true }
    }

    /// Gives the family.
    pub(super) const fn family(&self) -> Family {
        Family::of(self.address)
    }

    /// Says whether the prefix holds all addresses of another one.
    pub(super) fn holds(&self, address: IpAddr, bits: u8) -> bool {
        let (ours, theirs, width) = match (self.address, address) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => (ours.to_bits().into(), theirs.to_bits().into(), 32),
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => (ours.to_bits(), theirs.to_bits(), 128),
            _ => return false,
        };
        let difference: u128 = ours ^ theirs;
        bits >= self.bits && difference.checked_shr(width - u32::from(self.bits)).unwrap_or(0) == 0
    }
}

/// Reads `ADDRESS[/BITS]`, `default`, `any` or `all`, of the family if that is known.
///
/// As in iproute2, an IPv4 address may be cut (`10.1/16`), and the bits may be a mask (`/255.255.0.0`).
pub(super) fn prefix(word: &str, family: Family) -> Result<Prefix, Trouble> {
    if matches!(word, "default" | "any" | "all") {
        return Ok(Prefix { given: false, ..Prefix::all(family) });
    }
    let wrong = || Trouble::word(word, "expected an address or prefix");
    let (address, bits) = match word.split_once('/') {
        Some((address, bits)) => (address, Some(bits)),
        None => (word, None),
    };
    let address = address.parse().ok().or_else(|| cut(address)).ok_or_else(wrong)?;
    let width = Family::of(address).bits();
    if family.bits() != 0 && family.bits() != width {
        return Err(Trouble::word(word, "an address of the other family"));
    }
    let given = bits.is_some();
    let bits = bits.map_or(Some(width), |bits| bits.parse().ok().or_else(|| mask(bits)));
    let bits = bits.filter(|&bits| bits <= width).ok_or_else(wrong)?;
    Ok(Prefix { address, bits, given })
}

/// Reads an IPv4 address of fewer than four numbers: `10.1` is 10.1.0.0.
fn cut(word: &str) -> Option<IpAddr> {
    let mut octets = [0; 4];
    let mut places = octets.iter_mut();
    for part in word.split('.') {
        *places.next()? = part.parse().ok()?;
    }
    Some(IpAddr::from(octets))
}

/// Reads a mask and gives its bits.
fn mask(word: &str) -> Option<u8> {
    let mask = Ipv4Addr::from_str(word).ok()?.to_bits();
    let bits = mask.leading_ones();
    (mask.count_ones() == bits).then_some(u8::try_from(bits).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(word: &str) -> Option<(String, u8)> {
        prefix(word, Family::UNSPECIFIED).ok().map(|read| (std::format!("{}", read.address), read.bits))
    }

    #[test]
    fn prefixes() {
        assert_eq!(read("10.0.0.1/24"), Some(("10.0.0.1".into(), 24)));
        assert_eq!(read("10.1/16"), Some(("10.1.0.0".into(), 16)));
        assert_eq!(read("10.1.0.0/255.255.0.0"), Some(("10.1.0.0".into(), 16)));
        assert_eq!(read("fe80::1"), Some(("fe80::1".into(), 128)));
        assert_eq!(read("default"), Some(("0.0.0.0".into(), 0)));
        for wrong in
            ["", "/", "10.0.0.1/33", "10.0.0.1/", "::/129", "10.0.0.0.1", "1.2.3.256", "10.0.0.0/255.0.255.0"]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
        assert!(prefix("10.0.0.1", Family::INET6).is_err());
    }

    #[test]
    fn a_prefix_holds_what_is_inside() {
        let eight = prefix("10.0.0.0/8", Family::UNSPECIFIED).ok().unwrap();
        assert!(eight.holds("10.9.0.0".parse().unwrap(), 16));
        assert!(eight.holds("10.0.0.0".parse().unwrap(), 8));
        assert!(!eight.holds("10.0.0.0".parse().unwrap(), 7));
        assert!(!eight.holds("11.0.0.0".parse().unwrap(), 16));
        assert!(!eight.holds("::".parse().unwrap(), 16));
        assert!(Prefix::all(Family::INET6).holds("ff02::1".parse().unwrap(), 128));
        let host = prefix("ff02::1", Family::UNSPECIFIED).ok().unwrap();
        assert!(host.holds("ff02::1".parse().unwrap(), 128));
        assert!(!host.holds("ff02::2".parse().unwrap(), 128));
    }

    #[test]
    fn numbers_and_abbreviations() {
        assert_eq!(number("0xfe"), Some(254));
        assert_eq!(number("254"), Some(254));
        assert_eq!(number("-1"), None);
        assert_eq!(choose("a", &[("add", 1), ("append", 2)]), Some(1));
        assert_eq!(choose("ap", &[("add", 1), ("append", 2)]), Some(2));
        assert_eq!(choose("", &[("add", 1)]), None);
        assert_eq!(choose("adds", &[("add", 1)]), None);
    }
}
