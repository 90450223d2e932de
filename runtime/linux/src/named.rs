//! Flags and values by the names that the kernel's headers give them: read, shown, and declared by two macros.
//!
//! `flags!` declares a set as `bitflags!` does, and `values!` one value of several; both are open: what has no name stays, and is shown
//! as a number. The name is the first word of a constant's documentation, so that it stands once. The names are a constant that only
//! these traits lead to: who neither reads nor shows a type carries nothing of them.

use core::fmt;

/// A type whose values have names.
pub trait Named: Copy {
    /// The names.
    const NAMES: Names;

    /// Gives the value as the kernel's number.
    fn number(self) -> u64;

    /// Makes a value of the kernel's number.
    fn of_number(number: u64) -> Self;
}

/// Names and the numbers that they stand for.
#[derive(Clone, Copy, Debug)]
pub struct Names {
    /// Each with a space behind.
    text: &'static [u8],
    numbers: &'static [u64],
    is_set: bool,
}

/// What is no name and no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownName {
    /// Where the word begins in the text, in bytes.
    pub at: usize,
}

impl fmt::Display for UnknownName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "expected a name or number at byte {}", self.at)
    }
}

impl core::error::Error for UnknownName {}

impl Names {
    pub(crate) const fn new(text: &'static [u8], numbers: &'static [u64], is_set: bool) -> Self {
        Self { text, numbers, is_set }
    }

    /// Says whether values are sets of bits.
    pub const fn is_set(&self) -> bool {
        self.is_set
    }

    /// Gives the numbers with their names, as the headers have them.
    pub fn iter(&self) -> impl Iterator<Item = (u64, &'static str)> + use<> {
        let names = self.text.split(|byte| *byte == b' ');
        self.numbers.iter().copied().zip(names.map(|name| core::str::from_utf8(name).unwrap_or_default()))
    }

    /// Gives the name of a whole number.
    pub fn name(&self, number: u64) -> Option<&'static str> {
        self.iter().find(|(this, _)| *this == number).map(|(_, name)| name)
    }

    /// Gives the names of the parts of a set, those of several bits before those of one, and last what has no name.
    pub fn parts(&self, set: u64, part: &mut dyn FnMut(Result<&'static str, u64>)) {
        let mut left = set;
        for single in [false, true] {
            for (number, name) in self.iter() {
                let is_wanted = number != 0 && number.is_power_of_two() == single;
                if is_wanted && left & number == number {
                    part(Ok(name));
                    left &= !number;
                }
            }
        }
        if left != 0 {
            part(Err(left));
        } else if set == 0
            && let Some(name) = self.name(0)
        {
            part(Ok(name));
        }
    }

    /// Gives how many bytes all names begin with, to the last `_` among those.
    fn common(&self) -> usize {
        let mut names = self.iter().map(|(_, name)| name.as_bytes());
        let first = names.next().unwrap_or_default();
        let same = names.fold(first.len(), |same, name| {
            let both = first.iter().zip(name).take(same);
            both.take_while(|(one, other)| one == other).count()
        });
        first.get(..same).and_then(|same| same.iter().rposition(|byte| *byte == b'_')).map_or(0, |at| at + 1)
    }

    fn show(&self, number: u64, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let common = self.common();
        let (mut result, mut count) = (Ok(()), 0);
        let mut word = |part: Result<&str, u64>| {
            let comma = if count == 0 { "" } else { "," };
            count += 1;
            let shown = match part {
                Ok(name) => formatter.write_str(comma).and_then(|()| {
                    let short = name.get(common..).unwrap_or(name);
                    short
                        .chars()
                        .try_for_each(|letter| fmt::Write::write_char(formatter, letter.to_ascii_lowercase()))
                }),
                Err(number) => write!(formatter, "{comma}{number:#x}"),
            };
            result = result.and(shown);
        };
        match self.is_set {
            true => self.parts(number, &mut word),
            false => word(self.name(number).ok_or(number)),
        }
        if count == 0 {
            return formatter.write_str("0");
        }
        result
    }

    fn parse(&self, text: &str) -> Result<u64, UnknownName> {
        if !self.is_set {
            return self.word(text.trim()).ok_or(UnknownName { at: 0 });
        }
        let (mut set, mut at) = (0, 0);
        for word in text.split([',', '|']) {
            let plain = word.trim();
            let (is_cleared, plain) = match plain.strip_prefix(['~', '!']) {
                Some(rest) => (true, rest),
                None => (false, plain),
            };
            let number = self.word(plain).ok_or(UnknownName { at })?;
            set = if is_cleared { set & !number } else { set | number };
            at += word.len() + 1;
        }
        Ok(set)
    }

    /// Reads a name, with or without what all begin with, or a number.
    fn word(&self, word: &str) -> Option<u64> {
        let common = self.common();
        let is_it = |name: &str| {
            name.eq_ignore_ascii_case(word)
                || name.get(common..).is_some_and(|short| short.eq_ignore_ascii_case(word))
        };
        let named = self.iter().find(|(_, name)| is_it(name)).map(|(number, _)| number);
        named.or_else(|| match word.strip_prefix("0x") {
            Some(digits) => u64::from_str_radix(digits, 16).ok(),
            None => word.parse().ok(),
        })
    }
}

/// Shows a value of a type: a set as its names without what they all begin with, commas between.
///
/// # Errors
/// Those of the formatter.
pub fn show<T: Named>(value: T, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    T::NAMES.show(value.number(), formatter)
}

/// Reads a value of a type: names, in any case and with or without what they all begin with, or numbers; of a set several, commas
/// between, where `~` takes away.
///
/// # Errors
/// A word is neither.
pub fn parse<T: Named>(text: &str) -> Result<T, UnknownName> {
    T::NAMES.parse(text).map(T::of_number)
}

/// Gives the length of the name that a documentation begins with, and where it begins.
const fn name_in(documentation: &str) -> (usize, usize) {
    let bytes = documentation.as_bytes();
    let mut start = 0;
    while start < bytes.len() && bytes[start] == b' ' {
        start += 1;
    }
    let mut end = start;
    while end < bytes.len()
        && (bytes[end].is_ascii_uppercase() || bytes[end].is_ascii_digit() || bytes[end] == b'_')
    {
        end += 1;
    }
    assert!(end > start + 1, "the documentation begins with the kernel's name");
    (start, end - start)
}

/// Gives the name that a documentation begins with.
#[cfg(feature = "abi")]
pub(crate) const fn name_of(documentation: &str) -> &str {
    let (start, length) = name_in(documentation);
    documentation.split_at(start).1.split_at(length).0
}

/// Gives the length of the names packed.
pub(crate) const fn packed_length(documentations: &[&str]) -> usize {
    let (mut length, mut at) = (0, 0);
    while at < documentations.len() {
        length += name_in(documentations[at]).1 + 1;
        at += 1;
    }
    length
}

/// Packs the names that documentations begin with, a space behind each.
pub(crate) const fn packed<const N: usize>(documentations: &[&str]) -> [u8; N] {
    let (mut packed, mut to, mut at) = ([b' '; N], 0, 0);
    while at < documentations.len() {
        let (start, length) = name_in(documentations[at]);
        let mut byte = 0;
        while byte < length {
            packed[to + byte] = documentations[at].as_bytes()[start + byte];
            byte += 1;
        }
        to += length + 1;
        at += 1;
    }
    packed
}

/// Gives a type its names.
macro_rules! named {
    ($name:ident, $number:ty, $is_set:literal, $get:expr, $make:expr, [$(($doc:literal, $value:expr))*]) => {
        impl $crate::named::Named for $name {
            const NAMES: $crate::named::Names = {
                const WORDS: &[&str] = &[$($doc),*];
                const TEXT: [u8; $crate::named::packed_length(WORDS)] = $crate::named::packed(WORDS);
                const ALL: u64 = u64::MAX >> (64 - 8 * size_of::<$number>());
                $crate::named::Names::new(&TEXT, &[$($value as u64 & ALL),*], $is_set)
            };

            fn number(self) -> u64 {
                const ALL: u64 = u64::MAX >> (64 - 8 * size_of::<$number>());
                ($get)(self) as u64 & ALL
            }

            fn of_number(number: u64) -> Self {
                ($make)(number as $number)
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                $crate::named::show(*self, formatter)
            }
        }

        impl core::str::FromStr for $name {
            type Err = $crate::named::UnknownName;

            fn from_str(text: &str) -> core::result::Result<Self, Self::Err> {
                $crate::named::parse(text)
            }
        }
    };
}

/// Declares a set of flags, whose documentations begin with the kernel's names; `all` has every bit where `const _ = !0` says so, and
/// only those with names where a call must refuse the others.
macro_rules! flags {
    (
        $(#[$outer:meta])*
        pub struct $name:ident: $number:ty {
            $(#[doc = $doc:literal] $(#[$more:meta])* const $flag:ident = $value:expr;)*
            $(const _ = !$none:literal;)?
        }
    ) => {
        bitflags::bitflags! {
            $(#[$outer])*
            pub struct $name: $number {
                $(#[doc = $doc] $(#[$more])* const $flag = $value;)*
                $(const _ = !$none;)?
            }
        }

        named!($name, $number, true, |set: Self| set.bits(), Self::from_bits_retain, [$(($doc, $name::$flag.bits()))*]);
    };
}

/// Declares the values of an open type, whose documentations begin with the kernel's names.
macro_rules! values {
    ($name:ident: $number:ty { $(#[doc = $doc:literal] $(#[$more:meta])* const $value:ident = $is:expr;)* }) => {
        impl $name {
            $(#[doc = $doc] $(#[$more])* pub const $value: Self = Self($is);)*
        }

        named!($name, $number, false, |value: Self| value.0, Self, [$(($doc, $name::$value.0))*]);
    };
}

#[cfg(test)]
mod tests {
    use crate::fs::{Mode, OpenFlags};
    use crate::mount::MountFlags;
    use crate::named::UnknownName;
    use crate::time::Clock;

    #[test]
    fn sets_are_read_and_shown() {
        let both = OpenFlags::READ_WRITE | OpenFlags::CREATE;
        for text in ["rdwr,creat", "RDWR,Creat", "O_RDWR|O_CREAT", " rdwr , creat", "rdwr,creat,trunc,~trunc"]
        {
            assert_eq!(text.parse(), Ok(both), "{text}");
        }
        assert_eq!(both.to_string(), "rdwr,creat");
        assert_eq!(OpenFlags::empty().to_string(), "rdonly");
        assert_eq!(OpenFlags::TEMPORARY.to_string(), "tmpfile", "not its parts");
        assert_eq!("rdwr,nonsense".parse::<OpenFlags>(), Err(UnknownName { at: 5 }));
        assert_eq!("".parse::<OpenFlags>(), Err(UnknownName { at: 0 }));
    }

    #[test]
    fn what_has_no_name_survives() {
        let odd = MountFlags::from_bits_retain(1 << 31) | MountFlags::READ_ONLY;
        assert_eq!(odd.to_string(), "rdonly,0x80000000");
        assert_eq!("rdonly,0x80000000".parse(), Ok(odd));
        assert_eq!(MountFlags::empty().to_string(), "0");
        assert_eq!("0".parse(), Ok(MountFlags::empty()));
        assert_eq!(Clock(77).to_string(), "0x4d");
        assert_eq!(Clock(-6).to_string().parse(), Ok(Clock(-6)));
    }

    #[test]
    fn values_are_one_of_several() {
        assert_eq!("monotonic".parse(), Ok(Clock::MONOTONIC));
        assert_eq!("CLOCK_BOOTTIME".parse(), Ok(Clock::BOOTTIME));
        assert_eq!(Clock::REALTIME.to_string(), "realtime");
        assert!("realtime,monotonic".parse::<Clock>().is_err());
        assert_eq!(Mode::octal(0o4640).to_string(), "isuid,irusr,iwusr,irgrp");
    }
}
