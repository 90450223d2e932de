//! A given number of pieces: `-n`.

use alloc::vec::Vec;

use linux::fs::{FileKind, From, fstat, lseek};
use query::text::parse_decimal;

use super::pieces::Pieces;
use super::unread;
use crate::reader::Reader;
use crate::{Failure, Input, Io};

/// How the pieces are cut.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Bytes,
    /// A line belongs to the piece in which it begins.
    Lines,
    /// Line after line goes to piece after piece.
    Turns,
}

/// `-n CHUNKS`.
#[derive(Clone, Copy)]
pub(super) struct Chunks {
    by: By,
    pub(super) count: u64,
    /// Only this one, counted from 1, is wanted, on standard output.
    pub(super) only: Option<u64>,
}

impl Chunks {
    pub(super) fn parse(word: &[u8]) -> Option<Self> {
        let (by, word) = match word {
            [b'l', b'/', word @ ..] => (By::Lines, word),
            [b'r', b'/', word @ ..] => (By::Turns, word),
            word => (By::Bytes, word),
        };
        let mut numbers = word.split(|byte| *byte == b'/');
        let first = parse_decimal(numbers.next()?)?;
        let (only, count) = match numbers.next() {
            None => (None, first),
            Some(count) => (Some(first), parse_decimal(count)?),
        };
        let fits =
            numbers.next().is_none() && count > 0 && only.is_none_or(|only| (1..=count).contains(&only));
        fits.then_some(Self { by, count, only })
    }

    pub(super) fn write(
        self,
        io: &mut Io<'_>,
        pieces: &mut Pieces<'_>,
        name: &[u8],
        input: &mut Input<'_>,
        delimiter: u8,
    ) -> Result<(), Failure> {
        if self.by == By::Turns {
            return self.take_turns(io, pieces, name, &mut Reader::new(input), delimiter);
        }
        if let Some(size) = size(input) {
            return self.cut(io, pieces, name, &mut Reader::new(input), (size, delimiter));
        }
        let mut bytes = Vec::new();
        input.read_all(&mut bytes).map_err(|errno| unread(io, name, errno))?;
        let size = bytes.len() as u64;
        self.cut(io, pieces, name, &mut Reader::new(&mut Input::Memory(&bytes)), (size, delimiter))
    }

    fn cut(
        self,
        io: &mut Io<'_>,
        pieces: &mut Pieces<'_>,
        name: &[u8],
        reader: &mut Reader<'_, '_>,
        (size, delimiter): (u64, u8),
    ) -> Result<(), Failure> {
        let mut at = 0;
        for index in 1..=self.count {
            // The first ones get what is left over.
            let end = size / self.count * index + (size % self.count).min(index);
            pieces.begin(io)?;
            let is_last = index == self.count;
            // Where a line must end, its last byte is looked for from the piece's last one on.
            let plain_end = if self.by == By::Lines && !is_last { end.saturating_sub(1) } else { end };
            let mut is_behind = at >= end;
            while is_last || !is_behind {
                let bytes = reader.fill().map_err(|errno| unread(io, name, errno))?;
                if bytes.is_empty() {
                    break;
                }
                let left = usize::try_from(plain_end.saturating_sub(at)).unwrap_or(usize::MAX);
                let length = if is_last {
                    // Also what the file has got meanwhile.
                    bytes.len()
                } else if left > 0 {
                    left.min(bytes.len())
                } else {
                    let found = memchr::memchr(delimiter, bytes);
                    is_behind = found.is_some();
                    found.map_or(bytes.len(), |at| at + 1)
                };
                pieces.write(io, bytes.get(..length).unwrap_or_default())?;
                reader.consume(length);
                at += length as u64;
                is_behind |= self.by == By::Bytes && at >= end;
            }
            pieces.end(io);
        }
        Ok(())
    }

    fn take_turns(
        self,
        io: &mut Io<'_>,
        pieces: &mut Pieces<'_>,
        name: &[u8],
        reader: &mut Reader<'_, '_>,
        delimiter: u8,
    ) -> Result<(), Failure> {
        let mut turn = 0;
        pieces.begin_all(io, self.count)?;
        while let Some(line) = reader.record(delimiter).map_err(|errno| unread(io, name, errno))? {
            pieces.write_to(io, turn, line)?;
            turn = (turn + 1) % self.count;
        }
        pieces.end_all(io);
        Ok(())
    }
}

/// Gives how much of a regular file is to be read; files that say nothing of it, as those of /proc, are none.
fn size(input: &Input<'_>) -> Option<u64> {
    let file = input.descriptor()?;
    let data = fstat(file).ok().filter(|data| data.kind() == FileKind::Regular && data.size() > 0)?;
    let at = lseek(file, From::Current(0)).ok()?;
    Some(data.size().saturating_sub(at))
}
