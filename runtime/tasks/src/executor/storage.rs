//! Where tasks lie: on the heap, or in memory that the program set aside.

use alloc::alloc::{alloc, dealloc};
use alloc::boxed::Box;
use core::alloc::Layout;
use core::cell::UnsafeCell;
use core::fmt;
use core::mem::MaybeUninit;
use core::ptr::NonNull;
use core::sync::atomic::{AtomicBool, Ordering};

use linux::{Errno, Result};

use super::hub::Hub;

/// Gives and takes the memory of tasks, from any thread: an [`Arena`]; the heap's is this crate's own.
///
/// # Safety
/// What `take` gives has the layout and is nobody else's until it is given back; the hub lives until it is released.
pub unsafe trait Storage: Sync {
    /// Gives memory for a task; none if there is none.
    fn take(&'static self, layout: Layout) -> Option<NonNull<u8>>;

    /// Takes it back.
    ///
    /// # Safety
    /// `take` gave it for this layout, and nobody uses it any more.
    unsafe fn give_back(&'static self, memory: NonNull<u8>, layout: Layout);

    /// Gives the hub of an executor whose tasks will lie here.
    ///
    /// # Errors
    /// `BUSY` if this storage serves one executor, which runs; `NOMEM`.
    #[doc(hidden)]
    fn hub(&'static self) -> Result<NonNull<Hub>>;

    /// Hears that the executor with this hub has ended.
    #[doc(hidden)]
    fn ended(&'static self) {}
}

/// The program's allocator.
#[derive(Debug)]
pub(super) struct Heap;

// SAFETY: as the allocator; the hub is a box that its last user frees.
unsafe impl Storage for Heap {
    fn take(&'static self, layout: Layout) -> Option<NonNull<u8>> {
        // SAFETY: tasks have a header, so that their size is not zero.
        NonNull::new(unsafe { alloc(layout) })
    }

    unsafe fn give_back(&'static self, memory: NonNull<u8>, layout: Layout) {
        // SAFETY: as the caller says.
        unsafe { dealloc(memory.as_ptr(), layout) };
    }

    fn hub(&'static self) -> Result<NonNull<Hub>> {
        let hub = Box::into_raw(Box::new(Hub::new(self, false)));
        NonNull::new(hub).ok_or(Errno::NOMEM)
    }
}

/// Room for `COUNT` tasks of at most `BYTES` bytes each, for programs without an allocator; a static.
///
/// A task takes the size of its future, plus [`Arena::HEADER`]. It serves one executor at a time.
///
/// ```
/// static ROOM: spelunk_tasks::Arena<512, 16> = spelunk_tasks::Arena::new();
/// ```
pub struct Arena<const BYTES: usize, const COUNT: usize> {
    slots: [Slot<BYTES>; COUNT],
    hub: UnsafeCell<MaybeUninit<Hub>>,
    is_made: AtomicBool,
    is_busy: AtomicBool,
}

#[repr(C, align(16))]
struct Slot<const BYTES: usize> {
    bytes: UnsafeCell<MaybeUninit<[u8; BYTES]>>,
    is_taken: AtomicBool,
}

impl<const BYTES: usize> Slot<BYTES> {
    const fn new() -> Self {
        Self { bytes: UnsafeCell::new(MaybeUninit::uninit()), is_taken: AtomicBool::new(false) }
    }
}

// SAFETY: a slot is touched by who has taken it; the hub is made once, by who has set `is_busy`, and is `Sync`.
unsafe impl<const BYTES: usize, const COUNT: usize> Sync for Arena<BYTES, COUNT> {}

impl<const BYTES: usize, const COUNT: usize> Arena<BYTES, COUNT> {
    /// How many bytes a task takes beside its future.
    pub const HEADER: usize = size_of::<super::task::Header>();

    /// Makes room.
    #[expect(clippy::new_without_default, reason = "it is for statics")]
    pub const fn new() -> Self {
        Self {
            slots: [const { Slot::new() }; COUNT],
            hub: UnsafeCell::new(MaybeUninit::uninit()),
            is_made: AtomicBool::new(false),
            is_busy: AtomicBool::new(false),
        }
    }

    /// Gives how many tasks have room.
    pub fn free(&self) -> usize {
        self.slots.iter().filter(|slot| !slot.is_taken.load(Ordering::Relaxed)).count()
    }
}

// SAFETY: a slot is given to one at a time, if the layout fits; the hub is never freed.
unsafe impl<const BYTES: usize, const COUNT: usize> Storage for Arena<BYTES, COUNT> {
    fn take(&'static self, layout: Layout) -> Option<NonNull<u8>> {
        if layout.size() > BYTES || layout.align() > align_of::<Slot<BYTES>>() {
            return None;
        }
        let free = |slot: &&Slot<BYTES>| !slot.is_taken.swap(true, Ordering::Acquire);
        let slot = self.slots.iter().find(free)?;
        NonNull::new(slot.bytes.get().cast())
    }

    unsafe fn give_back(&'static self, memory: NonNull<u8>, _layout: Layout) {
        let here = |slot: &&Slot<BYTES>| slot.bytes.get().cast::<u8>() == memory.as_ptr();
        if let Some(slot) = self.slots.iter().find(here) {
            slot.is_taken.store(false, Ordering::Release);
        }
    }

    fn hub(&'static self) -> Result<NonNull<Hub>> {
        if self.is_busy.swap(true, Ordering::Acquire) {
            return Err(Errno::BUSY);
        }
        let hub = self.hub.get().cast::<Hub>();
        if !self.is_made.load(Ordering::Relaxed) {
            // SAFETY: nobody has the hub, since this is the first executor and it is alone.
            unsafe { hub.write(Hub::new(self, true)) };
            self.is_made.store(true, Ordering::Relaxed);
        }
        NonNull::new(hub).ok_or(Errno::NOMEM)
    }

    fn ended(&'static self) {
        self.is_busy.store(false, Ordering::Release);
    }
}

impl<const BYTES: usize, const COUNT: usize> fmt::Debug for Arena<BYTES, COUNT> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Arena({} of {COUNT} free)", self.free())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arena_gives_what_it_has_and_no_more() {
        static ROOM: Arena<64, 2> = Arena::new();
        let layout = Layout::from_size_align(64, 16).unwrap();
        let (one, two) = (ROOM.take(layout).unwrap(), ROOM.take(layout).unwrap());
        assert!(one != two && one.addr().get() % 16 == 0 && ROOM.take(layout).is_none());
        // SAFETY: taken above, and not used.
        unsafe { ROOM.give_back(one, layout) };
        assert_eq!(ROOM.free(), 1);
        assert!(ROOM.take(Layout::from_size_align(65, 1).unwrap()).is_none(), "too long");
        assert!(ROOM.take(Layout::from_size_align(64, 32).unwrap()).is_none(), "too aligned");
        assert_eq!(ROOM.take(layout), Some(one));
    }

    #[test]
    fn an_arena_serves_one_executor_at_a_time() {
        static ROOM: Arena<64, 1> = Arena::new();
        let hub = ROOM.hub().unwrap();
        assert_eq!(ROOM.hub(), Err(Errno::BUSY));
        ROOM.ended();
        assert_eq!(ROOM.hub(), Ok(hub));
    }
}
