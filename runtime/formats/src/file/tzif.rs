//! Time zones as the zone compiler writes them (RFC 9636): when the difference to universal time changes, and the rule for what
//! comes after.
//!
//! Of versions 2 and up only the second block is read, with times of 64 bits. Leap seconds ("right/" zones) are not applied: the
//! kernel's clocks do not count them.

use alloc::vec::Vec;

use super::posix_tz::{Abbreviation, Rule};
use crate::cursor::Cursor;
use crate::{Error, Expected};

/// A difference to universal time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offset {
    /// Seconds east of Greenwich.
    pub seconds: i32,
    /// Whether it is daylight saving time.
    pub daylight: bool,
    /// The letters that stand for it.
    pub abbreviation: Abbreviation,
}

/// A zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    times: Vec<i64>,
    kinds: Vec<u8>,
    offsets: Vec<Offset>,
    rule: Option<Rule>,
}

/// How many there are of each thing in a block.
struct Counts {
    indicators: [usize; 2],
    leaps: usize,
    times: usize,
    kinds: usize,
    letters: usize,
}

impl Zone {
    /// Reads a file.
    ///
    /// # Errors
    /// What is no such file, or is cut; times that do not rise; offsets of more than 26 hours.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let mut cursor = Cursor::new(bytes);
        let (version, counts) = header(&mut cursor)?;
        if version == 0 {
            return block::<4>(&mut cursor, &counts);
        }
        skip::<4>(&mut cursor, &counts)?;
        let (_, counts) = header(&mut cursor)?;
        let mut zone = block::<8>(&mut cursor, &counts)?;
        zone.rule = footer(&mut cursor)?;
        Ok(zone)
    }

    /// Makes a zone of a rule alone.
    pub fn of_rule(rule: Rule) -> Self {
        Self { times: Vec::new(), kinds: Vec::new(), offsets: Vec::new(), rule: Some(rule) }
    }

    /// Gives the offset of a time since 1970, if changes say it; else the rule must.
    pub fn recorded(&self, time: i64) -> Option<Offset> {
        let before = self.times.partition_point(|change| *change <= time);
        match before.checked_sub(1) {
            Some(last) if before < self.times.len() || self.rule.is_none() => self.kind(last),
            // Before the first change, the first offset is in force (section 3.2).
            None if !self.times.is_empty() || self.rule.is_none() => self.offsets.first().copied(),
            _ => None,
        }
    }

    /// Gives the rule for times after the last change.
    pub fn rule(&self) -> Option<&Rule> {
        self.rule.as_ref()
    }

    /// Gives the times of the changes with the offsets that begin then.
    pub fn changes(&self) -> impl Iterator<Item = (i64, Offset)> {
        self.times.iter().enumerate().filter_map(|(at, time)| Some((*time, self.kind(at)?)))
    }

    fn kind(&self, change: usize) -> Option<Offset> {
        self.offsets.get(usize::from(*self.kinds.get(change)?)).copied()
    }
}

fn header(cursor: &mut Cursor<'_>) -> Result<(u8, Counts), Error> {
    let error = cursor.error(Expected::Record);
    if cursor.take(4, Expected::Record)? != b"TZif" {
        return Err(error);
    }
    let version = cursor.u8(Expected::Record)?;
    cursor.take(15, Expected::Record)?;
    let [universal, standard, leaps, times, kinds, letters] =
        cursor.u32s_be(Expected::Record)?.map(|count| count as usize);
    Ok((version, Counts { indicators: [standard, universal], leaps, times, kinds, letters }))
}

/// Moves over a block whose times have `N` bytes.
fn skip<const N: usize>(cursor: &mut Cursor<'_>, counts: &Counts) -> Result<(), Error> {
    let [standard, universal] = counts.indicators;
    let parts = [
        (counts.times, N + 1),
        (counts.kinds, 6),
        (counts.letters, 1),
        (counts.leaps, N + 4),
        (standard, 1),
        (universal, 1),
    ];
    for (count, size) in parts {
        let bytes = count.checked_mul(size).ok_or(cursor.error(Expected::Record))?;
        cursor.take(bytes, Expected::Record)?;
    }
    Ok(())
}

fn block<const N: usize>(cursor: &mut Cursor<'_>, counts: &Counts) -> Result<Zone, Error> {
    let mut behind = *cursor;
    // All counts fit the file after this.
    skip::<N>(&mut behind, counts)?;
    let error = cursor.error(Expected::Time);
    let mut times = Vec::with_capacity(counts.times);
    for _ in 0..counts.times {
        let bytes: [u8; N] = cursor.array(Expected::Time)?;
        let mut wide = [if bytes.first().is_some_and(|first| *first > 127) { 0xff } else { 0 }; 8];
        wide.iter_mut().rev().zip(bytes.iter().rev()).for_each(|(to, from)| *to = *from);
        times.push(i64::from_be_bytes(wide));
    }
    if !times.is_sorted_by(|one, two| one < two) {
        return Err(error);
    }
    let error = cursor.error(Expected::Record);
    let kinds = cursor.take(counts.times, Expected::Record)?;
    if counts.kinds == 0 || kinds.iter().any(|kind| usize::from(*kind) >= counts.kinds) {
        return Err(error);
    }
    let mut rows = *cursor;
    cursor.take(counts.kinds * 6, Expected::Record)?;
    let letters = cursor.take(counts.letters, Expected::Record)?;
    let offsets = (0..counts.kinds).map(|_| offset(&mut rows, letters)).collect::<Result<_, _>>()?;
    *cursor = behind;
    Ok(Zone { times, kinds: kinds.to_vec(), offsets, rule: None })
}

/// Reads a kind of offset; its letters end with a zero byte.
fn offset(cursor: &mut Cursor<'_>, letters: &[u8]) -> Result<Offset, Error> {
    const MOST: u32 = 26 * 3600;
    let error = cursor.error(Expected::Record);
    let seconds = cursor.u32_be(Expected::Record)?.cast_signed();
    let (daylight, at) = (cursor.u8(Expected::Record)?, cursor.u8(Expected::Record)?);
    let name = letters.get(usize::from(at)..).and_then(|rest| rest.split(|byte| *byte == 0).next());
    let abbreviation = name.and_then(Abbreviation::new).ok_or(error)?;
    if seconds.unsigned_abs() > MOST {
        return Err(error);
    }
    Ok(Offset { seconds, daylight: daylight != 0, abbreviation })
}

/// Reads the rule between two line feeds; an empty one says nothing.
fn footer(cursor: &mut Cursor<'_>) -> Result<Option<Rule>, Error> {
    let error = cursor.error(Expected::EndOfLine);
    let rest = cursor.rest().strip_prefix(b"\n").ok_or(error)?;
    let end = rest.iter().position(|byte| *byte == b'\n').ok_or(error)?;
    let line = rest.get(..end).unwrap_or_default();
    if line.is_empty() {
        return Ok(None);
    }
    let text = core::str::from_utf8(line).map_err(|_| error)?;
    Rule::parse(text).map(Some).ok_or(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Puts a file of version 2 together: changes as (time, kind), kinds as (seconds, daylight, place of the letters).
    fn file(changes: &[(i64, u8)], kinds: &[(i32, u8, u8)], letters: &[u8], footer: &[u8]) -> Vec<u8> {
        let head = |counts: [u32; 6]| {
            let mut head = b"TZif2".to_vec();
            head.extend([0; 15]);
            counts.iter().for_each(|count| head.extend(count.to_be_bytes()));
            head
        };
        let mut bytes = head([0, 0, 0, 0, 1, 1]);
        bytes.extend([0; 7]);
        bytes.extend(head([0, 0, 0, changes.len() as u32, kinds.len() as u32, letters.len() as u32]));
        changes.iter().for_each(|(time, _)| bytes.extend(time.to_be_bytes()));
        bytes.extend(changes.iter().map(|(_, kind)| kind));
        for (seconds, daylight, at) in kinds {
            bytes.extend(seconds.to_be_bytes());
            bytes.extend([daylight, at]);
        }
        bytes.extend(letters);
        bytes.extend(footer);
        bytes
    }

    const KINDS: &[(i32, u8, u8)] = &[(3208, 0, 0), (7200, 1, 4), (3600, 0, 9)];
    const LETTERS: &[u8] = b"LMT\0CEST\0CET\0";

    #[test]
    fn offsets_of_times() {
        let bytes = file(&[(-100, 2), (0, 1), (100, 2)], KINDS, LETTERS, b"\nCET-1CEST,M3.5.0,M10.5.0/3\n");
        let zone = Zone::parse(&bytes).unwrap();
        let at = |time| {
            zone.recorded(time)
                .map(|offset| (offset.abbreviation.as_str().to_owned(), offset.seconds, offset.daylight))
        };
        assert_eq!(at(i64::MIN), Some(("LMT".to_owned(), 3208, false)));
        assert_eq!(
            (at(-101), at(-100)),
            (Some(("LMT".to_owned(), 3208, false)), Some(("CET".to_owned(), 3600, false)))
        );
        assert_eq!(
            (at(0), at(99)),
            (Some(("CEST".to_owned(), 7200, true)), Some(("CEST".to_owned(), 7200, true)))
        );
        assert_eq!((at(100), zone.rule().is_some(), zone.changes().count()), (None, true, 3));
        let bytes = file(&[(0, 1)], KINDS, LETTERS, b"\n\n");
        let zone = Zone::parse(&bytes).unwrap();
        assert_eq!((zone.recorded(i64::MAX).unwrap().seconds, zone.rule()), (7200, None));
        for length in 0..bytes.len() {
            assert!(Zone::parse(&bytes[..length]).is_err(), "{length}");
        }
    }

    #[test]
    fn files_of_the_first_version() {
        let mut bytes = b"TZif".to_vec();
        bytes.extend([0; 16]);
        [0, 0, 0, 1, 1, 4_u32].iter().for_each(|count| bytes.extend(count.to_be_bytes()));
        bytes.extend((-5_i32).to_be_bytes());
        bytes.push(0);
        bytes.extend(b"\0\0\x0e\x10\0\0CET\0");
        assert_eq!(Zone::parse(&bytes).unwrap().changes().next().unwrap().0, -5);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let letters = LETTERS;
        for bytes in [
            file(&[(5, 0), (5, 1)], KINDS, letters, b"\n\n"),
            file(&[(5, 3)], KINDS, letters, b"\n\n"),
            file(&[], &[], letters, b"\n\n"),
            file(&[], &[(100_000, 0, 0)], letters, b"\n\n"),
            file(&[], &[(0, 0, 99)], letters, b"\n\n"),
            file(&[], KINDS, letters, b"\nnonsense\n"),
            b"TZif2 no more".to_vec(),
        ] {
            assert!(Zone::parse(&bytes).is_err(), "{}", bytes.escape_ascii());
        }
    }
}
