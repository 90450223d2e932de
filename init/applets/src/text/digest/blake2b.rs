//! What digests of BLAKE2b are called: their length stands behind the name where it is not the longest.

use alloc::vec::Vec;

use bulk::Algorithm;
use query::text::{decimal, parse_decimal};

use super::Kind;

/// The longest, in bytes.
const LONGEST: usize = 64;

impl Kind {
    pub(in crate::text) const BLAKE2B: Self = Self::new("BLAKE2b", Algorithm::Blake2b(LONGEST));

    /// Gives BLAKE2b of so many bits, 0 for the most; nothing if there is none of so many.
    pub(in crate::text) fn blake2b(bits: u64) -> Option<Self> {
        let length = usize::try_from(if bits == 0 { 8 * LONGEST as u64 } else { bits }).ok()?;
        let is_length = length.is_multiple_of(8) && length / 8 <= LONGEST;
        is_length.then_some(Self { algorithm: Algorithm::Blake2b(length / 8), ..Self::BLAKE2B })
    }

    /// Gives the name that stands before a digest.
    pub(super) fn tag(self) -> Vec<u8> {
        let mut tag = self.name.as_bytes().to_vec();
        if let Algorithm::Blake2b(length) = self.algorithm
            && length < LONGEST
        {
            tag.push(b'-');
            decimal(8 * length as u64, &mut tag);
        }
        tag
    }

    /// Takes such a name off a line that is to be of this kind; gives what is behind it, and the kind with the length that it says.
    pub(super) fn without_tag(self, line: &[u8]) -> Option<(Self, &[u8])> {
        let rest = line.strip_prefix(self.name.as_bytes())?;
        if !matches!(self.algorithm, Algorithm::Blake2b(_)) {
            return Some((self, rest));
        }
        let Some(digits) = rest.strip_prefix(b"-") else { return Some((Self::BLAKE2B, rest)) };
        let end = digits.iter().position(|byte| !byte.is_ascii_digit())?;
        let (digits, rest) = digits.split_at(end);
        let bits = parse_decimal(digits).filter(|bits| *bits > 0)?;
        Some((Self::blake2b(bits)?, rest))
    }

    /// Gives the kind of which a digest of so many bytes is that has no name: of BLAKE2b that of this length.
    pub(super) fn of_length(self, length: usize) -> Option<Self> {
        match self.algorithm {
            Algorithm::Blake2b(_) => Self::blake2b(8 * length as u64).filter(|_| length > 0),
            algorithm => (length == algorithm.length()).then_some(self),
        }
    }
}
