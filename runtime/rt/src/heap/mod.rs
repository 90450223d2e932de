//! The heap of a program: a pool of small blocks, and mappings of their own for large ones.
//!
//! The first blocks come from the program's own zeroed memory, so that a program with a small heap maps nothing.
//! A large block is grown by mremap(2), which moves pages, not bytes. When memory is refused the result is null,
//! never an abort: what then happens is the caller's choice (`try_reserve`).
//!
//! One lock guards the pool, on which threads sleep: who holds it may not be running. With the feature `caches` each thread
//! keeps blocks for itself, and asks the pool for many at once. A signal handler must not allocate.

mod bounds;
#[cfg(feature = "caches")]
mod cache;
#[cfg(not(feature = "caches"))]
mod direct;
mod guarded;
mod pool;
mod refusing;

use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;
use core::ptr;

use linux::mem::{self, Advice, MapFlags, Protection, RemapFlags};

use crate::auxv;
use crate::sync::Mutex;
use pool::{GRAIN, Pool};

#[cfg(feature = "caches")]
use cache as way;
#[cfg(not(feature = "caches"))]
use direct as way;

pub use guarded::Guarded;
pub use refusing::Refusing;
pub(crate) use way::{Own, leave};

/// Bytes of the heap inside the program.
const FIRST: usize = 32 << 10;
/// The largest block, and the largest alignment, that the pool has. With caches it is large, for speed.
const LARGEST: usize = if cfg!(feature = "caches") { 1 << 20 } else { 64 << 10 };
/// Bytes mapped at a time after the first; pages count only once they are touched.
const REGION: usize = if cfg!(feature = "caches") { 4 << 20 } else { 1 << 20 };
/// Bytes in pages no longer used that are kept for the next need.
const IDLE: usize = if cfg!(feature = "caches") { 2 << 20 } else { 128 << 10 };

/// The global allocator of a program, as [`program!`](crate::program) installs it unless it is told of another.
#[derive(Debug, Default)]
pub struct Heap;

/// Room of the first region.
#[repr(align(16))]
struct Room(UnsafeCell<[u8; FIRST]>);

// SAFETY: only the pool touches it, under its lock.
unsafe impl Sync for Room {}

static ROOM: Room = Room(UnsafeCell::new([0; FIRST]));
static POOL: Mutex<Pool> = Mutex::new(Pool::new());

// SAFETY: blocks are disjoint, aligned and as large as asked; the pool's tests hold it to that.
unsafe impl GlobalAlloc for Heap {
    #[cfg_attr(feature = "caches", inline)]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        way::take(layout)
    }

    #[cfg_attr(feature = "caches", inline)]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller's block, with its layout.
        unsafe { way::give_back(block, layout) };
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's layout.
        let block = unsafe { self.alloc(layout) };
        if !block.is_null() && !is_large(layout) {
            // SAFETY: just made, of this size; a mapping is zero by itself.
            unsafe { block.write_bytes(0, layout.size()) };
        }
        block
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller keeps the size below the largest there is.
        let new = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
        match (is_large(layout), is_large(new)) {
            (true, true) if layout.align() <= auxv::page_size() => {
                let moved = remap(block, layout.size(), size);
                if !moved.is_null() {
                    return moved;
                }
            }
            (false, false) if way::resize(block, layout, new) => return block,
            _ => {}
        }
        // SAFETY: the caller's layout, with a size it keeps within bounds.
        let moved = unsafe { self.alloc(new) };
        if !moved.is_null() {
            // SAFETY: two blocks, each at least that long.
            unsafe { ptr::copy_nonoverlapping(block, moved, layout.size().min(size)) };
            // SAFETY: the caller's block, no longer used.
            unsafe { self.dealloc(block, layout) };
        }
        moved
    }
}

/// Says whether a block has a mapping of its own. Only size and alignment decide, which never change in its life.
const fn is_large(layout: Layout) -> bool {
    layout.size() > LARGEST || layout.align() > LARGEST
}

/// Takes a block from the pool, with a new region if it has none; null if memory is refused.
fn take(pool: &mut Pool, size: usize, align: usize) -> *mut u8 {
    let mut block = pool.take(size, align);
    if block.is_none() && pool.is_new() {
        // SAFETY: the room is the pool's alone, and aligned.
        unsafe { pool.add_region(ROOM.0.get().expose_provenance(), FIRST) };
        block = pool.take(size, align);
    }
    if block.is_none() {
        let region = map_anywhere(REGION);
        if region.is_null() {
            return region;
        }
        // SAFETY: mapped for the pool alone, at a page.
        unsafe { pool.add_region(region.expose_provenance(), REGION) };
        block = pool.take(size, align);
    }
    block.map_or(ptr::null_mut(), ptr::with_exposed_provenance_mut)
}

/// Gives a block back to the pool, and pages to the kernel if many have become idle.
fn give_back(pool: &mut Pool, block: *mut u8) {
    if let Some(region) = pool.give_back(block.addr(), REGION) {
        // SAFETY: mapped at this length, and the pool has forgotten it.
        let _ = unsafe { mem::munmap(ptr::with_exposed_provenance_mut(region), REGION) };
    }
    if pool.idle() > IDLE {
        let (start, length) = pool.drop_idle();
        let from = pages(start);
        let whole = pages(start + length) - from;
        // SAFETY: nothing beyond the top is in use, and regions that can be idle this far are whole pages.
        let _ = unsafe { mem::madvise(ptr::with_exposed_provenance_mut(from), whole, Advice::DONT_NEED) };
    }
}

/// Unmaps a large block.
///
/// # Safety
/// The block has this layout; nobody uses it any more.
unsafe fn unmap(block: *mut u8, layout: Layout) {
    // SAFETY: `map` made it, and the caller is done with it.
    let _ = unsafe { mem::munmap(block, pages(layout.size())) };
}

/// Rounds up to whole pages.
fn pages(size: usize) -> usize {
    size.next_multiple_of(auxv::page_size())
}

/// Maps a large block; null if memory is refused.
fn map(layout: Layout) -> *mut u8 {
    let (size, page) = (pages(layout.size()), auxv::page_size());
    // A multiple of more than a page lies somewhere in a longer mapping, whose ends are given back.
    let excess = if layout.align() > page { layout.align() } else { 0 };
    let Some(length) = size.checked_add(excess) else { return ptr::null_mut() };
    let start = map_anywhere(length);
    if start.is_null() || excess == 0 {
        return start;
    }
    let before = start.addr().next_multiple_of(layout.align()) - start.addr();
    let block = start.wrapping_add(before);
    if before != 0 {
        // SAFETY: whole pages in front of the block.
        let _ = unsafe { mem::munmap(start, before) };
    }
    if excess != before {
        // SAFETY: whole pages behind the block.
        let _ = unsafe { mem::munmap(block.wrapping_add(size), excess - before) };
    }
    block
}

/// Maps zeroed memory at an address of the kernel's choice; null if it is refused.
fn map_anywhere(length: usize) -> *mut u8 {
    let protection = Protection::READ.union(Protection::WRITE);
    // SAFETY: without an address asked for, nothing in use is touched.
    unsafe { mem::mmap_anonymous(ptr::null_mut(), length, protection, MapFlags::PRIVATE) }
        .unwrap_or(ptr::null_mut())
}

/// Grows or shrinks a large block; null, and the block as it was, if memory is refused.
fn remap(block: *mut u8, old: usize, new: usize) -> *mut u8 {
    let (old, new) = (pages(old), pages(new));
    if old == new {
        return block;
    }
    // SAFETY: the caller of `realloc` uses the new address only.
    unsafe { mem::mremap(block, old, new, RemapFlags::MAY_MOVE) }.unwrap_or(ptr::null_mut())
}

// The first region is never idle enough to be dropped, since other variables share its last page; an aligned
// request fits a new region.
const _: () = assert!(FIRST <= IDLE && FIRST.is_multiple_of(GRAIN) && REGION >= 4 * LARGEST);

#[cfg(test)]
mod tests {
    use super::*;

    /// Allocates, fills, resizes through `sizes`, checks what was kept, frees.
    fn walk(align: usize, sizes: &[usize]) {
        let layout = |size| Layout::from_size_align(size, align).unwrap();
        let mut size = sizes[0];
        // SAFETY: the layout is not empty.
        let mut block = unsafe { Heap.alloc_zeroed(layout(size)) };
        for &new in sizes {
            // SAFETY: the block holds `size` bytes.
            unsafe { block.write_bytes(0x5a, size) };
            // SAFETY: this heap's block, with its layout.
            block = unsafe { Heap.realloc(block, layout(size), new) };
            assert!(!block.is_null());
            assert_eq!(block.addr() % align, 0);
            // SAFETY: the block holds that many.
            let kept = unsafe { core::slice::from_raw_parts(block, size.min(new)) };
            assert!(kept.iter().all(|&byte| byte == 0x5a), "{size} to {new}");
            size = new;
        }
        // SAFETY: as above.
        unsafe { Heap.dealloc(block, layout(size)) };
    }

    #[test]
    fn blocks_keep_their_bytes_from_small_to_large_and_back() {
        let sizes = [1, 100, 5000, 30_000, 131_072, 131_073, 1 << 20, 9 << 20, 200_000, 4096, 17];
        for align in [1, 8, 64, 4096, 1 << 16, 1 << 18] {
            walk(align, &sizes);
        }
    }

    #[test]
    fn zeroed_blocks_are_zero_after_use() {
        for size in [24, 4000, 200_000] {
            let layout = Layout::from_size_align(size, 8).unwrap();
            for _ in 0..3 {
                // SAFETY: the layout is not empty.
                let block = unsafe { Heap.alloc_zeroed(layout) };
                // SAFETY: the block holds that many.
                let bytes = unsafe { core::slice::from_raw_parts_mut(block, size) };
                assert!(bytes.iter().all(|&byte| byte == 0));
                bytes.fill(0xff);
                // SAFETY: this heap's block, with its layout.
                unsafe { Heap.dealloc(block, layout) };
            }
        }
    }

    #[test]
    fn refusal_is_null() {
        let layout = Layout::from_size_align(isize::MAX as usize - 4096, 8).unwrap();
        // SAFETY: the layout is not empty.
        assert!(unsafe { Heap.alloc(layout) }.is_null());
        let small = Layout::from_size_align(200_000, 8).unwrap();
        // SAFETY: as above.
        let block = unsafe { Heap.alloc(small) };
        // SAFETY: this heap's block, with its layout.
        assert!(unsafe { Heap.realloc(block, small, layout.size()) }.is_null());
        // SAFETY: as above; a refusal leaves it as it was.
        unsafe { Heap.dealloc(block, small) };
    }

    #[test]
    fn threads_share_it() {
        let work = || (0..200).for_each(|turn| walk(8, &[turn + 1, 40 * turn + 1, 7]));
        let threads: Vec<_> = (0..4).map(|_| std::thread::spawn(work)).collect();
        for thread in threads {
            thread.join().unwrap();
        }
    }
}
