//! Counters and lists of which each processor has its own part, so that threads seldom meet: `rseq(2)`.
//!
//! A change of the own part is a few plain instructions, which the kernel has begin anew when another thread or a handler got between
//! them (a restartable sequence): there is neither a lock nor an atomic instruction, and no line of the cache goes from one processor to
//! another. The kernel is told of a thread when that first asks. Where it does not want to know (Linux before 4.18, emulators,
//! sandboxes), and on processors beyond a [`Counter`]'s or [`Shelf`]'s number, all threads share one part, by atomics or under a lock.
//!
//! What a child shares with its parent as by vfork, it must not use these for before it executes another program: the kernel knows the
//! parent by them.
//!
//! ```no_run
//! # use spelunk_rt::processor::Counter;
//! static SERVED: Counter = Counter::new();
//! SERVED.add(1);
//! println!("{} requests", SERVED.sum());
//! ```

use alloc::boxed::Box;
use core::fmt;
use core::marker::PhantomData;
use core::ops::{Deref, DerefMut};
use core::ptr::{from_ref, with_exposed_provenance_mut};
use core::sync::atomic::{AtomicUsize, Ordering};

use arch::processor::{Area, ELSEWHERE, SIGNATURE, STRIDE, Sequence};
use linux::{Errno, thread};
use linux_raw_sys::auxvec::AT_RSEQ_FEATURE_SIZE;

use crate::auxv;
use crate::sync::Mutex;
use crate::thread::own_area;

/// How many processors have a part of their own unless another number is given.
pub const PROCESSORS: usize = 64;

/// Bytes of the kernel's structure up to the end of the memory node's number, and of the thread's number among those that run.
const WITH_NODE: usize = 24;
const WITH_CONCURRENCY: usize = 28;

/// Gives the area of the running thread, of which the kernel is told on the first use.
fn area() -> &'static Area {
    let area = own_area();
    if area.processor.load(Ordering::Relaxed) == Area::NEW {
        enter(area);
    }
    area
}

#[cold]
fn enter(area: &'static Area) {
    // SAFETY: the area lives as long as the thread, which takes it back before it ends.
    let told = unsafe { thread::rseq(from_ref(area).cast(), Area::KERNELS, SIGNATURE) };
    // Busy: a handler was faster.
    if told.is_err_and(|errno| errno != Errno::BUSY) {
        area.processor.store(Area::REFUSED, Ordering::Relaxed);
    }
}

/// Takes back what the kernel was told of a thread, which ends: its memory will be another's.
pub(crate) fn leave(area: &Area) {
    if area.is_kept() {
        // SAFETY: nothing of this thread uses it any more.
        let _ = unsafe { thread::forget_rseq(from_ref(area).cast(), Area::KERNELS, SIGNATURE) };
    }
}

/// Gives the processor that this thread runs on, without a call; none where the kernel does not keep it.
pub fn current() -> Option<u32> {
    let area = area();
    area.is_kept().then(|| area.processor.load(Ordering::Relaxed))
}

/// Gives the memory node of that processor; none before Linux 6.3.
pub fn node() -> Option<u32> {
    extended(WITH_NODE).map(|area| area.node.load(Ordering::Relaxed))
}

/// Gives a number that no other running thread of this process has just now, less than the number of its threads and of the processors
/// that they may run on; none before Linux 6.3.
#[doc(alias = "mm_cid")]
pub fn concurrency() -> Option<u32> {
    extended(WITH_CONCURRENCY).map(|area| area.concurrency.load(Ordering::Relaxed))
}

fn extended(bytes: usize) -> Option<&'static Area> {
    let known = auxv::get(AT_RSEQ_FEATURE_SIZE).unwrap_or_default();
    Some(area()).filter(|area| known >= bytes && area.is_kept())
}

/// Gives how often a change of this thread was begun anew.
pub fn restarts() -> u32 {
    own_area().restarts.load(Ordering::Relaxed)
}

/// A processor's part, apart from the others' in the cache.
#[repr(C, align(128))]
struct Part(AtomicUsize);

const _: () = assert!(size_of::<Part>() == STRIDE);

/// Changes the running processor's part; [`ELSEWHERE`] if it has none.
///
/// # Safety
/// As of the sequence.
unsafe fn change(sequence: Sequence, parts: &[Part], what: usize) -> usize {
    // SAFETY: the area is this thread's, and the parts lie as the sequence wants them; the rest is the caller's.
    unsafe { sequence(area(), parts.as_ptr().expose_provenance(), parts.len(), what) }
}

/// A count to which all threads add.
pub struct Counter<const N: usize = PROCESSORS> {
    parts: [Part; N],
    /// What the others add.
    rest: AtomicUsize,
}

impl<const N: usize> Counter<N> {
    /// Makes one that is 0.
    pub const fn new() -> Self {
        Self { parts: [const { Part(AtomicUsize::new(0)) }; N], rest: AtomicUsize::new(0) }
    }

    /// Adds a number; the count wraps around. Handlers of signals may call it.
    #[inline]
    pub fn add(&self, number: usize) {
        // SAFETY: the parts are changed by this alone.
        if unsafe { change(arch::processor::add, &self.parts, number) } == ELSEWHERE {
            self.rest.fetch_add(number, Ordering::Relaxed);
        }
    }

    /// Gives the sum of what has been added. What is added meanwhile is in it or not.
    pub fn sum(&self) -> usize {
        let parts = self.parts.iter().map(|part| part.0.load(Ordering::Relaxed));
        parts.fold(self.rest.load(Ordering::Relaxed), usize::wrapping_add)
    }
}

impl<const N: usize> Default for Counter<N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize> fmt::Debug for Counter<N> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Counter").field(&self.sum()).finish()
    }
}

/// A value that can lie on a [`Shelf`].
#[repr(C)]
#[derive(Debug)]
pub struct Item<T> {
    /// The address of the next one on the shelf.
    next: usize,
    value: T,
}

impl<T> Item<T> {
    /// Makes one that lies on none.
    pub const fn new(value: T) -> Self {
        Self { next: 0, value }
    }

    /// Gives the value.
    pub fn into_inner(self) -> T {
        self.value
    }
}

impl<T> Deref for Item<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for Item<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

/// Values that are kept for the next use (buffers, connections): what was put there last on the same processor comes first.
pub struct Shelf<T, const N: usize = PROCESSORS> {
    /// The first of each processor's list.
    parts: [Part; N],
    /// The first of the others'.
    rest: Mutex<usize>,
    items: PhantomData<Box<Item<T>>>,
}

// SAFETY: items go from one thread to another, and nobody sees them while they lie there.
unsafe impl<T: Send, const N: usize> Sync for Shelf<T, N> {}

impl<T, const N: usize> Shelf<T, N> {
    /// Makes an empty one.
    pub const fn new() -> Self {
        let parts = [const { Part(AtomicUsize::new(0)) }; N];
        Self { parts, rest: Mutex::new(0), items: PhantomData }
    }

    /// Puts an item there.
    pub fn put(&self, item: Box<Item<T>>) {
        let item = Box::into_raw(item);
        // SAFETY: the item is the shelf's now, and begins with a word; it is given back by `take` alone.
        if unsafe { change(arch::processor::push, &self.parts, item.expose_provenance()) } == ELSEWHERE {
            let mut rest = self.rest.lock();
            // SAFETY: nobody else has it.
            unsafe { (*item).next = *rest };
            *rest = item.expose_provenance();
        }
    }

    /// Takes the item that was put there last on this processor, or one of the processors that have no list of their own; those of
    /// other processors stay.
    pub fn take(&self) -> Option<Box<Item<T>>> {
        // SAFETY: what lies there, `put` put there.
        let taken = unsafe { change(arch::processor::pop, &self.parts, 0) };
        if taken != 0 && taken != ELSEWHERE {
            // SAFETY: it was a box of this type, and nobody else has it.
            return Some(unsafe { Box::from_raw(with_exposed_provenance_mut(taken)) });
        }
        first_of(&mut self.rest.lock())
    }
}

/// Takes the first item of a list that nobody else sees.
fn first_of<T>(first: &mut usize) -> Option<Box<Item<T>>> {
    if *first == 0 {
        return None;
    }
    // SAFETY: it was a box of this type, and nobody else has it.
    let item = unsafe { Box::<Item<T>>::from_raw(with_exposed_provenance_mut(*first)) };
    *first = item.next;
    Some(item)
}

impl<T, const N: usize> Drop for Shelf<T, N> {
    fn drop(&mut self) {
        let parts = self.parts.iter_mut().map(|part| part.0.get_mut());
        for first in parts.chain([&mut *self.rest.lock()]) {
            while first_of::<T>(first).is_some() {}
        }
    }
}

impl<T, const N: usize> Default for Shelf<T, N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T, const N: usize> fmt::Debug for Shelf<T, N> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Shelf").finish_non_exhaustive()
    }
}
