//! The ring that programs in the kernel put records into and one reader takes them from: `Documentation/bpf/ringbuf.rst`.
//!
//! Two mappings: a page with how far the reader is, which it writes; and behind it a page with how far the writers are, with the bytes of
//! the records twice, one after the other, so that none is ever in two parts. A record is reserved, filled and then marked as done: its
//! length is loaded with acquire, so that its bytes are seen; the reader's place is stored with release, after it has copied them.

use super::{Map, MapKind};
use crate::fd::{AsFd, BorrowedFd};
use crate::mem::{MapFlags, Protection, mmap, munmap};
use crate::{Errno, Result};
use core::ptr::{self, NonNull};
use core::sync::atomic::{AtomicU8, AtomicU32, AtomicUsize, Ordering, fence};

/// BPF_RINGBUF_BUSY_BIT: it is not filled yet.
const BUSY: u32 = 1 << 31;

/// BPF_RINGBUF_DISCARD_BIT: it was given up.
const GIVEN_UP: u32 = 1 << 30;

/// BPF_RINGBUF_HDR_SZ: the length, with these bits above it, and what the kernel keeps for itself.
const HEAD: usize = 8;

/// A ring; programs name it by [`RingBuffer::number`]. poll(2) tells of records.
#[derive(Debug)]
pub struct RingBuffer {
    map: Map<[u8; 0], [u8; 0]>,
    reader: NonNull<u8>,
    writers: NonNull<u8>,
    page: usize,
    size: usize,
}

impl RingBuffer {
    /// Makes one of so many bytes of records: a power of two, and of pages of the processor's.
    ///
    /// # Errors
    /// `INVAL` (another size, or a kernel before Linux 5.8), `PERM` (needs CAP_BPF), `NOMEM`.
    #[doc(alias = "BPF_MAP_TYPE_RINGBUF")]
    pub fn new(page: usize, size: usize) -> Result<Self> {
        let map = Map::new(MapKind::RING, u32::try_from(size).map_err(|_| Errno::INVAL)?)?;
        let place = |length, protection, offset| {
            // SAFETY: the kernel chooses the address; the pages are touched through atomics only.
            let start = unsafe { mmap(ptr::null_mut(), length, protection, MapFlags::SHARED, &map, offset) }?;
            NonNull::new(start).ok_or(Errno::NOMEM)
        };
        let reader = place(page, Protection::READ | Protection::WRITE, 0)?;
        let both = size.checked_mul(2).and_then(|size| size.checked_add(page));
        let writers = both.ok_or(Errno::INVAL);
        match writers.and_then(|both| place(both, Protection::READ, page as u64)) {
            Ok(writers) => Ok(Self { map, reader, writers, page, size }),
            Err(errno) => {
                // SAFETY: the mapping is ours, and nothing of it is lent out.
                let _ = unsafe { munmap(reader.as_ptr(), page) };
                Err(errno)
            }
        }
    }

    /// Gives the descriptor as programs name it.
    pub fn number(&self) -> i32 {
        self.map.number()
    }

    /// Takes the next record, copied into a buffer, which it is cut to; none if there is none now.
    pub fn take<'buffer>(&mut self, buffer: &'buffer mut [u8]) -> Option<&'buffer [u8]> {
        loop {
            let at = self.place(self.reader).load(Ordering::Relaxed);
            let end = self.place(self.writers).load(Ordering::Relaxed);
            fence(Ordering::Acquire);
            if at == end {
                return None;
            }
            let start = self.page + (at & (self.size - 1));
            // SAFETY: it lies within the records, which the mapping has twice; it is aligned to 8 bytes.
            let head = unsafe { self.writers.add(start) };
            // SAFETY: as above; all that is touched of it is atomic, and read by relaxed loads alone, since it is read-only.
            let head = unsafe { head.cast::<AtomicU32>().as_ref() }.load(Ordering::Relaxed);
            fence(Ordering::Acquire);
            if head & BUSY != 0 {
                return None;
            }
            let length = ((head & !GIVEN_UP) as usize).min(self.size - HEAD);
            let kept = if head & GIVEN_UP == 0 { length.min(buffer.len()) } else { 0 };
            for (number, to) in buffer.iter_mut().take(kept).enumerate() {
                // SAFETY: it lies within the records, as above.
                let byte = unsafe { self.writers.add(start + HEAD + number) };
                // SAFETY: as above; all that is touched of it is atomic.
                *to = unsafe { byte.cast::<AtomicU8>().as_ref() }.load(Ordering::Relaxed);
            }
            // The next begins at a multiple of eight bytes.
            let next = at.wrapping_add((HEAD + length).next_multiple_of(HEAD));
            self.place(self.reader).store(next, Ordering::Release);
            if head & GIVEN_UP == 0 {
                return buffer.get(..kept);
            }
        }
    }

    /// Gives how far a side is, which its page begins with.
    fn place(&self, page: NonNull<u8>) -> &AtomicUsize {
        // SAFETY: both mappings are there as long as the value, and begin at pages; what is there is atomic.
        unsafe { page.cast().as_ref() }
    }
}

impl AsFd for RingBuffer {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.map.as_fd()
    }
}

impl Drop for RingBuffer {
    fn drop(&mut self) {
        for (start, length) in [(self.reader, self.page), (self.writers, self.page + 2 * self.size)] {
            // SAFETY: the mapping is ours, and nothing of it is lent out.
            let _ = unsafe { munmap(start.as_ptr(), length) };
        }
    }
}
