//! Memory that nobody may touch: by marks in its pages (Linux 6.13), which take no mapping of their own, else by mappings.

use core::sync::atomic::{AtomicU8, Ordering};

use linux::fs::{self, Mode, OpenFlags};
use linux::mem::{self, Advice, MapFlags, Protection};

/// Nobody knows yet whether the kernel has marks.
const UNKNOWN: u8 = 0;
const MARKS: u8 = 1;
const MAPPINGS: u8 = 2;

/// How memory is closed, once that is known.
static WAY: AtomicU8 = AtomicU8::new(UNKNOWN);

/// Closes whole pages that were never used.
///
/// # Safety
/// Nobody uses the memory, which is a part of one mapping.
///
/// # Errors
/// Those of `mprotect(2)`.
pub(super) unsafe fn close(start: *mut u8, length: usize) -> linux::Result<()> {
    // SAFETY: the caller's.
    if unsafe { mark(start, length) } {
        return Ok(());
    }
    // SAFETY: the caller's.
    unsafe { mem::mprotect(start, length, Protection::empty()) }
}

/// Closes whole pages that were used, and gives them back to the kernel.
///
/// # Safety
/// Nobody uses the memory, which is a mapping.
///
/// # Errors
/// Those of `mmap(2)`.
pub(super) unsafe fn close_used(start: *mut u8, length: usize) -> linux::Result<()> {
    // SAFETY: the caller's.
    if unsafe { mark(start, length) } {
        return Ok(());
    }
    let flags = MapFlags::PRIVATE | MapFlags::FIXED | MapFlags::NO_RESERVE;
    // SAFETY: the caller's: other pages, out of bounds, take their place.
    unsafe { mem::mmap_anonymous(start, length, Protection::empty(), flags) }.map(drop)
}

/// Marks pages, if the kernel can.
///
/// # Safety
/// Nobody uses the memory.
unsafe fn mark(start: *mut u8, length: usize) -> bool {
    let way = WAY.load(Ordering::Relaxed);
    // SAFETY: the caller's.
    if way == MAPPINGS || unsafe { mem::madvise(start, length, Advice::GUARD) }.is_err() {
        if way == UNKNOWN {
            WAY.store(MAPPINGS, Ordering::Relaxed);
        }
        return false;
    }
    if way == UNKNOWN {
        // An emulator takes any advice, and does nothing.
        let marked = mem::readable(start.addr()) == Some(false);
        WAY.store(if marked { MARKS } else { MAPPINGS }, Ordering::Relaxed);
        return marked;
    }
    true
}

/// Gives how many mappings a process may have, where those are what memory is closed by and the kernel says it.
pub(super) fn limit() -> Option<usize> {
    if WAY.load(Ordering::Relaxed) == MARKS {
        return None;
    }
    let flags = OpenFlags::READ | OpenFlags::CLOSE_ON_EXEC;
    let file = fs::open(c"/proc/sys/vm/max_map_count", flags, Mode::empty()).ok()?;
    let mut bytes = [0; 24];
    let count = fs::read(&file, &mut bytes).ok()?;
    core::str::from_utf8(bytes.get(..count)?).ok()?.trim().parse().ok()
}
