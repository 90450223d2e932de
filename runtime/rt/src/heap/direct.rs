//! The way to blocks without caches: each one is the pool's, under its lock, or the kernel's.

use core::alloc::Layout;

use super::{POOL, is_large, map, unmap};

/// What a thread has of the heap for itself: nothing.
pub(crate) struct Own;

impl Own {
    pub(crate) const fn new() -> Self {
        Self
    }
}

/// Gives back what a thread has that ends.
pub(crate) const fn leave(_own: &Own) {}

/// Takes a block; null if memory is refused.
pub(super) fn take(layout: Layout) -> *mut u8 {
    if is_large(layout) { map(layout) } else { super::take(&mut POOL.lock(), layout.size(), layout.align()) }
}

/// Gives a block back.
///
/// # Safety
/// The block has this layout; nobody uses it any more.
pub(super) unsafe fn give_back(block: *mut u8, layout: Layout) {
    if is_large(layout) {
        // SAFETY: the caller's.
        unsafe { unmap(block, layout) };
    } else {
        super::give_back(&mut POOL.lock(), block);
    }
}

/// Resizes a block of the pool in place; says whether that was possible.
pub(super) fn resize(block: *mut u8, _old: Layout, new: Layout) -> bool {
    POOL.lock().resize(block.addr(), new.size())
}
