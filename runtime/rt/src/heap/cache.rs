//! The way to blocks by way of each thread's cache, so that threads seldom meet at the pool's lock.
//!
//! # Classes
//! Sizes up to [`MOST`] fall into classes: a grain apart at first, then eight to each power of two. A block of a class has
//! room for all sizes of the class, so its layout alone says which it is, and whoever gives a block back, be it another
//! thread than took it, puts it into its own list of that class. Blocks of other layouts are the pool's or the kernel's.
//!
//! # Balance
//! An empty list is filled from the pool with half as many blocks as it may hold: one at first, twice as many each time the
//! list runs empty or full, up to [`LIST`] bytes. A full one gives half of its blocks back. After so many bytes as come to half
//! of what the lists hold, or [`IDLE`], the blocks go back that no list has needed since it was looked last: a text that grows
//! passes from class to class, and would leave some in each. When memory is refused or the thread ends, all go back.
//!
//! The cache itself is a block of the pool, made when its thread first asks for a block.

use core::alloc::Layout;
use core::array;
use core::cell::Cell;
use core::ptr::{self, NonNull};

use super::pool::{GRAIN, Pool, SMALLEST, WORD};
use super::{POOL, is_large, map, unmap};

/// The largest size with a class.
const MOST: usize = 32 << 10;
/// Classes a grain apart.
const GRAINS: usize = 16;
/// The largest size of those.
const LINEAR: usize = GRAIN * (GRAINS - 1) + SMALLEST - WORD;
/// Classes between two powers of two from there on.
const STEPS: usize = 8;
/// How many classes there are.
const CLASSES: usize = class(MOST) + 1;

/// Bytes that a list may hold, unless those are only two blocks.
const LIST: usize = 16 << 10;
/// Blocks that a list may hold.
const BLOCKS: usize = 256;
/// The least bytes that lists are filled with until it is looked which blocks are idle.
const IDLE: usize = 16 << 10;

/// The free blocks that a thread keeps.
struct Cache {
    lists: [List; CLASSES],
    /// Bytes that lists are filled with until it is looked which blocks are idle.
    left: usize,
}

/// The free blocks of a class; each begins with the address of the next.
struct List {
    first: *mut u8,
    count: u16,
    /// How many there may be, for now.
    most: u16,
    /// The fewest there were since it was looked last.
    idle: u16,
}

/// What a thread has of the heap for itself; null before it has asked for a block.
pub(crate) struct Own(Cell<*mut Cache>);

impl Own {
    pub(crate) const fn new() -> Self {
        Self(Cell::new(ptr::null_mut()))
    }
}

/// Takes a block; null if memory is refused.
#[inline]
pub(super) fn take(layout: Layout) -> *mut u8 {
    // SAFETY: nothing below takes or gives back a block by way of the heap while this is borrowed.
    if let Some(cache) = unsafe { own().0.get().as_mut() }
        && let Some(block) = cache.take(layout)
    {
        return block.as_ptr();
    }
    take_slowly(layout)
}

/// Gives a block back.
///
/// # Safety
/// The block has this layout; nobody uses it any more.
#[inline]
pub(super) unsafe fn give_back(block: *mut u8, layout: Layout) {
    // SAFETY: as in `take`.
    if let Some(cache) = unsafe { own().0.get().as_mut() }
        && let Some(list) = cache.list(layout)
    {
        list.push(block);
        if list.count > list.most {
            list.relieve(layout);
        }
        return;
    }
    if is_large(layout) {
        // SAFETY: the caller's.
        unsafe { unmap(block, layout) };
    } else {
        super::give_back(&mut POOL.lock(), block);
    }
}

/// Resizes a block of the pool in place; says whether that was possible.
pub(super) fn resize(block: *mut u8, old: Layout, new: Layout) -> bool {
    room(old) == room(new) || POOL.lock().resize(block.addr(), room(new))
}

/// Gives back what the running thread has, which ends: what it still takes or gives back lasts longer than it.
pub(crate) fn leave(own: &Own) {
    let cache = own.0.replace(ptr::null_mut());
    // SAFETY: the thread's own, and nobody has its address any more.
    let Some(whole) = (unsafe { cache.as_mut() }) else { return };
    let pool = &mut POOL.lock();
    whole.give_back(pool);
    super::give_back(pool, cache.cast());
}

/// Takes a block that the thread does not have.
#[cold]
fn take_slowly(layout: Layout) -> *mut u8 {
    if is_large(layout) {
        return map(layout);
    }
    let pool = &mut POOL.lock();
    // SAFETY: as in `take`.
    let Some(cache) = (unsafe { cache(pool).as_mut() }) else {
        return super::take(pool, room(layout), layout.align());
    };
    let block = cache.fill(pool, layout);
    if !block.is_null() {
        return block;
    }
    // What others could use, and what lies between it, may be enough.
    cache.give_back(pool);
    super::take(pool, room(layout), layout.align())
}

/// Gives the running thread's cache, made if it was not there; null if memory is refused.
fn cache(pool: &mut Pool) -> *mut Cache {
    let known = own().0.get();
    if !known.is_null() {
        return known;
    }
    let layout = Layout::new::<Cache>();
    let made = super::take(pool, layout.size(), layout.align()).cast::<Cache>();
    if !made.is_null() {
        // SAFETY: a block of this layout.
        unsafe { made.write(Cache::new()) };
        own().0.set(made);
    }
    made
}

impl Cache {
    fn new() -> Self {
        Self { lists: array::from_fn(|_| List::new()), left: IDLE }
    }

    /// Gives the list to which blocks of a layout belong.
    #[inline(always)]
    fn list(&mut self, layout: Layout) -> Option<&mut List> {
        if layout.align() > GRAIN {
            return None;
        }
        self.lists.get_mut(class(layout.size()))
    }

    #[inline(always)]
    fn take(&mut self, layout: Layout) -> Option<NonNull<u8>> {
        self.list(layout)?.pop()
    }

    /// Takes half as many blocks from the pool as the empty list of a layout may hold, and gives another; null if there is none.
    fn fill(&mut self, pool: &mut Pool, layout: Layout) -> *mut u8 {
        let Some(list) = self.list(layout) else {
            return super::take(pool, layout.size(), layout.align());
        };
        let (size, more) = (room(layout), list.most / 2);
        for _ in 0..more {
            let block = super::take(pool, size, 1);
            if block.is_null() {
                break;
            }
            list.push(block);
        }
        list.grow(layout);
        let block = super::take(pool, size, 1);
        match self.left.checked_sub(size * (1 + usize::from(more))) {
            Some(left) => self.left = left,
            None => self.give_back_idle(pool),
        }
        block
    }

    /// Gives the blocks back that were not needed since this was last done.
    #[cold]
    fn give_back_idle(&mut self, pool: &mut Pool) {
        let mut held = 0;
        for (class, list) in self.lists.iter_mut().enumerate() {
            list.give_back(pool, list.count - list.idle);
            list.idle = list.count;
            held += largest(class) * usize::from(list.count);
        }
        self.left = IDLE.max(held / 2);
    }

    /// Gives all blocks back.
    fn give_back(&mut self, pool: &mut Pool) {
        self.lists.iter_mut().for_each(|list| list.give_back(pool, 0));
    }
}

impl List {
    const fn new() -> Self {
        Self { first: ptr::null_mut(), count: 0, most: 1, idle: 0 }
    }

    #[inline(always)]
    fn push(&mut self, block: *mut u8) {
        // SAFETY: a free block holds at least one word, and is aligned to it.
        unsafe { block.cast::<*mut u8>().write(self.first) };
        self.first = block;
        self.count += 1;
    }

    #[inline(always)]
    fn pop(&mut self) -> Option<NonNull<u8>> {
        let block = NonNull::new(self.first)?;
        // SAFETY: `push` wrote it.
        self.first = unsafe { block.cast::<*mut u8>().read() };
        self.count -= 1;
        self.idle = self.idle.min(self.count);
        Some(block)
    }

    /// Lets it hold twice as many blocks; says whether it may.
    fn grow(&mut self, layout: Layout) -> bool {
        let limit = (LIST / room(layout)).clamp(2, BLOCKS) as u16;
        let may_grow = self.most < limit;
        self.most = limit.min(2 * self.most);
        may_grow
    }

    /// Lets a list that is full hold more, or gives half of it back.
    #[cold]
    fn relieve(&mut self, layout: Layout) {
        if !self.grow(layout) {
            self.give_back(&mut POOL.lock(), self.count / 2);
        }
    }

    /// Gives all blocks but so many back.
    fn give_back(&mut self, pool: &mut Pool, kept: u16) {
        while self.count > kept
            && let Some(block) = self.pop()
        {
            super::give_back(pool, block.as_ptr());
        }
    }
}

/// Gives the class of a size; it has a list unless the size is more than [`MOST`].
#[inline(always)]
const fn class(size: usize) -> usize {
    if size <= LINEAR {
        return (size + WORD).div_ceil(GRAIN).saturating_sub(SMALLEST / GRAIN);
    }
    let log = (size - 1).ilog2();
    let step = ((size - 1) >> (log - STEPS.ilog2())) % STEPS;
    GRAINS + STEPS * (log - LINEAR.ilog2()) as usize + step
}

/// Gives the largest size of a class.
const fn largest(class: usize) -> usize {
    match class.checked_sub(GRAINS) {
        None => GRAIN * class + SMALLEST - WORD,
        Some(above) => {
            (STEPS + above % STEPS + 1) << (LINEAR.ilog2() as usize + above / STEPS - STEPS.ilog2() as usize)
        }
    }
}

/// Gives the size that a block of the pool with this layout has room for.
const fn room(layout: Layout) -> usize {
    let (size, class) = (layout.size(), class(layout.size()));
    if layout.align() <= GRAIN && class < CLASSES { largest(class) } else { size }
}

/// Gives what the running thread has.
#[cfg(not(test))]
#[inline(always)]
fn own() -> &'static Own {
    crate::thread::own_heap()
}

/// Unit tests run in a program of another runtime.
#[cfg(test)]
fn own() -> &'static Own {
    std::thread_local! {
        static OWN: &'static Own = Box::leak(Box::new(Own::new()));
    }
    OWN.with(|own| *own)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A block of this many bytes.
    struct Block(*mut u8, Layout);

    impl Block {
        fn new(size: usize) -> Self {
            let layout = Layout::from_size_align(size, 1).unwrap();
            let block = take(layout);
            assert!(!block.is_null());
            Self(block, layout)
        }
    }

    impl Drop for Block {
        fn drop(&mut self) {
            // SAFETY: a block of this layout, which ends with this.
            unsafe { give_back(self.0, self.1) };
        }
    }

    /// Gives the bytes that a new thread's lists hold after this work.
    fn held_after(work: fn()) -> usize {
        let thread = std::thread::spawn(move || {
            work();
            // SAFETY: the thread's own, which nobody else uses meanwhile.
            let cache = unsafe { own().0.get().as_ref() }.unwrap();
            let bytes = |(class, list): (usize, &List)| largest(class) * usize::from(list.count);
            cache.lists.iter().enumerate().map(bytes).sum()
        });
        thread.join().unwrap()
    }

    #[test]
    fn what_is_needed_no_more_goes_back() {
        // As a text grows: each block is taken before the one in front of it is given back.
        fn work() {
            let sizes: Vec<usize> = (40..8192).step_by(40).collect();
            let mut last = Block::new(1);
            for size in sizes {
                last = Block::new(size.max(last.1.size()));
            }
        }
        let held = held_after(work);
        assert!(held < 3 * IDLE, "{held}");
    }

    #[test]
    fn what_is_needed_again_stays() {
        // Blocks of one size come and go all the time, others once.
        fn work() {
            for size in (1024..MOST).step_by(64) {
                let blocks: [Block; 100] = array::from_fn(|_| Block::new(100));
                drop(Block::new(size));
                drop(blocks);
            }
        }
        assert!(held_after(work) >= 100 * 100);
    }
}
