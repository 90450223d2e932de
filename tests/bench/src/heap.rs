//! The work by which heaps are compared: blocks of one size taken and given back, blocks of many sizes that replace each
//! other, alone and in two threads, blocks that one thread takes and another gives back, and what all that leaves in memory.
//!
//! `tests/bench/peers/heap.c` does the same with the heap of a C library. Whoever takes a block writes to each of its pages.

use core::alloc::{GlobalAlloc, Layout};
use core::fmt::{self, Write};
use core::hint::black_box;
use core::ptr;
use core::sync::atomic::{AtomicPtr, AtomicU64, Ordering};

use crate::{Machine, time};

/// A runtime whose heap is measured.
pub trait Runtime: Machine {
    /// Gives how many bytes of this process are in memory.
    fn resident() -> u64;
}

/// Rounds; the least of each value counts.
const ROUNDS: usize = 15;
/// Sizes that are taken and given back at once.
const ALONE: [(&str, usize, u64); 5] = [
    ("16-bytes", 16, 50_000),
    ("256-bytes", 256, 50_000),
    ("4-kib", 4 << 10, 50_000),
    ("64-kib", 64 << 10, 5000),
    ("1-mib", 1 << 20, 500),
];
/// Mixtures of sizes: name, the largest, blocks that live at once, how many are replaced in a round. Each power of two is as
/// likely as the next.
const MIXED: [(&str, usize, usize, u64); 3] = [
    ("to-1-kib", 1 << 10, 256, 50_000),
    ("to-64-kib", 64 << 10, 256, 20_000),
    ("to-1-mib", 1 << 20, 64, 5000),
];
/// The smallest size of a mixture.
const LEAST: usize = 16;
/// Blocks that live at once, at most.
const LIVING: usize = 256;
/// Blocks that are handed over in a round.
const PASSED: u64 = 50_000;
/// How many blocks are replaced before memory is looked at, and how many of them live.
const AGED: (u64, usize) = (400_000, 4096);

/// Writes a line for each case: its name and picoseconds, or for memory thousandths.
///
/// # Errors
/// Those of the sink.
pub fn measure<R: Runtime, A: GlobalAlloc + Sync>(heap: &A, out: &mut dyn Write) -> fmt::Result {
    let start = R::resident();
    let (living, peak) = aged::<R, A>(heap);
    writeln!(out, "memory-in-use {}", (peak - start) * 1000 / living)?;
    writeln!(out, "memory-left {}", R::resident().saturating_sub(start) * 1000 / living)?;
    for (name, size, count) in ALONE {
        let work = || (0..count).for_each(|_| give_back(heap, take(heap, size), size));
        writeln!(out, "{name} {}", least(|| time::<R>(count, work)))?;
    }
    for (name, largest, living, count) in MIXED {
        let work = || churn(heap, largest, living, count);
        writeln!(out, "{name} {}", least(|| time::<R>(count, work)))?;
        writeln!(out, "{name}-two-threads {}", least(|| time::<R>(count, || R::twice(work))))?;
    }
    writeln!(out, "handed-over {}", least(|| time::<R>(PASSED, || hand_over::<R, A>(heap))))
}

fn least(measure: impl Fn() -> u64) -> u64 {
    (0..ROUNDS).map(|_| measure()).min().unwrap_or_default()
}

fn layout(size: usize) -> Layout {
    // SAFETY: a power of two, and sizes far from the largest there is.
    unsafe { Layout::from_size_align_unchecked(size, 8) }
}

/// Takes a block and writes to each of its pages.
fn take<A: GlobalAlloc>(heap: &A, size: usize) -> *mut u8 {
    // SAFETY: no size is 0.
    let block = black_box(unsafe { heap.alloc(layout(size)) });
    assert!(!block.is_null(), "there is memory");
    for at in (0..size).step_by(4096) {
        // SAFETY: within the block.
        unsafe { block.wrapping_add(at).write_volatile(1) };
    }
    block
}

fn give_back<A: GlobalAlloc>(heap: &A, block: *mut u8, size: usize) {
    // SAFETY: taken with this layout.
    unsafe { heap.dealloc(black_box(block), layout(size)) };
}

/// Replaces blocks of a table by chance; at the end all are given back.
fn churn<A: GlobalAlloc>(heap: &A, largest: usize, living: usize, count: u64) {
    let mut numbers = Numbers(1);
    let mut table = [(ptr::null_mut(), 0); LIVING];
    for _ in 0..count {
        let Some(place) = table.get_mut(numbers.below(living)) else { return };
        replace(heap, place, numbers.size(largest));
    }
    table.iter_mut().for_each(|place| replace(heap, place, 0));
}

/// Gives a block back if there is one, and takes another if it is to have a size.
fn replace<A: GlobalAlloc>(heap: &A, place: &mut (*mut u8, usize), size: usize) {
    if !place.0.is_null() {
        give_back(heap, place.0, place.1);
    }
    *place = if size == 0 { (ptr::null_mut(), 0) } else { (take(heap, size), size) };
}

/// Has each of two threads put blocks where either finds them and gives them back.
fn hand_over<R: Runtime, A: GlobalAlloc + Sync>(heap: &A) {
    let places = [const { AtomicPtr::<usize>::new(ptr::null_mut()) }; LIVING];
    let threads = AtomicU64::new(1);
    let drop_block = |block: *mut usize| {
        if !block.is_null() {
            // SAFETY: whoever took it wrote its size there.
            let size = unsafe { block.read() };
            give_back(heap, block.cast(), size);
        }
    };
    R::twice(|| {
        let mut numbers = Numbers(threads.fetch_add(1, Ordering::Relaxed));
        for _ in 0..PASSED {
            let size = numbers.size(1 << 10);
            let block = take(heap, size).cast::<usize>();
            // SAFETY: within the block, which is aligned for it.
            unsafe { block.write(size) };
            let Some(place) = places.get(numbers.below(LIVING)) else { return };
            drop_block(place.swap(block, Ordering::AcqRel));
        }
    });
    places.iter().for_each(|place| drop_block(place.swap(ptr::null_mut(), Ordering::Relaxed)));
}

/// Replaces many blocks by chance; gives how many bytes lived at the end, and how many of the process were in memory then.
fn aged<R: Runtime, A: GlobalAlloc>(heap: &A) -> (u64, u64) {
    let (count, places) = AGED;
    let table = take(heap, places * size_of::<(*mut u8, usize)>()).cast::<(*mut u8, usize)>();
    let place = |at: usize| {
        // SAFETY: within the table, which is aligned for it, and one at a time.
        unsafe { &mut *table.wrapping_add(at) }
    };
    // SAFETY: as above; an address of 0 is none.
    (0..places).for_each(|at| unsafe { table.wrapping_add(at).write((ptr::null_mut(), 0)) });
    let mut numbers = Numbers(1);
    for _ in 0..count {
        replace(heap, place(numbers.below(places)), numbers.size(64 << 10));
    }
    let living = (0..places).map(|at| place(at).1 as u64).sum();
    let peak = R::resident();
    (0..places).for_each(|at| replace(heap, place(at), 0));
    give_back(heap, table.cast(), places * size_of::<(*mut u8, usize)>());
    (living, peak)
}

/// Numbers by chance, the same in each run (xorshift64).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() >> 16) as usize % end
    }

    /// Gives a size up to the largest, which is a power of two.
    fn size(&mut self, largest: usize) -> usize {
        let powers = (largest / LEAST).ilog2() as usize;
        let least = LEAST << self.below(powers);
        least + self.below(least) + 1
    }
}
