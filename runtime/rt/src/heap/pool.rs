//! Blocks of a few bytes to a few pages, cut out of regions of memory: two-level segregated fit (Masmano, Ripoll
//! et al., "TLSF: a new dynamic memory allocator for real-time systems", 2004), with every step in constant time.
//!
//! # Layout
//! A region is a row of blocks. A block begins with one word, its size in bytes with flags in the low bits, and
//! what is handed out follows; so the next block's word is found by adding the size. The words lie at
//! 8 modulo 16, what is handed out at 0 modulo 16. A free block also holds its links in the list of its size
//! class, and its size again in its last word, where the next block finds it.
//!
//! The last block of a region is its *top*: the part that was never handed out, or has come back and not been
//! touched since. Its word says size 0. Memory comes from there only if no list has any, and what is freed below
//! the top falls back to it, so that a program touches no more pages than it needs at once.

use core::ptr;

use super::LARGEST;

/// Bytes in a word.
pub(super) const WORD: usize = size_of::<usize>();
/// What sizes and the places of what is handed out are multiples of.
pub(super) const GRAIN: usize = 16;
/// The smallest block: its word, two links, its size again.
pub(super) const SMALLEST: usize = 32;

/// This block is free.
const FREE: usize = 1;
/// The block in front of this one is free.
const FREE_BEFORE: usize = 2;
/// All flags.
const FLAGS: usize = GRAIN - 1;

/// Size classes between two powers of two.
const STEPS: usize = 8;
const STEPS_LOG: u32 = STEPS.ilog2();
/// Below this size the classes are one grain apart.
const LINEAR: usize = STEPS * GRAIN;
/// Whether the sizes that are asked for are few, so that a block which came back may be what is asked for next.
const SAME_AGAIN: bool = cfg!(feature = "caches");
/// Powers of two with classes of their own, more than a request of the largest size at the largest alignment needs; the last
/// holds every larger size too.
const POWERS: usize = (LARGEST.ilog2() - LINEAR.ilog2()) as usize + 6;

/// The free blocks by size class, and the top they come from.
pub(super) struct Pool {
    /// Bit p: some list of power p is not empty.
    powers: u32,
    /// Bit s of entry p: the list of step s is not empty.
    steps: [u8; POWERS],
    /// The first free block of each class, 0 for none.
    lists: [[usize; STEPS]; POWERS],
    /// The word of the top block.
    top: usize,
    /// Where the region of the top ends.
    end: usize,
    /// The highest place the top has had.
    high: usize,
    /// The first block of a region in which nothing was in use when this was noted, 0 for none; the region stays.
    spare: usize,
}

impl Pool {
    pub(super) const fn new() -> Self {
        Self { powers: 0, steps: [0; POWERS], lists: [[0; STEPS]; POWERS], top: 0, end: 0, high: 0, spare: 0 }
    }

    /// Makes a region the one from which new memory comes; what is left of the former becomes a free block.
    ///
    /// # Safety
    /// The region is writable, nobody else's, and stays. `start` is a multiple of the grain.
    pub(super) unsafe fn add_region(&mut self, start: usize, length: usize) {
        let block = core::mem::take(&mut self.top);
        let left = self.end.saturating_sub(block + WORD);
        if block != 0 && left >= SMALLEST {
            // A word of size 0 that is not the top: the end of a region, never free.
            store(block + left, 0);
            store(block, left);
            self.release(block);
        }
        self.end = (start + length) & !FLAGS;
        self.high = start;
        self.set_top(start + GRAIN - WORD);
    }

    /// Says whether there has not been a region yet.
    pub(super) const fn is_new(&self) -> bool {
        self.end == 0
    }

    /// Gives the bytes that the top has fallen by since it was highest: where they begin, and how many. They count as never touched from now on, so the caller may drop their contents.
    pub(super) fn drop_idle(&mut self) -> (usize, usize) {
        let (start, length) = (self.top + WORD, self.idle());
        self.high = self.top;
        (start, length)
    }

    /// Says how many bytes behind the top have been in use.
    pub(super) const fn idle(&self) -> usize {
        self.high - self.top
    }

    /// Gives the address of `size` bytes at a multiple of `align`, none if a new region is needed.
    pub(super) fn take(&mut self, size: usize, align: usize) -> Option<usize> {
        let need = block_size(size);
        if align <= GRAIN {
            return self.find(need).map(|block| self.hand_out(block, need));
        }
        // Room to step forward to the alignment, and to leave a whole block in front.
        let block = self.find(need + align + SMALLEST)?;
        let mut place = (block + WORD).next_multiple_of(align);
        if place != block + WORD && place - (block + WORD) < SMALLEST {
            place += align;
        }
        let gap = place - (block + WORD);
        if gap != 0 {
            self.cut(block, gap);
            self.release(block);
        }
        Some(self.hand_out(place - WORD, need))
    }

    /// Takes back what [`Pool::take`] gave. If then nothing is in use any more in its region of `length` bytes, that is kept for the
    /// next need, as the top's always is; gives the start of the one that was kept before, of which the pool knows nothing then.
    pub(super) fn give_back(&mut self, address: usize, length: usize) -> Option<usize> {
        let block = self.release(address - WORD);
        // Nothing that is taken is as long, and of the top the word is 0. The last grain is no block where it alone was left when
        // the next region came.
        let is_whole = |block| load(block) >= length - 2 * GRAIN;
        if !is_whole(block) {
            return None;
        }
        let spare = core::mem::replace(&mut self.spare, block);
        if spare == 0 || spare == block || !is_whole(spare) {
            return None;
        }
        self.unlink(spare);
        Some(spare + WORD - GRAIN)
    }

    /// Makes what was given `size` bytes long without moving it; says whether that was possible.
    pub(super) fn resize(&mut self, address: usize, size: usize) -> bool {
        let (block, need) = (address - WORD, block_size(size));
        let here = block_bytes(block);
        if need <= here {
            self.trim(block, need);
            return true;
        }
        let next = block + here;
        if next == self.top && block + need + WORD <= self.end {
            let flags = load(block) & FLAGS;
            self.set_top(block + need);
            store(block, need | flags);
            return true;
        }
        if load(next) & FREE == 0 || here + block_bytes(next) < need {
            return false;
        }
        self.unlink(next);
        self.join(block, next);
        self.trim(block, need);
        true
    }

    /// Finds a block of at least `need` bytes, in no list and marked as taken.
    fn find(&mut self, need: usize) -> Option<usize> {
        if let Some(block) = self.first_of_at_least(need) {
            self.unlink(block);
            store(block, load(block) & !FREE);
            let next = block + block_bytes(block);
            store(next, load(next) & !FREE_BEFORE);
            return Some(block);
        }
        if self.end - self.top < need + WORD {
            return None;
        }
        let block = self.top;
        self.set_top(block + need);
        store(block, need);
        Some(block)
    }

    /// Looks for a free block: the first of the class into which blocks of this size fall, since it may be one of just this
    /// size, then in the classes all of whose blocks are large enough.
    fn first_of_at_least(&self, need: usize) -> Option<usize> {
        let (power, step) = class(need);
        let first = self.lists[power][step];
        if SAME_AGAIN && first != 0 && block_bytes(first) >= need {
            return Some(first);
        }
        let rounded = if need < LINEAR { need } else { need + (1 << (need.ilog2() - STEPS_LOG)) - 1 };
        let (power, step) = class(rounded);
        let steps = self.steps[power] & (!0 << step);
        if steps != 0 {
            return Some(self.lists[power][steps.trailing_zeros() as usize]);
        }
        let powers = self.powers & (!0_u32).checked_shl(power as u32 + 1)?;
        if powers == 0 {
            return None;
        }
        let power = powers.trailing_zeros() as usize;
        Some(self.lists[power][self.steps[power].trailing_zeros() as usize])
    }

    /// Gives a found block out, without what it has beyond `need`.
    fn hand_out(&mut self, block: usize, need: usize) -> usize {
        self.trim(block, need);
        block + WORD
    }

    /// Cuts a taken block down to `need` bytes and frees the rest, if the rest makes a block.
    fn trim(&mut self, block: usize, need: usize) {
        if block_bytes(block) - need >= SMALLEST {
            let rest = self.cut(block, need);
            self.release(rest);
        }
    }

    /// Cuts a taken block in two after `size` bytes; gives the second, taken as well.
    fn cut(&mut self, block: usize, size: usize) -> usize {
        let (word, rest) = (load(block), block + size);
        store(rest, (word & !FLAGS) - size);
        store(block, size | word & FLAGS);
        rest
    }

    /// Frees a taken block: joins it with free neighbours, and then puts it into its list, or back into the top. Gives where it
    /// begins now.
    fn release(&mut self, mut block: usize) -> usize {
        if load(block) & FREE_BEFORE != 0 {
            let before = block - load(block - WORD);
            self.unlink(before);
            store(before, load(before) & !FREE);
            self.join(before, block);
            block = before;
        }
        let mut next = block + block_bytes(block);
        if next != self.top && load(next) & FREE != 0 {
            self.unlink(next);
            self.join(block, next);
            next = block + block_bytes(block);
        }
        if next == self.top {
            self.set_top(block);
            return block;
        }
        store(block, load(block) | FREE);
        store(next - WORD, next - block);
        store(next, load(next) | FREE_BEFORE);
        self.link(block);
        block
    }

    /// Makes one block of two neighbours that are in no list.
    fn join(&mut self, block: usize, next: usize) {
        let size = block_bytes(block) + block_bytes(next);
        store(block, size | load(block) & FLAGS);
        let behind = block + size;
        store(behind, load(behind) & !FREE_BEFORE);
    }

    /// Moves the top. What lies in front of it is taken, since a free block there would be part of it.
    fn set_top(&mut self, top: usize) {
        store(top, 0);
        self.top = top;
        self.high = self.high.max(top);
    }

    /// Puts a free block into the list of its class.
    fn link(&mut self, block: usize) {
        let (power, step) = class(block_bytes(block));
        let next = self.lists[power][step];
        store(block + WORD, next);
        store(block + 2 * WORD, 0);
        if next != 0 {
            store(next + 2 * WORD, block);
        }
        self.lists[power][step] = block;
        self.steps[power] |= 1 << step;
        self.powers |= 1 << power;
    }

    /// Takes a free block out of its list.
    fn unlink(&mut self, block: usize) {
        let (next, before) = (load(block + WORD), load(block + 2 * WORD));
        if next != 0 {
            store(next + 2 * WORD, before);
        }
        if before != 0 {
            store(before + WORD, next);
            return;
        }
        let (power, step) = class(block_bytes(block));
        self.lists[power][step] = next;
        if next == 0 {
            self.steps[power] &= !(1 << step);
            if self.steps[power] == 0 {
                self.powers &= !(1 << power);
            }
        }
    }
}

/// Gives the size of the block for a request.
const fn block_size(size: usize) -> usize {
    let size = (size + WORD).next_multiple_of(GRAIN);
    if size < SMALLEST { SMALLEST } else { size }
}

/// Gives the size that a block's word says.
fn block_bytes(block: usize) -> usize {
    load(block) & !FLAGS
}

/// Gives the class whose sizes begin at or below this one: power and step.
fn class(size: usize) -> (usize, usize) {
    if size < LINEAR {
        return (0, size / GRAIN);
    }
    let log = size.ilog2();
    let power = (log - LINEAR.ilog2() + 1) as usize;
    if power >= POWERS {
        return (POWERS - 1, STEPS - 1);
    }
    (power, (size >> (log - STEPS_LOG)) & (STEPS - 1))
}

/// Reads a word of a region.
fn load(address: usize) -> usize {
    // SAFETY: the pool computes addresses within its regions only, and holds them alone.
    unsafe { ptr::with_exposed_provenance::<usize>(address).read() }
}

/// Writes a word of a region.
fn store(address: usize, word: usize) {
    // SAFETY: as for `load`.
    unsafe { ptr::with_exposed_provenance_mut::<usize>(address).write(word) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// More bytes than a region of these tests has, so that none is dropped.
    const MANY: usize = 1 << 30;

    /// A source of numbers that is the same in every run.
    struct Numbers(u64);

    impl Numbers {
        fn below(&mut self, limit: usize) -> usize {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) as usize % limit
        }
    }

    /// Leaks a region of this many bytes.
    fn region(length: usize) -> usize {
        Vec::leak(vec![0_u128; length / 16]).as_mut_ptr().expose_provenance()
    }

    /// Walks a region from its first block to the word of size 0, and checks the flags.
    fn check(start: usize) {
        let (mut block, mut free_before) = (start + GRAIN - WORD, false);
        loop {
            let word = load(block);
            assert_eq!(word & FREE_BEFORE != 0, free_before, "flag of {block:#x}");
            if word & !FLAGS == 0 {
                return;
            }
            let free = word & FREE != 0;
            assert!(!(free && free_before), "two free blocks touch");
            block += word & !FLAGS;
            assert!(!free || load(block - WORD) == word & !FLAGS);
            free_before = free;
        }
    }

    #[test]
    fn blocks_never_overlap_and_all_memory_comes_back() {
        let mut numbers = Numbers(7);
        let mut pool = Pool::new();
        let starts = [region(1 << 16), region(1 << 20)];
        // SAFETY: leaked for the pool.
        unsafe { pool.add_region(starts[0], 1 << 16) };
        let mut second = false;
        let mut taken: Vec<(usize, usize, u8)> = Vec::new();
        let fill = |(at, size, tag): (usize, usize, u8)| {
            // SAFETY: the pool gave it.
            unsafe { ptr::with_exposed_provenance_mut::<u8>(at).write_bytes(tag, size) };
        };
        let intact = |(at, size, tag): (usize, usize, u8)| {
            // SAFETY: the pool gave it.
            let bytes = unsafe { core::slice::from_raw_parts(ptr::with_exposed_provenance::<u8>(at), size) };
            assert!(bytes.iter().all(|&byte| byte == tag), "{size} bytes at {at:#x} changed");
        };
        for turn in 0..60_000 {
            let full = taken.len() > 300 || turn > 50_000 && !taken.is_empty();
            match numbers.below(3) {
                0 if !taken.is_empty() => {
                    let at = numbers.below(taken.len());
                    let size = numbers.below(3000);
                    let (address, old, tag) = taken[at];
                    if pool.resize(address, size) {
                        intact((address, old.min(size), tag));
                        taken[at].1 = size;
                        fill(taken[at]);
                    }
                }
                1 if !full => {
                    let size = [numbers.below(64), numbers.below(600), numbers.below(9000)][numbers.below(3)];
                    let align = 1 << [0, 3, 4, 5, 8, 12][numbers.below(6)];
                    let address = match pool.take(size, align) {
                        Some(address) => address,
                        None => {
                            assert!(!second, "a megabyte is enough");
                            // SAFETY: as above.
                            unsafe { pool.add_region(starts[1], 1 << 20) };
                            second = true;
                            continue;
                        }
                    };
                    assert_eq!(address % align.max(GRAIN), 0);
                    taken.push((address, size, turn as u8));
                    fill(taken[taken.len() - 1]);
                }
                _ if !taken.is_empty() => {
                    let block = taken.swap_remove(numbers.below(taken.len()));
                    intact(block);
                    assert_eq!(pool.give_back(block.0, MANY), None);
                }
                _ => {}
            }
            if turn % 64 == 0 {
                starts.into_iter().take(1 + usize::from(second)).for_each(check);
            }
        }
        assert!(second);
        taken.drain(..).for_each(|(address, ..)| assert_eq!(pool.give_back(address, MANY), None));
        assert_eq!(pool.top, starts[1] + GRAIN - WORD, "the region is whole again");
        assert_eq!(load(starts[0] + GRAIN - WORD) & FREE, FREE);
        assert_eq!(block_bytes(starts[0] + GRAIN - WORD), (1 << 16) - 16);
    }

    #[test]
    fn what_was_freed_last_is_untouched_space_again() {
        let mut pool = Pool::new();
        let start = region(1 << 16);
        // SAFETY: leaked for the pool.
        unsafe { pool.add_region(start, 1 << 16) };
        let first = pool.take(100, 1).unwrap();
        let big = pool.take(40_000, 1).unwrap();
        assert_eq!((first, big), (start + 16, start + 16 + 112));
        pool.give_back(big, MANY);
        assert_eq!(pool.idle(), block_size(40_000));
        let (from, length) = pool.drop_idle();
        assert_eq!((from, length, pool.idle()), (big, block_size(40_000), 0));
        assert_eq!(pool.take(65_500, 1), None, "more than the region has left");
        assert_eq!(pool.take(10, 1), Some(big));
    }

    #[test]
    fn growing_at_the_top_stays_in_place() {
        let mut pool = Pool::new();
        let start = region(1 << 16);
        // SAFETY: leaked for the pool.
        unsafe { pool.add_region(start, 1 << 16) };
        let only = pool.take(10, 1).unwrap();
        assert!([100, 1000, 60_000].into_iter().all(|size| pool.resize(only, size)));
        assert!(!pool.resize(only, 1 << 16));
        let next = pool.take(10, 1).unwrap();
        assert!(!pool.resize(only, 61_000), "somebody is in the way");
        assert!(pool.resize(only, 20));
        pool.give_back(next, MANY);
        pool.give_back(only, MANY);
        assert_eq!(pool.top, start + GRAIN - WORD);
    }

    #[test]
    fn of_regions_with_nothing_in_use_one_is_kept() {
        const LENGTH: usize = 1 << 20;
        let mut pool = Pool::new();
        let mut regions: [Vec<usize>; 5] = Default::default();
        for taken in &mut regions {
            // SAFETY: leaked for the pool.
            unsafe { pool.add_region(region(LENGTH), LENGTH) };
            while let Some(block) = pool.take(5000, 1) {
                taken.push(block);
            }
        }
        let [one, two, mut used, three, top] = regions;
        let last = used.pop().unwrap();
        let start = one[0] - GRAIN;
        let mut dropped = Vec::new();
        // That one region has much that is free, but not all, changes nothing for the others.
        for block in one.into_iter().chain(used).chain(three).chain(top) {
            dropped.extend(pool.give_back(block, LENGTH));
        }
        assert_eq!(dropped, [start], "the second is kept, and the top's");
        // What is kept is used for the next need, and kept again, until another one is free.
        let all: Vec<_> = std::iter::from_fn(|| pool.take(60_000, 1)).collect();
        assert!(all.len() > 40);
        let dropped: Vec<_> = all
            .into_iter()
            .chain(two)
            .chain([last])
            .filter_map(|block| pool.give_back(block, LENGTH))
            .collect();
        assert_eq!(dropped.len(), 2);
    }
}
