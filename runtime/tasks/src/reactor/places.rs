//! Files that the ring keeps at hand (io_uring_register_files(3)): an operation names one by its place, and the kernel need not look
//! it up, nor count who uses it, each time.

use core::cell::Cell;

use linux::fd::{BorrowedFd, RawFd};
use linux::uring::{Ring, register_files, update_file};

/// How many there may be.
const COUNT: usize = 256;

/// An empty place.
const NOTHING: RawFd = -1;

/// The places of a ring.
#[derive(Debug)]
pub(super) struct Places {
    /// Bits of those that are taken.
    taken: [Cell<u64>; COUNT / 64],
    /// Whether the kernel has the table; none before it was asked.
    is_there: Cell<Option<bool>>,
}

impl Places {
    pub(super) const fn new() -> Self {
        Self { taken: [const { Cell::new(0) }; COUNT / 64], is_there: Cell::new(None) }
    }

    /// Puts a file into a place; none if all are taken, or the kernel has no such table.
    pub(super) fn take(&self, ring: &Ring, file: BorrowedFd<'_>) -> Option<u32> {
        let is_there = self.is_there.get().unwrap_or_else(|| register_files(ring, &[NOTHING; COUNT]).is_ok());
        self.is_there.set(Some(is_there));
        if !is_there {
            return None;
        }
        let (index, word) = self.taken.iter().enumerate().find(|(_, word)| word.get() != u64::MAX)?;
        let bit = word.get().trailing_ones();
        let place = index as u32 * 64 + bit;
        update_file(ring, place, file.as_raw()).ok()?;
        word.set(word.get() | 1 << bit);
        Some(place)
    }

    /// Empties a place: operations that the kernel has go on with their file.
    pub(super) fn give_back(&self, ring: &Ring, place: u32) {
        // A kernel that refuses keeps the file, and the place is nobody's any more.
        if let Some(word) = self.taken.get(place as usize / 64)
            && update_file(ring, place, NOTHING).is_ok()
        {
            word.set(word.get() & !(1 << (place % 64)));
        }
    }
}
