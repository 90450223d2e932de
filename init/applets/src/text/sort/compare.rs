//! How two lines are compared.

use alloc::vec::Vec;
use core::cmp::Ordering;

use text::fraction::Number;

use super::key::{Key, Separator};
use text::version;

/// All that decides the order of two lines.
pub(super) struct Rules {
    pub(super) keys: Vec<Key>,
    pub(super) separator: Separator,
    /// What an order by chance hangs on.
    pub(super) seed: u64,
    /// Whether the last comparison, of whole lines, is the other way round.
    pub(super) reverses: bool,
    pub(super) unique: bool,
    /// Whether lines are compared as the bytes that they are.
    pub(super) is_plain: bool,
    /// Whether there is no such last comparison.
    pub(super) stable: bool,
    /// What ends a line.
    pub(super) end: u8,
}

/// How keys are compared.
#[derive(Clone, Copy, Default)]
pub(super) struct Way {
    pub(super) kind: Kind,
    pub(super) reverses: bool,
    pub(super) skips_blanks: bool,
    dictionary: bool,
    folds: bool,
    printing: bool,
}

/// What keys are taken for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kind {
    #[default]
    Text,
    Numbers,
    General,
    Human,
    Months,
    Versions,
    Random,
    /// More than one of these, which makes no sense.
    Several,
}

impl Way {
    /// Adds what an option says; false if it says nothing of this.
    pub(super) fn add(&mut self, letter: u8) -> bool {
        let kind = match letter {
            b'n' => Kind::Numbers,
            b'g' => Kind::General,
            b'h' => Kind::Human,
            b'M' => Kind::Months,
            b'V' => Kind::Versions,
            b'R' => Kind::Random,
            b'b' => {
                self.skips_blanks = true;
                return true;
            }
            b'd' => {
                self.dictionary = true;
                return true;
            }
            b'f' => {
                self.folds = true;
                return true;
            }
            b'i' => {
                self.printing = true;
                return true;
            }
            b'r' => {
                self.reverses = true;
                return true;
            }
            _ => return false,
        };
        self.kind = if self.kind == Kind::Text || self.kind == kind { kind } else { Kind::Several };
        true
    }

    /// Says whether what was asked for can be had together: numbers and the like have no characters to leave out.
    pub(super) const fn makes_sense(self) -> bool {
        let has_order = !matches!(self.kind, Kind::Text | Kind::Random | Kind::Versions);
        !matches!(self.kind, Kind::Several) && !(has_order && (self.dictionary || self.printing))
    }

    /// Says whether keys are compared as the bytes they are.
    pub(super) const fn is_plain(self) -> bool {
        matches!(self.kind, Kind::Text) && !self.transforms()
    }

    /// Says whether characters are left out, or letters of both cases equal.
    const fn transforms(self) -> bool {
        self.dictionary || self.folds || self.printing
    }

    /// Gives what counts of text, a byte after the other.
    fn bytes(self, key: &[u8]) -> impl Iterator<Item = u8> + '_ {
        let counts = move |byte: &u8| {
            !(self.dictionary && !byte.is_ascii_alphanumeric() && !matches!(byte, b' ' | b'\t')
                || self.printing && !matches!(byte, b' '..=b'~'))
        };
        key.iter()
            .copied()
            .filter(counts)
            .map(move |byte| if self.folds { byte.to_ascii_uppercase() } else { byte })
    }

    fn compare(self, first: &[u8], second: &[u8], seed: u64) -> Ordering {
        let order = match self.kind {
            Kind::Text | Kind::Several if self.is_plain() => first.cmp(second),
            Kind::Text | Kind::Several => self.bytes(first).cmp(self.bytes(second)),
            Kind::Numbers => Digits::read(first).0.cmp(&Digits::read(second).0),
            Kind::General => general(first, second),
            Kind::Human => human(first).cmp(&human(second)),
            Kind::Months => month(first).cmp(&month(second)),
            Kind::Versions if !self.transforms() => version::compare(first, second),
            Kind::Versions => {
                let [first, second] = [first, second].map(|key| self.bytes(key).collect::<Vec<_>>());
                version::compare(&first, &second)
            }
            Kind::Random => hash(first, seed).cmp(&hash(second, seed)).then_with(|| first.cmp(second)),
        };
        if self.reverses { order.reverse() } else { order }
    }

    /// Gives a number for a key: where two of them differ, so do the keys, in the same order.
    fn prefix(self, key: &[u8]) -> u64 {
        let prefix = match self.kind {
            Kind::Text if self.is_plain() => {
                let mut bytes = [0; 8];
                let count = key.len().min(8);
                if let (Some(into), Some(from)) = (bytes.get_mut(..count), key.get(..count)) {
                    into.copy_from_slice(from);
                }
                u64::from_be_bytes(bytes)
            }
            Kind::Numbers => Digits::read(key).0.prefix(),
            _ => return 0,
        };
        if self.reverses { !prefix } else { prefix }
    }
}

impl Rules {
    /// Gives the number of a line's first key, by which most lines are told apart.
    pub(super) fn prefix(&self, line: &[u8]) -> u64 {
        self.keys.first().map_or(0, |key| key.way.prefix(key.of(line, self.separator)))
    }

    /// Compares the keys of two lines.
    pub(super) fn keys(&self, first: &[u8], second: &[u8]) -> Ordering {
        let separator = self.separator;
        let orders = self
            .keys
            .iter()
            .map(|key| key.way.compare(key.of(first, separator), key.of(second, separator), self.seed));
        orders.into_iter().find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    }

    /// Compares two lines.
    pub(super) fn compare(&self, first: &[u8], second: &[u8]) -> Ordering {
        if self.is_plain {
            return if self.reverses { second.cmp(first) } else { first.cmp(second) };
        }
        self.keys(first, second).then_with(|| match (self.stable, self.reverses) {
            (true, _) => Ordering::Equal,
            (false, false) => first.cmp(second),
            (false, true) => second.cmp(first),
        })
    }

    /// Says whether a line may come behind another.
    pub(super) fn may_follow(&self, first: &[u8], second: &[u8]) -> bool {
        match self.compare(first, second) {
            Ordering::Less => true,
            Ordering::Equal => !self.unique,
            Ordering::Greater => false,
        }
    }
}

/// A number as its digits: as large as one likes.
#[derive(Clone, Copy, Debug)]
struct Digits<'n> {
    is_negative: bool,
    /// Without zeros in front.
    whole: &'n [u8],
    /// Without zeros at the end.
    fraction: &'n [u8],
}

impl<'n> Digits<'n> {
    /// Reads as much of a text as is a number; gives it and what is behind.
    fn read(text: &'n [u8]) -> (Self, &'n [u8]) {
        let text = text.get(text.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n')).count()..);
        let text = text.unwrap_or_default();
        let (is_negative, text) = match text {
            [b'-', rest @ ..] => (true, rest),
            _ => (false, text),
        };
        let split =
            |text: &'n [u8]| text.split_at(text.iter().take_while(|byte| byte.is_ascii_digit()).count());
        let (whole, rest) = split(text);
        let (fraction, rest) = match rest {
            [b'.', rest @ ..] => split(rest),
            _ => (&b""[..], rest),
        };
        let zeros = whole.iter().take_while(|byte| **byte == b'0').count();
        let end = fraction.iter().rposition(|byte| *byte != b'0').map_or(0, |at| at + 1);
        let whole = whole.get(zeros..).unwrap_or_default();
        let fraction = fraction.get(..end).unwrap_or_default();
        let is_zero = whole.is_empty() && fraction.is_empty();
        (Self { is_negative: is_negative && !is_zero, whole, fraction }, rest)
    }

    fn cmp(&self, other: &Self) -> Ordering {
        let size = |number: &Self, other: &Self| {
            let lengths = number.whole.len().cmp(&other.whole.len());
            lengths
                .then_with(|| number.whole.cmp(other.whole))
                .then_with(|| number.fraction.cmp(other.fraction))
        };
        match (self.is_negative, other.is_negative) {
            (false, false) => size(self, other),
            (true, true) => size(other, self),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }

    /// Gives how many digits the whole number has and the first seventeen of all, as one number.
    fn prefix(&self) -> u64 {
        const COUNT: usize = 17;
        let mut digits = self.whole.iter().chain(self.fraction).map(|byte| u64::from(byte - b'0'));
        let leading = (0..COUNT).fold(0, |value, _| value * 10 + digits.next().unwrap_or(0));
        // Longer ones are told apart by all of their digits.
        let size = match self.whole.len() {
            length @ ..63 => (length as u64) << 57 | leading,
            _ => 63 << 57,
        };
        if self.is_negative { !(1 << 63 | size) } else { 1 << 63 | size }
    }
}

/// Compares numbers with exponents; what is none comes before all numbers.
fn general(first: &[u8], second: &[u8]) -> Ordering {
    let number = |key: &[u8]| Number::parse(key.trim_ascii_start()).map(|(number, _)| number);
    match (number(first), number(second)) {
        (Some(first), Some(second)) => first.order(&second),
        (first, second) => first.is_some().cmp(&second.is_some()),
    }
}

/// A number with a unit: first its sign and unit, then its digits.
struct Sized<'n> {
    unit: i8,
    digits: Digits<'n>,
}

fn human(key: &[u8]) -> Sized<'_> {
    let (digits, rest) = Digits::read(key);
    let unit = rest.first().and_then(|letter| {
        b"KMGTPEZY".iter().position(|unit| *unit == if *letter == b'k' { b'K' } else { *letter })
    });
    let unit = unit.map_or(0, |unit| unit as i8 + 1);
    let is_zero = digits.whole.is_empty() && digits.fraction.is_empty();
    Sized {
        unit: if is_zero {
            0
        } else if digits.is_negative {
            -unit
        } else {
            unit
        },
        digits,
    }
}

impl Sized<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let sign =
            |number: &Self| match (number.digits.is_negative, number.digits.whole, number.digits.fraction) {
                (true, ..) => -1,
                (false, b"", b"") => 0,
                (false, ..) => 1,
            };
        sign(self)
            .cmp(&sign(other))
            .then_with(|| self.unit.cmp(&other.unit))
            .then_with(|| self.digits.cmp(&other.digits))
    }
}

/// Gives the number of a month from 1; 0 for what is none.
fn month(key: &[u8]) -> usize {
    let name = key.trim_ascii_start();
    let names = b"JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC".chunks(3);
    let Some(name) = name.get(..3) else { return 0 };
    names.into_iter().position(|month| name.eq_ignore_ascii_case(month)).map_or(0, |at| at + 1)
}

/// Scatters keys (FNV-1a, then a mix of all bits).
fn hash(key: &[u8], seed: u64) -> u64 {
    let mixed = key.iter().fold(seed ^ 0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mixed = (mixed ^ mixed >> 33).wrapping_mul(0xff51_afd7_ed55_8ccd);
    mixed ^ mixed >> 33
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(letters: &str) -> Way {
        let mut way = Way::default();
        letters.bytes().for_each(|letter| assert!(way.add(letter)));
        way
    }

    /// Checks that texts come in this order, and that their prefixes say nothing else.
    fn in_order(letters: &str, texts: &[&str]) {
        let way = way(letters);
        for (at, first) in texts.iter().enumerate() {
            for second in &texts[at + 1..] {
                let (first, second) = (first.as_bytes(), second.as_bytes());
                assert_eq!(way.compare(first, second, 1), Ordering::Less, "{first:?} {second:?}");
                assert_eq!(way.compare(second, first, 1), Ordering::Greater);
                assert!(way.prefix(first) <= way.prefix(second), "{first:?} {second:?}");
            }
        }
    }

    #[test]
    fn keys_are_compared_as_what_they_are_taken_for() {
        in_order("", &["", "A", "B", "a", "aaaaaaaaa", "aaaaaaaab"]);
        in_order("r", &["b", "a", ""]);
        in_order(
            "n",
            &[
                "-12",
                "-2.5",
                "-2",
                "x",
                "0.5",
                "0.51",
                " 2",
                "010",
                "11",
                "1234567890123456789012",
                "1234567890123456789013",
            ],
        );
        in_order("g", &["x", "-1e3", "-1", "0", "1e-3", "2", "1e2", "1e300", "inf"]);
        in_order("h", &["-1G", "-2K", "-3", "0", "900", "1K", "2K", "1M", "1G"]);
        in_order("M", &["x", "jan", "FEBruary", " Mar", "dec"]);
        in_order("f", &["a", "B", "c"]);
        in_order("d", &["(a", "b"]);
        in_order("Vf", &["a9", "A10", "b"]);
    }

    #[test]
    fn only_one_kind_makes_sense() {
        assert!(!way("nV").makes_sense() && !way("nd").makes_sense() && !way("gi").makes_sense());
        assert!(
            way("Rd").makes_sense()
                && way("Vi").makes_sense()
                && way("nfb").makes_sense()
                && way("di").makes_sense()
        );
        assert_eq!(way("nn").kind, Kind::Numbers);
    }
}
