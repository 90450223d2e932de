//! The ring of records that a counter fills: a page that says how far each side is, and the records' pages, mapped.
//!
//! The kernel writes the head after the records, and this side the tail after having read them: the head is loaded with acquire and
//! the tail stored with release, so that neither side sees the other's number before what it stands for.

use super::Counter;
use crate::mem::{MapFlags, Protection, mmap, munmap};
use crate::{Errno, Result};
use core::mem::offset_of;
use core::ptr::{self, NonNull};
use core::sync::atomic::{AtomicU8, AtomicU32, AtomicUsize, Ordering};

/// The end of the first page's structure.
#[repr(C)]
struct Head {
    rest: [u8; 1024],
    head: Number,
    tail: Number,
    offset: Number,
    size: Number,
}

abi!(Head starts "struct perf_event_mmap_page" {
    head: "data_head", tail: "data_tail", offset: "data_offset", size: "data_size",
});

/// A number of 64 bits, of which 32-bit processors take the low word: it is the first one. The other side counts on, and what counts
/// is the difference.
#[repr(C, align(8))]
struct Number {
    low: AtomicUsize,
    high: [AtomicU32; 2 - size_of::<usize>() / 4],
}

abi!(Number: "a part of the first page");

/// How long the head of a record is: its kind (4 bytes), what it says of itself (2), its length with this head (2).
const RECORD_HEAD: usize = 8;

/// A record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'buffer> {
    /// A `PERF_RECORD_…`.
    pub kind: u32,
    /// Bits of the kind's (`PERF_RECORD_MISC_…`).
    pub flags: u16,
    /// What comes after the head.
    pub bytes: &'buffer [u8],
}

impl Record<'_> {
    /// PERF_RECORD_LOST: records were dropped for want of room.
    pub const LOST: u32 = 2;
    /// PERF_RECORD_SAMPLE: a sample.
    pub const SAMPLE: u32 = 9;

    /// Gives a sample of [`Counter::sampler`]: where it was, the process and the thread, and the time in nanoseconds.
    pub fn sample(&self) -> Option<(u64, u32, u32, u64)> {
        let number = |at: usize| Some(u64::from_ne_bytes(self.bytes.get(at..at + 8)?.try_into().ok()?));
        let thread = |at: usize| Some(u32::from_ne_bytes(self.bytes.get(at..at + 4)?.try_into().ok()?));
        (self.kind == Self::SAMPLE).then_some(())?;
        Some((number(0)?, thread(8)?, thread(12)?, number(16)?))
    }
}

/// The mapped ring of a counter.
#[derive(Debug)]
pub struct Ring {
    start: NonNull<u8>,
    length: usize,
    records: usize,
    size: usize,
}

impl Ring {
    /// Maps the ring of a counter that takes samples, with so many bytes of records: a page times a power of two.
    ///
    /// # Errors
    /// `INVAL` (another size), `PERM` (more than may be locked), `NOMEM`. See `perf_event_open(2)`.
    pub fn new(counter: &Counter, page: usize, bytes: usize) -> Result<Self> {
        let length = page.checked_add(bytes).ok_or(Errno::INVAL)?;
        let protection = Protection::READ | Protection::WRITE;
        // SAFETY: the kernel chooses the address; the pages are touched through atomics only.
        let start = unsafe { mmap(ptr::null_mut(), length, protection, MapFlags::SHARED, counter, 0) }?;
        let start = NonNull::new(start).ok_or(Errno::NOMEM)?;
        let mut ring = Self { start, length, records: page, size: bytes };
        let told = |number: &Number| number.low.load(Ordering::Relaxed);
        let (records, size) = (told(&ring.head().offset), told(&ring.head().size));
        // Kernels before 4.1 do not say it.
        if size != 0 {
            if records.checked_add(size).is_none_or(|end| end > length) || !size.is_power_of_two() {
                return Err(Errno::INVAL);
            }
            (ring.records, ring.size) = (records, size);
        }
        Ok(ring)
    }

    fn head(&self) -> &Head {
        // SAFETY: the mapping is longer, and aligned to a page; all that is touched of it is atomic.
        unsafe { self.start.cast().as_ref() }
    }

    /// Copies the next record into a buffer; none if there is none now. One that is longer than the buffer is cut.
    pub fn next<'buffer>(&mut self, buffer: &'buffer mut [u8]) -> Option<Record<'buffer>> {
        let tail = self.head().tail.low.load(Ordering::Relaxed);
        // Before the records are read: they are there when the head says so.
        let head = self.head().head.low.load(Ordering::Acquire);
        if head == tail {
            return None;
        }
        let mut first = [0; RECORD_HEAD];
        self.copy(tail, &mut first);
        let [a, b, c, d, e, f, g, h] = first;
        let (kind, flags) = (u32::from_ne_bytes([a, b, c, d]), u16::from_ne_bytes([e, f]));
        // A record without even a head would keep us here for ever.
        let length = usize::from(u16::from_ne_bytes([g, h])).max(RECORD_HEAD);
        let kept = (length - RECORD_HEAD).min(buffer.len());
        let bytes = buffer.get_mut(..kept)?;
        self.copy(tail.wrapping_add(RECORD_HEAD), bytes);
        // After they are read: the kernel may write there then.
        self.head().tail.low.store(tail.wrapping_add(length), Ordering::Release);
        Some(Record { kind, flags, bytes })
    }

    /// Copies from a place, past the ring's end at its beginning.
    fn copy(&self, from: usize, into: &mut [u8]) {
        for (number, to) in into.iter_mut().enumerate() {
            let at = from.wrapping_add(number) & (self.size - 1);
            // SAFETY: it lies within the records, which the mapping has.
            let byte = unsafe { self.start.add(self.records + at) };
            // SAFETY: as above; all that is touched of it is atomic.
            let byte = unsafe { byte.cast::<AtomicU8>().as_ref() };
            *to = byte.load(Ordering::Relaxed);
        }
    }
}

const _: () = assert!(offset_of!(Head, size) == 1048);

impl Drop for Ring {
    fn drop(&mut self) {
        // SAFETY: the mapping is ours, and nothing of it is lent out.
        let _ = unsafe { munmap(self.start.as_ptr(), self.length) };
    }
}
