//! The units in which `du` and `df` show how much there is: `-h -k -m -B`, and `--si`.

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
pub(super) const SI: u8 = 128;

/// How amounts are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// As people read them, by 1024.
    Human,
    /// By 1000.
    Si,
    /// In units of so many bytes, with a letter behind each if there is one.
    Of(u64, Option<u8>),
}

impl Unit {
    /// Gives the unit of so many bytes.
    pub(super) const fn of(bytes: u64) -> Self {
        Self::Of(bytes, None)
    }

    /// Reads the options; the last one counts, `other` being one more that has the unit `plain`.
    pub(super) fn parse(io: &mut Io<'_>, parsed: &Parsed<'_>, plain: u64, other: u8) -> Result<Self, Status> {
        Ok(match parsed.last_of(&[b'h', SI, b'k', b'm', b'B', other]) {
            Some(b'h') => Self::Human,
            Some(SI) => Self::Si,
            Some(b'k') => Self::of(1 << 10),
            Some(b'm') => Self::of(1 << 20),
            Some(b'B') => {
                let text = parsed.value(b'B').unwrap_or_default();
                let letter = text.first().copied().filter(u8::is_ascii_alphabetic);
                let bytes = match letter {
                    Some(_) => amount::unit_of(text),
                    None => amount::parse(text),
                };
                let bytes = bytes.filter(|&bytes| bytes > 0).ok_or_else(|| io.misuse(text, "not a size"))?;
                Self::Of(bytes, letter)
            }
            _ => Self::of(plain),
        })
    }

    /// Writes an amount, rounded up.
    pub(super) fn put(self, bytes: u64, out: &mut dyn Sink) {
        match self {
            Self::Human => size(bytes, out),
            Self::Si => size_by_1000(bytes, out),
            Self::Of(unit, letter) => {
                decimal(bytes.div_ceil(unit), out);
                if let Some(letter) = letter {
                    out.put(&[letter]);
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
}
