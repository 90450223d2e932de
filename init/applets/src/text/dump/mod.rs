//! What `od`, `hexdump` and `xxd` share: all files as one stream of bytes, block by block.

pub(super) mod field;

use alloc::vec::Vec;

use linux::Errno;

use crate::reader::Reader;
use crate::source;
use crate::{Io, Status};

/// Which bytes of the stream are shown.
#[derive(Clone, Copy)]
pub(super) struct Part {
    /// How many are left out first, of all files together.
    pub(super) skip: u64,
    /// The most that are shown.
    pub(super) most: u64,
    /// How many make a block.
    pub(super) width: usize,
}

/// Gives the bytes of all files to `work`, a block each with its place in the stream; the last may be shorter. Gives the place
/// behind the last byte, too; nothing where fewer bytes are there than are to be left out.
pub(super) fn blocks(
    io: &mut Io<'_>,
    names: &[&[u8]],
    part: Part,
    work: &mut dyn FnMut(&mut Io<'_>, u64, &[u8]),
) -> (Status, Option<u64>) {
    let mut block: Vec<u8> = Vec::new();
    let (mut skip, mut left, mut at) = (part.skip, part.most, part.skip);
    let mut is_full = false;
    let mut status = Status::SUCCESS;
    for name in source::names(names) {
        if is_full {
            break;
        }
        let result = source::with(io, name, &mut |io, _, input| {
            let mut reader = Reader::new(input);
            while !io.out.is_broken() {
                if left == 0 && skip == 0 {
                    reader.give_back();
                    is_full = true;
                    break;
                }
                let bytes = reader.fill()?;
                if bytes.is_empty() {
                    break;
                }
                let skipped = usize::try_from(skip).map_or(bytes.len(), |skip| skip.min(bytes.len()));
                skip -= skipped as u64;
                let room = part.width - block.len();
                let wanted = usize::try_from(left).unwrap_or(usize::MAX).min(room);
                let fresh = bytes.get(skipped..).unwrap_or_default();
                let taken = fresh.get(..wanted).unwrap_or(fresh);
                block.extend_from_slice(taken);
                left -= taken.len() as u64;
                let count = skipped + taken.len();
                reader.consume(count);
                if block.len() == part.width {
                    work(io, at, &block);
                    at += block.len() as u64;
                    block.clear();
                    io.out.pause();
                }
            }
            Ok::<(), Errno>(())
        });
        status = status.and(io.report(name, result));
    }
    if !block.is_empty() {
        work(io, at, &block);
        at += block.len() as u64;
    }
    (status, (skip == 0).then_some(at))
}

/// Finds blocks that are the same as the one before, which are shown as one `*`.
#[derive(Default)]
pub(super) struct Repeats {
    before: Vec<u8>,
    /// How many there were.
    count: u64,
}

/// What is shown of a block.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    All,
    Star,
    Nothing,
}

impl Repeats {
    /// Says what is shown of a block.
    pub(super) fn next(&mut self, block: &[u8], width: usize) -> Shown {
        if block.len() == width && self.before == block {
            self.count += 1;
            return if self.count == 1 { Shown::Star } else { Shown::Nothing };
        }
        self.count = 0;
        self.before.clear();
        self.before.extend_from_slice(block);
        Shown::All
    }
}

/// Gives a byte as it is printed, if it is; else a dot.
pub(super) fn dotted(byte: u8) -> u8 {
    if matches!(byte, b' '..=b'~') { byte } else { b'.' }
}
