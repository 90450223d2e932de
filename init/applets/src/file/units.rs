//! The units in which `du`, `df` and `ls` show how much there is: `-h -k -m -B`, `--si`, and what the environment says.

use query::Sink;
use query::text::{decimal, size, size_by_1000};

use crate::{Flag, Io, Parsed, Status, amount};

/// With a unit of 1024.
pub(super) const HUMAN: Flag = Flag::new(b'h', "human-readable", "with a unit: K M G of 1024");
/// With a unit of 1000.
pub(super) const SI_FLAG: Flag = Flag::new(SI, "si", "with a unit: k M G of 1000");
/// In units of 1024.
pub(super) const KILO: Flag = Flag::new(b'k', "", "in units of 1024 bytes (so without an option)");
/// In units of 1048576.
pub(super) const MEGA: Flag = Flag::new(b'm', "", "in units of 1048576 bytes");
/// In units that are named.
pub(super) const SIZE: Flag = Flag::with(b'B', "block-size", "SIZE", "in units of SIZE");

/// The key of `--si`.
pub(super) const SI: u8 = 161;

/// How amounts are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// As people read them, by 1024.
    Human,
    /// By 1000.
    Si,
    /// In units of so many bytes, with their name behind each if they have one.
    Of(u64, Option<Name>),
}

/// What stands behind amounts in a unit that was named by a letter.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Name {
    letter: u8,
    tail: &'static str,
}

impl Name {
    fn of(letter: u8, tail: &'static str) -> Option<Self> {
        letter.is_ascii_alphabetic().then_some(Self { letter: letter.to_ascii_uppercase(), tail })
    }
}

impl Unit {
    /// Gives the unit of so many bytes.
    pub(super) const fn of(bytes: u64) -> Self {
        Self::Of(bytes, None)
    }

    /// Reads the options; the last one counts, `other` being one more that has the unit `plain`. Without one, and unless `plain` is a
    /// byte, the environment may say another, `variable` before others.
    pub(super) fn parse(
        io: &mut Io<'_>,
        parsed: &Parsed<'_>,
        plain: u64,
        other: u8,
        variable: &str,
    ) -> Result<Self, Status> {
        Ok(match parsed.last_of(&[b'h', SI, b'k', b'm', b'B', other]) {
            Some(b'k') => Self::of(1 << 10),
            Some(b'm') => Self::of(1 << 20),
            Some(key @ (b'h' | SI | b'B')) => {
                Self::of_option(parsed, key).map_err(|text| io.misuse(text, "not a size"))?
            }
            _ if plain == 1 => Self::of(plain),
            _ => Self::of_environment(io, &[variable, "BLOCK_SIZE", "BLOCKSIZE"])
                .unwrap_or_else(|| Self::usual(io)),
        })
    }

    /// Gives the unit of `-h`, of `--si`, or the one that another option names; the error is a value that is none.
    pub(super) fn of_option<'a>(parsed: &Parsed<'a>, key: u8) -> Result<Self, &'a [u8]> {
        match key {
            b'h' => Ok(Self::Human),
            SI => Ok(Self::Si),
            key => {
                let text = parsed.value(key).unwrap_or_default();
                Self::named(text).ok_or(text)
            }
        }
    }

    /// Reads a unit as `--block-size` has it: bytes, with a letter or not, a letter alone, which then stands behind amounts, or a word
    /// for those that people read. An apostrophe before it asks for thousands, which are not parted in the language of C.
    pub(super) fn named(text: &[u8]) -> Option<Self> {
        let text = text.strip_prefix(b"'").unwrap_or(text);
        let name = match text {
            [] => return None,
            _ if b"human-readable".starts_with(text) => return Some(Self::Human),
            _ if b"si".starts_with(text) => return Some(Self::Si),
            // A thousand has a small letter.
            [b'k' | b'K', b'B'] => Some(Name { letter: b'k', tail: "B" }),
            [letter] => Name::of(*letter, ""),
            [letter, b'B'] => Name::of(*letter, "B"),
            [letter, b'i', b'B'] => Name::of(*letter, "iB"),
            _ => None,
        };
        let bytes = if name.is_some() { amount::unit_of(text) } else { amount::parse(text) };
        bytes.filter(|bytes| *bytes > 0).map(|bytes| Self::Of(bytes, name))
    }

    /// Gives what the first of these variables that there is says.
    pub(super) fn of_environment(io: &Io<'_>, variables: &[&str]) -> Option<Self> {
        variables.iter().find_map(|name| io.variable(name)).and_then(Self::named)
    }

    /// Gives the unit that nobody has asked for: KiB, or POSIX's blocks where that is wanted.
    pub(super) fn usual(io: &Io<'_>) -> Self {
        Self::of(if io.variable("POSIXLY_CORRECT").is_some() { 512 } else { 1024 })
    }

    /// Writes an amount, rounded up.
    pub(super) fn put(self, bytes: u64, out: &mut dyn Sink) {
        match self {
            Self::Human => size(bytes, out),
            Self::Si => size_by_1000(bytes, out),
            Self::Of(unit, name) => {
                decimal(bytes.div_ceil(unit), out);
                if let Some(Name { letter, tail }) = name {
                    out.put(&[letter]);
                    out.put(tail.as_bytes());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The figures are those of GNU `ls --si -l`.
    #[test]
    fn thousands_round_up() {
        for (bytes, expected) in [
            (999, "999"),
            (1000, "1.0k"),
            (1001, "1.1k"),
            (9_900, "9.9k"),
            (9_901, "10k"),
            (999_000, "999k"),
            (999_001, "1.0M"),
            (u64::MAX, "19E"),
        ] {
            let mut out = Vec::new();
            Unit::Si.put(bytes, &mut out);
            assert_eq!(out, expected.as_bytes(), "{bytes}");
        }
    }

    #[test]
    fn a_letter_alone_stands_behind_amounts() {
        for (text, expected) in [
            ("K", "3K"),
            ("k", "3K"),
            ("kB", "3kB"),
            ("MB", "1MB"),
            ("KiB", "3KiB"),
            ("1K", "3"),
            ("'1", "3000"),
            ("human", "3.0K"),
            ("si", "3.0k"),
        ] {
            let mut out = Vec::new();
            Unit::named(text.as_bytes()).unwrap().put(3000, &mut out);
            assert_eq!(out, expected.as_bytes(), "{text}");
        }
        for text in ["", "'", "0", "x", "1x", "KK"] {
            assert!(Unit::named(text.as_bytes()).is_none(), "{text}");
        }
    }
}
