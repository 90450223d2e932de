//! The last lines or bytes of a stream that is still being read.

use memchr::memchr_iter;
use query::text::parse_decimal;

use crate::reader::Reader;

/// What is counted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Bytes,
    /// Lines, and what ends one.
    Lines(u8),
}

impl Unit {
    /// Counts what has ended.
    pub(super) fn count(self, bytes: &[u8]) -> u64 {
        match self {
            Self::Bytes => bytes.len() as u64,
            Self::Lines(end) => bulk::lines(bytes, end) as u64,
        }
    }

    /// Gives how many bytes the first ones take; all bytes, if there are not so many.
    pub(super) fn length(self, bytes: &[u8], count: u64) -> usize {
        let Some(last) = count.checked_sub(1) else { return 0 };
        let last = usize::try_from(last).unwrap_or(usize::MAX);
        match self {
            Self::Bytes => last.saturating_add(1).min(bytes.len()),
            Self::Lines(end) => memchr_iter(end, bytes).nth(last).map_or(bytes.len(), |at| at + 1),
        }
    }
}

/// A count as it was written before POSIX of 2001: `-5`, `-20f`, `+3c`, here without its sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OldCount {
    pub(super) count: u64,
    pub(super) is_bytes: bool,
    pub(super) follows: bool,
}

impl OldCount {
    /// Reads digits, what is counted (`l` lines, `c` bytes, `b` blocks of 512 bytes, `k` and `m`), and `f` to follow.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, letters) = text.split_at_checked(digits)?;
        let follows = letters.ends_with(b"f");
        let (is_bytes, factor) = match letters.strip_suffix(b"f").unwrap_or(letters) {
            b"" | b"l" => (false, 1),
            b"c" => (true, 1),
            b"b" => (true, 512),
            b"k" => (true, 1 << 10),
            b"m" => (true, 1 << 20),
            _ => return None,
        };
        Some(Self { count: parse_decimal(digits)?.checked_mul(factor)?, is_bytes, follows })
    }
}

/// Tells what of a stream is surely not among its last lines or bytes.
pub(super) struct Window {
    unit: Unit,
    /// How many may be the last.
    last: u64,
    /// How many of what is at hand have been counted.
    count: u64,
}

impl Window {
    pub(super) const fn new(unit: Unit, last: u64) -> Self {
        Self { unit, last, count: 0 }
    }

    /// Reads more; gives how much of what is then at hand lies before the last ones, which the caller takes, and whether
    /// there may be more to read.
    pub(super) fn advance(&mut self, reader: &mut Reader<'_, '_>) -> linux::Result<(usize, bool)> {
        let seen = reader.at_hand().len();
        let more = reader.read()?;
        let bytes = reader.at_hand();
        self.count += self.unit.count(bytes.get(seen..).unwrap_or_default());
        // A last line without its end is one.
        let is_open = matches!((self.unit, bytes.last()), (Unit::Lines(end), Some(last)) if *last != end);
        let all = self.count + u64::from(is_open && !more);
        let before = all.saturating_sub(self.last);
        self.count -= before.min(self.count);
        Ok((self.unit.length(bytes, before), more))
    }
}
