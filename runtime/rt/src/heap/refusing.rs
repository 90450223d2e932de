//! A heap that refuses one request, counted from where the program says: so each of its requests in turn can be the one for which there
//! is no memory, and what the program does then is seen. A line on standard error tells of it:
//!
//! ```text
//! heap: request 17, of 24 bytes, is refused
//! ```
//!
//! A program has it by `program!(main, spelunk::rt::heap::Refusing)` instead of `program!(main)`, and counts from
//! [`Refusing::refuse`]. What it forks is granted all that it asks for.

use core::alloc::{GlobalAlloc, Layout};
use core::ptr;
use core::sync::atomic::{AtomicI32, AtomicU32, Ordering};

use linux::process::getpid;

use super::Heap;
use crate::panic;

/// Which request is refused; 0: none.
static NUMBER: AtomicU32 = AtomicU32::new(0);
/// How many are left until then, that one among them.
static LEFT: AtomicU32 = AtomicU32::new(0);
/// The process that is refused.
static PROCESS: AtomicI32 = AtomicI32::new(0);

/// The global allocator that refuses a request; all else is done by [`Heap`].
#[derive(Debug, Default)]
pub struct Refusing;

impl Refusing {
    /// Has the request with this number refused, counted from now and from 1; with 0 none is.
    pub fn refuse(number: u32) {
        PROCESS.store(getpid().get(), Ordering::Relaxed);
        NUMBER.store(number, Ordering::Relaxed);
        LEFT.store(number, Ordering::Relaxed);
    }

    /// Counts a request of so many bytes; says whether it is granted.
    fn grants(bytes: usize) -> bool {
        let left = LEFT.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        if left != Ok(1) || PROCESS.load(Ordering::Relaxed) != getpid().get() {
            return true;
        }
        let number = NUMBER.load(Ordering::Relaxed);
        panic::tell(format_args!("heap: request {number}, of {bytes} bytes, is refused"));
        false
    }
}

// SAFETY: what it gives is from the other heap, and goes back there.
unsafe impl GlobalAlloc for Refusing {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if !Self::grants(layout.size()) {
            return ptr::null_mut();
        }
        // SAFETY: the caller's promise.
        unsafe { Heap.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { Heap.dealloc(block, layout) };
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if !Self::grants(layout.size()) {
            return ptr::null_mut();
        }
        // SAFETY: the caller's promise.
        unsafe { Heap.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if !Self::grants(size) {
            return ptr::null_mut();
        }
        // SAFETY: the caller's promise.
        unsafe { Heap.realloc(block, layout, size) }
    }
}
