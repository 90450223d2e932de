//! A stream as records: a buffer from which what is at hand is looked at and taken.

use alloc::vec::Vec;

use crate::Input;

/// How much is asked for at once: of a file, more saves no time.
const BLOCK: usize = 128 << 10;

/// A stream with a buffer.
pub(crate) struct Reader<'r, 'a> {
    input: &'r mut Input<'a>,
    buffer: Buffer,
}

impl<'r, 'a> Reader<'r, 'a> {
    pub(crate) fn new(input: &'r mut Input<'a>) -> Self {
        Self { input, buffer: Buffer::default() }
    }

    /// Gives what is at hand, after reading where that is nothing; empty at the end.
    pub(crate) fn fill(&mut self) -> linux::Result<&[u8]> {
        self.buffer.fill(self.input)
    }

    /// Gives what is at hand as [`Self::fill`] does, to be changed in place.
    pub(crate) fn fill_to_change(&mut self) -> linux::Result<&mut [u8]> {
        self.fill()?;
        Ok(self.buffer.bytes.get_mut(self.buffer.start..self.buffer.end).unwrap_or_default())
    }

    /// Gives what has been read and not been taken.
    pub(crate) fn at_hand(&self) -> &[u8] {
        self.buffer.at_hand()
    }

    /// Takes that much of what is at hand.
    pub(crate) fn consume(&mut self, count: usize) {
        self.buffer.consume(count);
    }

    /// Takes that many bytes, or all that there are.
    pub(crate) fn skip(&mut self, mut count: u64) -> linux::Result<()> {
        while count > 0 {
            let there = self.fill()?.len();
            if there == 0 {
                break;
            }
            let taken = usize::try_from(count).map_or(there, |count| count.min(there));
            self.consume(taken);
            count -= taken as u64;
        }
        Ok(())
    }

    /// Gives the next record, with its delimiter if it has one; the last may lack it. Nothing at the end.
    pub(crate) fn record(&mut self, delimiter: u8) -> linux::Result<Option<&[u8]>> {
        self.buffer.record(self.input, delimiter)
    }

    /// Reads more behind what is at hand; false at the end.
    pub(crate) fn read(&mut self) -> linux::Result<bool> {
        self.buffer.read(self.input)
    }

    /// Has what was not taken read again by whoever reads the descriptor next, as POSIX asks of those that stop early:
    /// possible for files alone.
    pub(crate) fn give_back(&mut self) {
        self.buffer.give_back(self.input);
    }
}

/// What has been read of a stream that is told anew each time.
#[derive(Default)]
pub(crate) struct Buffer {
    bytes: Vec<u8>,
    /// What is at hand lies between these.
    start: usize,
    end: usize,
}

impl Buffer {
    /// As [`Reader::fill`].
    pub(crate) fn fill(&mut self, input: &mut Input<'_>) -> linux::Result<&[u8]> {
        if self.start == self.end {
            self.read(input)?;
        }
        Ok(self.at_hand())
    }

    fn at_hand(&self) -> &[u8] {
        self.bytes.get(self.start..self.end).unwrap_or_default()
    }

    /// As [`Reader::consume`].
    pub(crate) fn consume(&mut self, count: usize) {
        self.start = (self.start + count).min(self.end);
    }

    /// As [`Reader::record`].
    pub(crate) fn record(&mut self, input: &mut Input<'_>, delimiter: u8) -> linux::Result<Option<&[u8]>> {
        let mut searched = 0;
        let length = loop {
            let fresh = self.at_hand().get(searched..).unwrap_or_default();
            if let Some(at) = memchr::memchr(delimiter, fresh) {
                break searched + at + 1;
            }
            searched = self.end - self.start;
            if !self.read(input)? {
                break searched;
            }
        };
        let start = self.start;
        self.start += length;
        Ok(self.bytes.get(start..start + length).filter(|record| !record.is_empty()))
    }

    fn read(&mut self, input: &mut Input<'_>) -> linux::Result<bool> {
        if self.start > 0 {
            self.bytes.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.bytes.len() < self.end + BLOCK {
            // Records of megabytes must not be copied again for each block of theirs.
            self.bytes.resize((2 * self.end).max(BLOCK), 0);
        }
        let room = self.bytes.get_mut(self.end..).unwrap_or_default();
        let count = linux::retry(|| input.read(room))?;
        self.end += count;
        Ok(count > 0)
    }

    /// As [`Reader::give_back`].
    pub(crate) fn give_back(&mut self, input: &Input<'_>) {
        let count = self.end - self.start;
        if let Some(descriptor) = input.descriptor()
            && let Ok(count) = i64::try_from(count)
            && count > 0
        {
            let _ = linux::fs::lseek(descriptor, linux::fs::From::Current(-count));
        }
        self.start = self.end;
    }
}

/// Splits the delimiter from a record; the flag says whether it had one.
pub(crate) fn ended(record: &[u8], delimiter: u8) -> (&[u8], bool) {
    match record.split_last() {
        Some((last, body)) if *last == delimiter => (body, true),
        _ => (record, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_end_with_their_delimiter_and_the_last_may_lack_it() {
        let mut input = Input::Memory(b"one\n\ntwo");
        let mut reader = Reader::new(&mut input);
        let mut records = Vec::new();
        while let Some(record) = reader.record(b'\n').unwrap() {
            records.push(record.to_vec());
        }
        assert_eq!(records, [&b"one\n"[..], b"\n", b"two"]);
        assert_eq!(reader.record(b'\n').unwrap(), None);
    }

    #[test]
    fn a_record_may_be_longer_than_many_blocks() {
        let text = [vec![b'a'; 3 * BLOCK + 5], b"\nb".to_vec()].concat();
        let mut input = Input::Memory(&text);
        let mut reader = Reader::new(&mut input);
        assert_eq!(reader.record(b'\n').unwrap().map(<[u8]>::len), Some(3 * BLOCK + 6));
        assert_eq!(reader.fill().unwrap(), b"b");
        reader.consume(1);
        assert_eq!(reader.fill().unwrap(), b"");
    }

    #[test]
    fn the_delimiter_is_split_off() {
        assert_eq!(ended(b"a\n", b'\n'), (&b"a"[..], true));
        assert_eq!(ended(b"a", b'\n'), (&b"a"[..], false));
    }
}
