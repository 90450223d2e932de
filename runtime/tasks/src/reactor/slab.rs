//! Records with numbers, which never move: pages are taken from the kernel as they are needed, each time twice as many, and
//! kept. No allocator takes part.

use core::cell::Cell;
use core::fmt;
use core::marker::PhantomData;
use core::ptr;

use linux::mem::{self, MapFlags, Protection};
use linux::{Errno, Result};

/// Records in the first piece; each further one has twice as many as the one before.
const FIRST: u32 = 64;
/// How many pieces there may be: together they hold more records than there can be descriptors.
const PIECES: usize = 20;
/// The end of the list of free records.
const NONE: u32 = u32::MAX;

/// What can be a record.
pub(crate) trait Record {
    /// One that nobody has used.
    const EMPTY: Self;
}

struct Entry<T> {
    value: T,
    /// The next free record, while this one is free.
    next: Cell<u32>,
}

/// Records by number.
pub(crate) struct Slab<T: Record> {
    pieces: [Cell<*mut Entry<T>>; PIECES],
    /// Records that were ever handed out.
    count: Cell<u32>,
    free: Cell<u32>,
    _owns: PhantomData<T>,
}

impl<T: Record> Slab<T> {
    /// Makes one that holds nothing, and takes nothing.
    pub(crate) const fn new() -> Self {
        Self {
            pieces: [const { Cell::new(ptr::null_mut()) }; PIECES],
            count: Cell::new(0),
            free: Cell::new(NONE),
            _owns: PhantomData,
        }
    }

    /// Hands out a record, as it was left by its last user, or empty.
    pub(crate) fn take(&self) -> Result<u32> {
        if let Some(entry) = self.entry(self.free.get()) {
            return Ok(self.free.replace(entry.next.get()));
        }
        let index = self.count.get();
        let (piece, at) = place(index);
        let cell = self.pieces.get(piece).ok_or(Errno::NOMEM)?;
        if cell.get().is_null() {
            let protection = Protection::READ | Protection::WRITE;
            // SAFETY: the kernel chooses the address.
            let made = unsafe {
                mem::mmap_anonymous(ptr::null_mut(), bytes::<T>(piece), protection, MapFlags::PRIVATE)
            }?;
            cell.set(made.cast());
        }
        // SAFETY: the piece has room for so many entries, see `place`.
        let entry = unsafe { cell.get().add(at) };
        // SAFETY: it is mapped, aligned as pages are, and nobody's.
        unsafe { entry.write(Entry { value: T::EMPTY, next: Cell::new(NONE) }) };
        self.count.set(index + 1);
        Ok(index)
    }

    /// Takes a record back.
    pub(crate) fn give_back(&self, index: u32) {
        if let Some(entry) = self.entry(index) {
            entry.next.set(self.free.replace(index));
        }
    }

    /// Gives a record that was handed out at some time.
    #[inline]
    pub(crate) fn get(&self, index: u32) -> Option<&T> {
        self.entry(index).map(|entry| &entry.value)
    }

    #[inline]
    fn entry(&self, index: u32) -> Option<&Entry<T>> {
        if index >= self.count.get() {
            return None;
        }
        let (piece, at) = place(index);
        let start = self.pieces.get(piece)?.get();
        // SAFETY: the piece has room for so many entries, see `place`.
        let entry = unsafe { start.add(at) };
        // SAFETY: `take` has written it, and it is changed through cells alone.
        Some(unsafe { &*entry })
    }
}

impl<T: Record> Drop for Slab<T> {
    fn drop(&mut self) {
        for (piece, cell) in self.pieces.iter().enumerate().filter(|(_, cell)| !cell.get().is_null()) {
            // SAFETY: `take` has mapped it, and no borrow outlives the slab. It cannot fail for such a range.
            let _ = unsafe { mem::munmap(cell.get().cast(), bytes::<T>(piece)) };
        }
    }
}

impl<T: Record> fmt::Debug for Slab<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Slab({} records)", self.count.get())
    }
}

/// Gives the piece that a record lies in, and where.
const fn place(index: u32) -> (usize, usize) {
    let piece = (index / FIRST + 1).ilog2();
    let before = FIRST * ((1 << piece) - 1);
    (piece as usize, (index - before) as usize)
}

const fn bytes<T>(piece: usize) -> usize {
    size_of::<Entry<T>>() * ((FIRST as usize) << piece)
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Record for Cell<u64> {
        const EMPTY: Self = Self::new(0);
    }

    #[test]
    fn places_are_disjoint_and_pieces_are_filled() {
        assert_eq!([0, 63, 64, 191, 192].map(place), [(0, 0), (0, 63), (1, 0), (1, 127), (2, 0)]);
        for index in 0..100_000 {
            let (piece, at) = place(index);
            assert!(at < (FIRST as usize) << piece);
            assert!(place(index + 1) == (piece, at + 1) || place(index + 1) == (piece + 1, 0));
        }
    }

    #[test]
    fn records_keep_their_values_and_are_used_again() {
        let slab = Slab::<Cell<u64>>::new();
        let taken: Vec<_> = (0..1000).map(|_| slab.take().unwrap()).collect();
        taken.iter().for_each(|index| slab.get(*index).unwrap().set(u64::from(*index) * 3));
        assert!(taken.iter().all(|index| slab.get(*index).unwrap().get() == u64::from(*index) * 3));
        slab.give_back(5);
        slab.give_back(700);
        assert_eq!([slab.take(), slab.take(), slab.take()], [Ok(700), Ok(5), Ok(1000)]);
        assert!(slab.get(1001).is_none() && slab.get(NONE).is_none());
    }
}
