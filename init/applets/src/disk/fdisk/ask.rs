//! The questions of the dialogue, each with what an empty line stands for.

use alloc::vec::Vec;

use query::text::parse_decimal;

use crate::reader::Buffer;
use crate::{Io, amount};

/// Who is asked.
pub(super) struct Person<'i, 'a> {
    pub(super) io: &'i mut Io<'a>,
    buffer: Buffer,
}

/// The input has ended, and with it the dialogue.
pub(super) struct Gone;

impl<'i, 'a> Person<'i, 'a> {
    pub(super) fn new(io: &'i mut Io<'a>) -> Self {
        Self { io, buffer: Buffer::default() }
    }

    /// Says something.
    pub(super) fn say(&mut self, parts: &[&[u8]]) {
        parts.iter().for_each(|part| self.io.out.put(part));
        self.io.out.put(b"\n");
    }

    /// Asks for a line.
    pub(super) fn line(&mut self, question: &[&[u8]]) -> Result<Vec<u8>, Gone> {
        question.iter().for_each(|part| self.io.out.put(part));
        self.io.out.put(b": ");
        self.io.out.flush();
        match self.buffer.record(&mut self.io.input, b'\n') {
            Ok(Some(line)) => Ok(line.trim_ascii().to_vec()),
            Ok(None) | Err(_) => {
                self.io.out.put(b"\n");
                Err(Gone)
            }
        }
    }

    /// Asks for a number until one is in the range; `read` makes one of a word.
    pub(super) fn number(
        &mut self,
        question: &str,
        (least, most, or): (u64, u64, Option<u64>),
        read: &dyn Fn(&[u8]) -> Option<u64>,
    ) -> Result<u64, Gone> {
        let mut text = question.as_bytes().to_vec();
        for (before, number) in [(" (", Some(least)), ("-", Some(most)), (", default ", or)] {
            if let Some(number) = number {
                text.extend_from_slice(before.as_bytes());
                query::text::decimal(number, &mut text);
            }
        }
        text.push(b')');
        loop {
            let word = self.line(&[&text])?;
            match (word.as_slice(), or) {
                (b"", Some(or)) => return Ok(or),
                (word, _) => match read(word).filter(|number| (least..=most).contains(number)) {
                    Some(number) => return Ok(number),
                    None => self.say(&[b"Value out of range."]),
                },
            }
        }
    }
}

/// Reads the last sector of a partition that begins at `start`: a number, or how many more with `+` or before the end with `-`;
/// with a unit, a size, which then ends at a multiple of `align`.
pub(super) fn end(word: &[u8], start: u64, most: u64, sector: u32, align: u64) -> Option<u64> {
    let (sign, rest) = match word {
        [sign @ (b'+' | b'-'), rest @ ..] => (*sign, rest),
        _ => return parse_decimal(word),
    };
    if let Some(sectors) = parse_decimal(rest) {
        return if sign == b'+' { start.checked_add(sectors) } else { most.checked_sub(sectors) };
    }
    let sectors = amount::parse(rest)? / u64::from(sector);
    if sign == b'-' {
        return most.checked_sub(sectors);
    }
    let end = start.checked_add(sectors)?;
    let aligned = end.checked_next_multiple_of(align.max(1))?;
    Some(if aligned > start { aligned - 1 } else { start }.min(most.max(end.saturating_sub(1))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends() {
        for (word, expected) in [
            ("4095", Some(4095)),
            ("+2047", Some(4095)),
            ("+1M", Some(4095)),
            ("+1G", Some(2099199)),
            ("+1500K", Some(6143)),
            ("-1M", Some(9_997_952)),
            ("-2048", Some(9_997_952)),
            ("+1X", None),
            ("", None),
        ] {
            assert_eq!(end(word.as_bytes(), 2048, 10_000_000, 512, 2048), expected, "{word}");
        }
    }
}
