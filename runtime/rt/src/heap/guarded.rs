//! A heap that finds mistakes: blocks used after they were given back, given back twice or with another layout, and written
//! beyond their ends. It ends the program with a line that names the block.
//!
//! ```text
//! heap: block 17 (24 bytes at 0x7f8a6c5fefe0) was used after it was given back: 8 bytes into it
//! ```
//!
//! A program has it by `program!(main, spelunk::rt::heap::Guarded)` instead of `program!(main)`. The number counts blocks from
//! the start of the program, and so is the same in the next run of a program with one thread.
//!
//! Each block has pages of its own, at the end of which it lies, and behind them one that nobody may touch. When it is given back its
//! pages are out of bounds, until [`KEPT`] others have been given back. What lies between the block and its page's ends is filled, and looked
//! at when it is given back. So a block costs two pages and some microseconds; before Linux 6.13 also two mappings, of which the kernel
//! allows 65,530 (`vm.max_map_count`): of more than 32,000 blocks at a time a line on standard error says so.

use core::alloc::{GlobalAlloc, Layout};
use core::fmt;
use core::ptr;
use core::slice;
use core::time::Duration;

use linux::signal::{Interrupt, Interruption, Origin, Signal};
use linux::time;
use linux::{Errno, mem};

use super::{bounds, map_anywhere, pages};
use crate::former::Former;
use crate::sync::{Mutex, MutexGuard};
use crate::{auxv, panic};

/// How many blocks that were given back are remembered.
const KEPT: usize = 2048;
/// What new blocks and the room around them are filled with.
const FILL: u8 = 0xa5;
/// Bytes in front of a block that are looked at.
const BEFORE: usize = 32;
/// Where a block lies in its pages, at least.
const HEAD: usize = size_of::<Block>() + BEFORE;

/// The global allocator that finds mistakes.
#[derive(Debug, Default)]
pub struct Guarded;

/// One block; stands at the start of its first page while it is in use.
#[derive(Clone, Copy)]
struct Block {
    /// How many there were before it, and one.
    number: usize,
    /// Its first byte.
    place: usize,
    size: usize,
    align: usize,
    /// The first byte of its mapping.
    base: usize,
    /// Bytes of its mapping, with what is out of bounds at its end.
    length: usize,
    /// The block that was taken after it, if that is in use; the address of its head.
    younger: usize,
    /// The one that was taken before it.
    older: usize,
}

/// What is known of all blocks.
struct Known {
    /// How many there were.
    count: usize,
    /// The head of the youngest that is in use.
    youngest: usize,
    /// Those that were given back, over and over from the first place on.
    gone: [Option<Block>; KEPT],
    /// How many were given back.
    given: usize,
    /// How many are in use.
    living: usize,
    /// Whether the kernel's limit has been named.
    told: bool,
}

/// Who handled faults before, and does so if they are not the heap's.
static FORMER: Former = Former::new();

static KNOWN: Mutex<Known> = Mutex::new(Known {
    count: 0,
    youngest: 0,
    gone: [const { None }; KEPT],
    given: 0,
    living: 0,
    told: false,
});

/// A block, as messages begin: what is wrong with it follows.
struct Named<'a>(&'a Block);

impl fmt::Display for Named<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Block { number, size, place, .. } = self.0;
        write!(formatter, "heap: block {number} ({size} bytes at {place:#x})")
    }
}

/// What is found wrong with a block when it is given back.
enum Fault {
    Layout(Layout),
    Before,
    Behind,
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Layout(layout) => {
                let (size, align) = (layout.size(), layout.align());
                write!(formatter, "was given back as one of {size} bytes, aligned to {align}")
            }
            Self::Before => formatter.write_str("was written to in front of its start"),
            Self::Behind => formatter.write_str("was written to behind its end"),
        }
    }
}

// SAFETY: each block has pages of its own, aligned as asked.
unsafe impl GlobalAlloc for Guarded {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let block = take(layout).unwrap_or(ptr::null_mut());
        if !block.is_null() {
            // SAFETY: the block has that many bytes.
            unsafe { block.write_bytes(FILL, layout.size()) };
        }
        block
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        take(layout).unwrap_or(ptr::null_mut())
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let place = block.addr();
        let mut known = KNOWN.lock();
        if let Some(gone) = known.gone(|gone| gone.place == place) {
            panic::fail(format_args!("{} was given back twice", Named(&gone)));
        }
        let Some(found) = at(place).unwrap_or_else(|| known.beginning(place)) else {
            panic::fail(format_args!("heap: what was given back at {place:#x} is no block"));
        };
        if let Some(fault) = found.fault(layout) {
            panic::fail(format_args!("{} {fault}", Named(&found)));
        }
        known.give_back(&found);
    }
}

/// Takes a block of zeros; none if memory is refused.
fn take(layout: Layout) -> Option<*mut u8> {
    let (page, size, align) = (auxv::page_size(), layout.size(), layout.align());
    let room = size.checked_next_multiple_of(align.min(page))?;
    // A multiple of more than a page lies somewhere in a longer mapping.
    let excess = if align > page { align } else { 0 };
    let front = pages(HEAD.checked_add(room)?) - room;
    let length = front.checked_add(room)?.checked_add(excess)?.checked_add(page)?;
    let base = map_anywhere(length);
    if base.is_null() {
        KNOWN.lock().refused(Errno::NOMEM);
        return None;
    }
    let place = (base.expose_provenance() + front).next_multiple_of(align);
    let block = base.wrapping_add(place - base.addr());
    let end = base.addr() + length;
    // SAFETY: the upper part of the mapping, which nobody uses.
    if let Err(errno) = unsafe { bounds::close(block.wrapping_add(room), end - place - room) } {
        // SAFETY: nobody uses it.
        let _ = unsafe { mem::munmap(base, length) };
        KNOWN.lock().refused(errno);
        return None;
    }
    // SAFETY: between the head and the block.
    unsafe { block.wrapping_sub(BEFORE).write_bytes(FILL, BEFORE) };
    // SAFETY: between the block and what is out of bounds.
    unsafe { block.wrapping_add(size).write_bytes(FILL, room - size) };
    KNOWN.lock().add(Block {
        number: 0,
        place,
        size,
        align,
        base: base.addr(),
        length,
        younger: 0,
        older: 0,
    });
    Some(block)
}

/// Gives the head of the block that begins there.
fn head(place: usize) -> usize {
    (place - HEAD) & !(auxv::page_size() - 1)
}

/// Gives the block that begins there, if one does; nothing at all if the kernel, in a sandbox, does not say what can be read.
fn at(place: usize) -> Option<Option<Block>> {
    let head = head(place.max(HEAD));
    if !mem::readable(head)? {
        return Some(None);
    }
    // SAFETY: the kernel has just read there, and it is numbers, whatever they mean.
    let block = unsafe { ptr::with_exposed_provenance::<Block>(head).read() };
    Some((block.place == place && block.base <= head).then_some(block))
}

/// Changes the head of a block in use; does nothing for address 0.
fn change(head: usize, with: impl FnOnce(&mut Block)) {
    // SAFETY: heads stay as long as their blocks are in use; the caller holds the lock, and no other reference.
    if let Some(block) = unsafe { ptr::with_exposed_provenance_mut::<Block>(head).as_mut() } {
        with(block);
    }
}

impl Block {
    /// Says what is wrong with a block that is given back with this layout.
    fn fault(&self, layout: Layout) -> Option<Fault> {
        if (layout.size(), layout.align()) != (self.size, self.align) {
            return Some(Fault::Layout(layout));
        }
        let filled = |from: usize, to: usize| {
            let from = ptr::with_exposed_provenance::<u8>(from);
            // SAFETY: within the block's pages, which are there until it is given back.
            unsafe { slice::from_raw_parts(from, to - from.addr()) }.iter().all(|byte| *byte == FILL)
        };
        let end = self.place + self.size;
        if !filled(self.place - BEFORE, self.place) {
            return Some(Fault::Before);
        }
        (!filled(end, end.next_multiple_of(self.align.min(auxv::page_size())))).then_some(Fault::Behind)
    }

    fn covers(&self, address: usize) -> bool {
        (self.base..self.base + self.length).contains(&address)
    }
}

impl Known {
    /// Adds a block that has just been taken.
    fn add(&mut self, block: Block) {
        if self.count == 0 {
            // Without handler the program ends all the same, without the line.
            // SAFETY: the handler makes system calls, and ends the program or leaves it to others.
            let _ = unsafe { FORMER.catch::<Touched>(&[Signal::SEGV]) };
        }
        self.count += 1;
        self.living += 1;
        let (head, older) = (head(block.place), self.youngest);
        let block = Block { number: self.count, older, ..block };
        // SAFETY: the room in front of the block is for it.
        unsafe { ptr::with_exposed_provenance_mut::<Block>(head).write(block) };
        change(older, |older| older.younger = head);
        self.youngest = head;
    }

    /// Names the kernel's limit, once, if memory was refused because of it: the program may live without the block.
    fn refused(&mut self, errno: Errno) {
        let Some(limit) =
            bounds::limit().filter(|limit| errno == Errno::NOMEM && !self.told && self.living > limit / 4)
        else {
            return;
        };
        self.told = true;
        let living = self.living;
        panic::tell(format_args!(
            "heap: {living} blocks are in use, two mappings each, and vm.max_map_count allows {limit}"
        ));
    }

    /// Puts a block out of bounds, and forgets the one that has been so for longest.
    fn give_back(&mut self, block: &Block) {
        change(block.younger, |younger| younger.older = block.older);
        change(block.older, |older| older.younger = block.younger);
        if block.younger == 0 {
            self.youngest = block.older;
        }
        self.living -= 1;
        let base = ptr::with_exposed_provenance_mut(block.base);
        // If it is refused, uses are not seen, but that it is given back twice.
        // SAFETY: the block's own pages, which nobody may use any more.
        let _ = unsafe { bounds::close_used(base, block.length) };
        let Some(place) = self.gone.get_mut(self.given % KEPT) else { return };
        self.given += 1;
        if let Some(oldest) = place.replace(*block) {
            // SAFETY: nobody may use it any more.
            let _ = unsafe { mem::munmap(ptr::with_exposed_provenance_mut(oldest.base), oldest.length) };
        }
    }

    /// Gives the block given back of which this is true.
    fn gone(&self, is_it: impl Fn(&Block) -> bool) -> Option<Block> {
        self.gone.iter().flatten().find(|block| is_it(block)).copied()
    }

    /// Gives the block in use whose pages an address is in.
    fn living(&self, address: usize) -> Option<Block> {
        self.in_use(|block| block.covers(address))
    }

    /// Gives the block in use that begins there.
    fn beginning(&self, place: usize) -> Option<Block> {
        self.in_use(|block| block.place == place)
    }

    /// Gives the block in use of which this is true.
    fn in_use(&self, is_it: impl Fn(&Block) -> bool) -> Option<Block> {
        let mut head = self.youngest;
        // SAFETY: heads stay as long as their blocks are in use, which the lock keeps as it is.
        while let Some(block) = unsafe { ptr::with_exposed_provenance::<Block>(head).as_ref() } {
            if is_it(block) {
                return Some(*block);
            }
            head = block.older;
        }
        None
    }
}

/// How often a handler looks whether the lock is free: for as many milliseconds.
const LOOKS: u32 = 200;

/// Takes the lock in a handler: another thread lets go of it soon, while one that this very thread holds stays locked.
fn known() -> Option<MutexGuard<'static, Known>> {
    (0..LOOKS).find_map(|_| {
        let known = KNOWN.try_lock();
        if known.is_none() {
            time::sleep(Duration::from_millis(1));
        }
        known
    })
}

/// Explains a touch of what is out of bounds.
struct Touched;

impl Interrupt for Touched {
    fn handle(interruption: &mut Interruption<'_>) {
        if let (Origin::Fault(address), Some(known)) = (interruption.origin, known()) {
            if let Some(gone) = known.gone(|gone| gone.covers(address)) {
                let into = address.wrapping_sub(gone.place).cast_signed();
                panic::fail(format_args!(
                    "{} was used after it was given back: {into} bytes into it",
                    Named(&gone)
                ));
            }
            if let Some(block) = known.living(address) {
                let behind = address.wrapping_sub(block.place + block.size);
                panic::fail(format_args!(
                    "{} was used beyond its end: {behind} bytes behind it",
                    Named(&block)
                ));
            }
        }
        // Not the heap's: what would have been done is done.
        FORMER.pass_on(interruption);
    }
}
