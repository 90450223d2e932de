//! The words of an `ip` command line: taken one by one, abbreviated, and turned into values.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use formats::internet;
use formats::netlink::address::{AddressProtocol, FOREVER};
use formats::netlink::route::{Preference, Protocol, RouteKind, Scope, Table};
use formats::netlink::{Family, HardwareAddress, Names, neighbour};
use query::text::parse_decimal;

use crate::HAS_MORE;

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
    /// What has been said already.
    Told(crate::Status),
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

/// What follows a keyword, and how it is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    /// Nothing.
    Nothing,
    /// Any word.
    Word,
    /// A number: decimal, or hexadecimal after `0x`.
    Number,
    /// `on` or `off`.
    Switch,
    /// Seconds, or `forever`.
    Lifetime,
    /// An address or a prefix, see [`prefix`].
    Prefix,
    /// `[inet|inet6] ADDRESS`.
    Gateway,
    /// A link-layer address.
    Hardware,
    /// A group of links.
    Group,
    /// A scope, by name or number.
    Scope,
    /// Who sets an address.
    AddressProtocol,
    /// Who sets a route or a neighbour.
    Protocol,
    /// A routing table.
    Table,
    /// A type of route.
    RouteKind,
    /// How a router ranks itself.
    Preference,
    /// The state of a neighbour.
    State,
}

/// A table of keywords; the macro `keywords` writes it.
pub(super) struct Keywords {
    /// A line each, with all names of the row.
    pub(super) names: &'static str,
    /// What follows each.
    pub(super) takes: &'static [Takes],
    /// The places of rows that this program does without, a bit each.
    pub(super) absent: u32,
    /// What to say of a word that is none of them.
    pub(super) unknown: &'static str,
}

/// Declares the keywords of a command: a row is the constant, what follows, and the names.
///
/// The first row that fits counts. Names that end in a star may be abbreviated. `_`, in the last row, stands for any
/// other word, which is the value itself. `if HAS_MORE` behind a row: the smallest images refuse its names, and what is done
/// for them is not there.
macro_rules! keywords {
    ($(#[$meta:meta])* enum $name:ident, $unknown:literal {
        $($(#[$row:meta])* $key:ident: $takes:ident = $names:literal $(if $has:path)?,)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq)]
        enum $name {
            $($(#[$row])* $key,)*
        }

        impl $name {
            const TABLE: &$crate::network::ip::words::Keywords = &$crate::network::ip::words::Keywords {
                names: concat!($($names, "\n"),*),
                takes: &[$($crate::network::ip::words::Takes::$takes),*],
                absent: 0 $(| ((!(true $(&& $has)?)) as u32) << $name::$key as u32)*,
                unknown: $unknown,
            };

            /// Takes the next keyword and, into `value`, what follows it.
            fn next<'a>(
                words: &mut $crate::network::ip::words::Words<'a>,
                value: &mut $crate::network::ip::words::Argument<'a>,
            ) -> Result<Option<Self>, $crate::network::ip::words::Trouble> {
                let place = words.keyword($name::TABLE, value)?;
                // Compared one by one, so that the compiler sees which there are.
                Ok(match place {
                    $(Some(place) if true $(&& $has)? && place == $name::$key as usize => Some($name::$key),)*
                    _ => None,
                })
            }
        }
    };
}

impl Keywords {
    /// Finds the first row that a word fits.
    #[inline(never)]
    fn find(&self, word: &str) -> Option<usize> {
        let fits = |name: &[u8]| match name.split_last() {
            Some((b'*', full)) => !word.is_empty() && full.starts_with(word.as_bytes()),
            _ => name == word.as_bytes(),
        };
        let mut rows = self.names.as_bytes().split(|byte| *byte == b'\n');
        // Behind the last line is an empty one.
        rows.position(|row| row.split(|byte| *byte == b' ').any(fits)).filter(|at| *at < self.takes.len())
    }

    /// Gives the place of the row for any other word, if there is one.
    fn any(&self) -> Option<usize> {
        self.names.ends_with("_\n").then_some(self.takes.len() - 1)
    }

    /// Says that a word is none of these.
    pub(super) fn refuse(&self, word: &str) -> Trouble {
        Trouble::word(word, self.unknown)
    }
}

/// What was read after a keyword; of the fields, those that its row asks for are set.
pub(super) struct Argument<'a> {
    /// The family that addresses must be of, if any; set by who reads them.
    pub(super) family: Family,
    /// The keyword.
    pub(super) keyword: &'a str,
    /// The word itself; the keyword where nothing follows.
    pub(super) word: &'a str,
    /// A number, also that of a name.
    pub(super) number: u32,
    /// The same, where the kernel has eight bits for it.
    pub(super) byte: u8,
    /// An address and its prefix.
    pub(super) prefix: Prefix,
    /// A link-layer address.
    pub(super) hardware: HardwareAddress,
}

impl Argument<'_> {
    /// Starts without a value.
    #[inline(never)]
    pub(super) fn new(family: Family) -> Self {
        Self {
            family,
            keyword: "",
            word: "",
            number: 0,
            byte: 0,
            prefix: Prefix::all(family),
            hardware: HardwareAddress::default(),
        }
    }

    /// Gives the address.
    pub(super) const fn address(&self) -> IpAddr {
        self.prefix.address
    }

    /// Says whether `on` was read.
    pub(super) const fn is_on(&self) -> bool {
        self.number != 0
    }

    /// Reads the word.
    #[inline(never)]
    pub(super) fn read(&mut self, takes: Takes) -> Result<(), Trouble> {
        let word = self.word;
        let (read, complaint) = match takes {
            Takes::Nothing | Takes::Word => (Some(0), ""),
            Takes::Lifetime if word == "forever" => (Some(FOREVER), ""),
            Takes::State if word == "none" => (Some(0), ""),
            Takes::Number => (number(word), "expected a number"),
            Takes::Group => (number(word).or_else(|| GROUPS.named(word)), "expected a number"),
            Takes::Lifetime => (number(word), "expected seconds or forever"),
            Takes::Switch => (SWITCH.named(word), "expected on or off"),
            Takes::Prefix | Takes::Gateway => {
                self.prefix = prefix(word, self.family)?;
                (Some(0), "")
            }
            Takes::Hardware => {
                let address = HardwareAddress::from_text(word);
                self.hardware = address.unwrap_or_default();
                (address.map(|_| 0), "expected a link-layer address")
            }
            Takes::State => (neighbour::STATES.named(word), "no such state of a neighbour"),
            Takes::Table => (number(word).or_else(|| Table::NAMES.named(word)), "no such routing table"),
            Takes::RouteKind => (route_kind(word).map(|kind| kind.0.into()), "no such type of route"),
            Takes::Preference => (byte(Preference::NAMES, word), "expected low, medium or high"),
            Takes::Scope => (byte(Scope::NAMES, word), "no such scope"),
            Takes::AddressProtocol => (byte(AddressProtocol::NAMES, word), "no such protocol"),
            Takes::Protocol => (byte(Protocol::NAMES, word), "no such protocol"),
        };
        self.number = read.ok_or_else(|| Trouble::word(word, complaint))?;
        [self.byte, ..] = self.number.to_le_bytes();
        Ok(())
    }

    /// Reads the word of a filter, where `all` is no filter.
    pub(super) fn unless_all(&mut self, takes: Takes) -> Result<Option<u8>, Trouble> {
        if self.word == "all" {
            return Ok(None);
        }
        self.read(takes).map(|()| Some(self.byte))
    }
}

/// The groups of links that have names.
pub(super) const GROUPS: &Names = &formats::names! { 0 => "default", };

const SWITCH: &Names = &formats::names! { 0 => "off", 1 => "on", };

fn byte(names: &Names, word: &str) -> Option<u32> {
    names.find(word).filter(|number| *number < 256)
}

/// Finds a type of route by its name; numbers could be taken for a destination.
pub(super) fn route_kind(name: &str) -> Option<RouteKind> {
    let kind = RouteKind::NAMES.named(name).filter(|kind| *kind != 0)?;
    u8::try_from(kind).ok().map(RouteKind)
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

    /// Gives all words that are left, and leaves them.
    pub(super) const fn rest(&self) -> &'a [&'a [u8]] {
        self.rest
    }

    /// Gives the next word, if there is one, and leaves it.
    pub(super) fn peek(&self) -> Result<Option<&'a str>, Trouble> {
        match self.rest.first().map(|word| (word, core::str::from_utf8(word))) {
            Some((_, Ok(text))) => Ok(Some(text)),
            Some((word, Err(_))) => Err(Trouble::bytes(word, "not UTF-8")),
            None => Ok(None),
        }
    }

    /// Takes the next word, if there is one.
    #[inline(never)]
    pub(super) fn next(&mut self) -> Result<Option<&'a str>, Trouble> {
        let word = self.peek()?;
        self.rest = self.rest.get(1..).unwrap_or_default();
        Ok(word)
    }

    /// Takes the next word if it is this one.
    pub(super) fn skip(&mut self, word: &str) -> Result<bool, Trouble> {
        let is_next = self.peek()? == Some(word);
        if is_next {
            self.next()?;
        }
        Ok(is_next)
    }

    /// Takes the word that must follow `keyword`.
    pub(super) fn value(&mut self, keyword: &str) -> Result<&'a str, Trouble> {
        self.next()?.ok_or_else(|| Trouble::word(keyword, "a value must follow"))
    }

    /// Takes the next keyword of a table, gives its place, and puts what follows it into `value`.
    #[inline(never)]
    pub(super) fn keyword(
        &mut self,
        table: &Keywords,
        value: &mut Argument<'a>,
    ) -> Result<Option<usize>, Trouble> {
        let Some(word) = self.next()? else { return Ok(None) };
        (value.keyword, value.word) = (word, word);
        let row = table.find(word).or_else(|| table.any()).and_then(|at| Some((at, *table.takes.get(at)?)));
        let (place, takes) = row.ok_or_else(|| table.refuse(word))?;
        if !HAS_MORE && table.absent >> place & 1 != 0 {
            return Err(Trouble::word(word, "this image's ip does without it"));
        }
        if takes != Takes::Nothing && table.any() != Some(place) {
            value.word = self.value(word)?;
        }
        let family = value.family;
        if takes == Takes::Gateway {
            value.family = match value.word {
                "inet" => Family::INET,
                "inet6" => Family::INET6,
                _ => Family::UNSPECIFIED,
            };
            if value.family != Family::UNSPECIFIED {
                value.word = self.value(word)?;
            }
        }
        let read = value.read(takes);
        value.family = family;
        read.map(|()| Some(place))
    }
}

/// Reads a number: decimal, or hexadecimal after `0x`.
pub(super) fn number(word: &str) -> Option<u32> {
    let (digits, radix) = word.strip_prefix("0x").map_or((word, 10), |digits| (digits, 16));
    let add = |sum: u32, byte| sum.checked_mul(radix)?.checked_add(char::from(byte).to_digit(radix)?);
    digits.bytes().try_fold(0, add).filter(|_| !digits.is_empty())
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
    let address = internet::parse(address).or_else(|| cut(address)).ok_or_else(wrong)?;
    let width = Family::of(address).bits();
    if family.bits() != 0 && family.bits() != width {
        return Err(Trouble::word(word, "an address of the other family"));
    }
    let given = bits.is_some();
    let bits = bits.map_or(Some(width), |bits| octet(bits).or_else(|| mask(bits)));
    let bits = bits.filter(|&bits| bits <= width).ok_or_else(wrong)?;
    Ok(Prefix { address, bits, given })
}

/// Reads an IPv4 address of fewer than four numbers: `10.1` is 10.1.0.0.
fn cut(word: &str) -> Option<IpAddr> {
    let mut octets = [0; 4];
    let mut places = octets.iter_mut();
    for part in word.split('.') {
        *places.next()? = octet(part)?;
    }
    Some(IpAddr::from(octets))
}

fn octet(word: &str) -> Option<u8> {
    parse_decimal(word.as_bytes()).and_then(|number| number.try_into().ok())
}

/// Reads a mask and gives its bits.
fn mask(word: &str) -> Option<u8> {
    let mask = internet::parse_v4(word)?.to_bits();
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

    keywords! {
        enum Demo, "no such thing" {
            Add: Nothing = "add*",
            Append: Nothing = "append*",
            Gateway: Gateway = "via",
            Metric: Number = "metric* priority*",
            Scope: Scope = "scope",
            Other: Word = "_",
        }
    }

    fn taken(words: &[&[u8]]) -> Option<(usize, u32, String)> {
        let (mut words, mut value) = (Words::new(words), Argument::new(Family::UNSPECIFIED));
        let key = Demo::next(&mut words, &mut value).ok()??;
        words.is_empty().then(|| (key as usize, value.number, value.word.into()))
    }

    #[test]
    fn keywords_and_what_follows() {
        assert_eq!(taken(&[b"a"]), Some((0, 0, "a".into())));
        assert_eq!(taken(&[b"ap"]), Some((1, 0, "ap".into())));
        assert_eq!(taken(&[b"adds"]), Some((5, 0, "adds".into())));
        assert_eq!(taken(&[b""]), Some((5, 0, "".into())));
        assert_eq!(taken(&[b"via", b"10.0.0.1"]), Some((2, 0, "10.0.0.1".into())));
        assert_eq!(taken(&[b"via", b"inet6", b"fe80::1"]), Some((2, 0, "fe80::1".into())));
        assert_eq!(taken(&[b"prio", b"0xfe"]), Some((3, 254, "0xfe".into())));
        assert_eq!(taken(&[b"scope", b"link"]), Some((4, 253, "link".into())));
        for wrong in [
            &[b"via".as_slice(), b"inet6", b"10.0.0.1"][..],
            &[b"via", b"inet"],
            &[b"via"],
            &[b"metric", b"-1"],
            &[b"scope", b"256"],
            &[b"\xff"],
            &[],
        ] {
            assert_eq!(taken(wrong), None, "{wrong:?}");
        }
    }
}
