//! A file in memory that several processes map at once, read and written by copy.
//!
//! No reference into the pages is ever made: another process may write at any moment, which Rust allows behind no
//! reference. Each copy is made of relaxed atomic bytes; what it means must be checked by the reader (a checksum).

use super::map::{MapFlags, Protection, mmap, munmap};
use crate::fd::AsFd;
use crate::fs::{Seals, fstat, seals};
use crate::{Errno, Result};
use core::ptr::{self, NonNull};
use core::sync::atomic::{AtomicU8, Ordering, fence};

/// A mapping of a whole file in memory, for reading and writing.
#[derive(Debug)]
pub struct SharedMapping {
    start: NonNull<u8>,
    length: usize,
}

// SAFETY: the pages belong to the process, and every access is atomic.
unsafe impl Send for SharedMapping {}
// SAFETY: as above.
unsafe impl Sync for SharedMapping {}

impl SharedMapping {
    /// Maps a file made by `memfd_create` that is sealed against shrinking, so that no access can fault.
    ///
    /// # Errors
    /// `PERM` if that seal is missing, `INVAL` if the file is no such file or empty, `NOMEM`. See `mmap(2)`.
    pub fn new(file: impl AsFd) -> Result<Self> {
        // Borrowed once: what is checked must be what is mapped, whatever `file` may give a second time.
        let file = file.as_fd();
        if !seals(file)?.contains(Seals::SHRINK) {
            return Err(Errno::PERM);
        }
        let length = usize::try_from(fstat(file)?.size()).map_err(|_| Errno::NOMEM)?;
        let protection = Protection::READ | Protection::WRITE;
        // SAFETY: the kernel chooses the address; the pages are touched through atomics only.
        let start = unsafe { mmap(ptr::null_mut(), length, protection, MapFlags::SHARED, file, 0) }?;
        Ok(Self { start: NonNull::new(start).ok_or(Errno::NOMEM)?, length })
    }

    /// Gives the length in bytes.
    pub const fn len(&self) -> usize {
        self.length
    }

    /// Says whether there is nothing; never so, since an empty file cannot be mapped.
    pub const fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Copies bytes out from an offset.
    ///
    /// # Errors
    /// `FAULT` if the range does not lie in the mapping; nothing is copied then.
    pub fn read(&self, offset: usize, into: &mut [u8]) -> Result<()> {
        let cells = self.cells(offset, into.len())?;
        for (to, cell) in into.iter_mut().zip(cells) {
            *to = cell.load(Ordering::Relaxed);
        }
        fence(Ordering::Acquire);
        Ok(())
    }

    /// Copies bytes in at an offset.
    ///
    /// # Errors
    /// `FAULT` if the range does not lie in the mapping; nothing is copied then.
    pub fn write(&self, offset: usize, bytes: &[u8]) -> Result<()> {
        let cells = self.cells(offset, bytes.len())?;
        fence(Ordering::Release);
        for (from, cell) in bytes.iter().zip(cells) {
            cell.store(*from, Ordering::Relaxed);
        }
        Ok(())
    }

    fn cells(&self, offset: usize, count: usize) -> Result<&[AtomicU8]> {
        // SAFETY: the mapping has this length for as long as `self` lives, and a shrinking seal keeps pages behind it.
        let all = unsafe { core::slice::from_raw_parts(self.start.as_ptr().cast::<AtomicU8>(), self.length) };
        all.get(offset..).and_then(|rest| rest.get(..count)).ok_or(Errno::FAULT)
    }
}

impl Drop for SharedMapping {
    fn drop(&mut self) {
        // SAFETY: the range was mapped by `new`, and no borrow of it outlives `self`. It cannot fail for such a range.
        let _ = unsafe { munmap(self.start.as_ptr(), self.length) };
    }
}
