//! The names of the pieces.

use alloc::vec::Vec;

use query::text::parse_decimal;

use super::{DIGITS, HEXADECIMAL, MORE};
use crate::Parsed;

/// The names that are still to come.
pub(super) struct Names<'a> {
    prefix: Vec<u8>,
    letters: &'static [u8],
    /// Which letter stands at each place.
    places: Vec<usize>,
    suffix: &'a [u8],
    /// Whether there will be more letters before they have run out.
    grows: bool,
    has_begun: bool,
}

impl<'a> Names<'a> {
    /// Reads the options about names; the error is the word that makes no sense. So many names are needed, if that is known.
    pub(super) fn new(parsed: &Parsed<'a>, prefix: &[u8], count: Option<u64>) -> Result<Self, &'a [u8]> {
        let (letters, from): (&[u8], &[u8]) = match parsed.last_of(&[b'd', b'x', DIGITS, HEXADECIMAL]) {
            None => (b"abcdefghijklmnopqrstuvwxyz", b""),
            Some(key) => {
                let letters: &[u8] =
                    if matches!(key, b'd' | DIGITS) { b"0123456789" } else { b"0123456789abcdef" };
                (letters, parsed.value(key).unwrap_or_default())
            }
        };
        let place = |byte: &u8| letters.iter().position(|letter| letter == byte);
        let first: Vec<usize> = from.iter().map(place).collect::<Option<_>>().ok_or(from)?;
        let mut needed = 1;
        // The last of all names, counted from the first, which the digits of FROM put further up by one place at most.
        let mut last = count.unwrap_or(1).saturating_sub(1) / letters.len() as u64;
        while last > 0 {
            last /= letters.len() as u64;
            needed += 1;
        }
        let chosen = match parsed.value(b'a') {
            None => 0,
            Some(word) => parse_decimal(word)
                .and_then(|length| usize::try_from(length).ok())
                .filter(|length| *length < 200)
                .ok_or(word)?,
        };
        let length = if chosen > 0 { chosen } else { needed.max(first.len()).max(2) };
        let gap = length.checked_sub(needed.max(first.len()));
        let gap = gap.map(|_| length - first.len()).ok_or(parsed.value(b'a').unwrap_or_default())?;
        let mut places = alloc::vec![0; gap];
        places.extend(first);
        let suffix = parsed.value(MORE).unwrap_or_default();
        if suffix.contains(&b'/') {
            return Err(suffix);
        }
        let grows = chosen == 0 && from.is_empty() && count.is_none();
        Ok(Self { prefix: prefix.to_vec(), letters, places, suffix, grows, has_begun: false })
    }

    /// Gives the next name; nothing when there are no more of this length.
    pub(super) fn next(&mut self) -> Option<Vec<u8>> {
        if core::mem::replace(&mut self.has_begun, true) && !self.advance() {
            return None;
        }
        let mut name = self.prefix.clone();
        name.extend(self.places.iter().filter_map(|place| self.letters.get(*place)));
        name.extend_from_slice(self.suffix);
        Some(name)
    }

    fn advance(&mut self) -> bool {
        let last = self.letters.len() - 1;
        for place in self.places.iter_mut().rev() {
            if *place < last {
                *place += 1;
                if self.grows && self.places.first() == Some(&last) {
                    // What follows sorts behind what was: the last letter, and two more places than it had.
                    self.prefix.extend(self.letters.last());
                    let length = self.places.len() + 1;
                    self.places = alloc::vec![0; length];
                }
                return true;
            }
            *place = 0;
        }
        false
    }
}
