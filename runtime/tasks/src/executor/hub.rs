//! What wakers lead to: the tasks that are due, and the bell that ends the executor's sleep. The one part of an executor that
//! other threads touch, and that wakers keep when the executor is gone.

use alloc::boxed::Box;
use core::cell::Cell;
use core::mem::ManuallyDrop;
use core::ptr::{self, NonNull};
use core::sync::atomic::{AtomicBool, AtomicI32, AtomicPtr, AtomicUsize, Ordering};
use core::task::{RawWaker, RawWakerVTable, Waker};

use linux::Result;
use linux::fd::{BorrowedFd, OwnedFd};
use linux::poll::{EventFlags, eventfd, write_event};

use super::storage::Storage;
use super::task::Header;

/// No bell yet.
const NONE: i32 = -1;

/// What all wakers of an executor share.
pub struct Hub {
    /// The tasks that are due, the last one first; [`CLOSED`] when nobody will look again.
    due: AtomicPtr<Header>,
    /// Whether the future that the executor was started with is due.
    is_main_due: AtomicBool,
    /// Whether the executor sleeps in the kernel, or is about to: then the bell must be rung.
    pub(super) is_sleeping: AtomicBool,
    /// The descriptor of an eventfd.
    bell: AtomicI32,
    /// Tasks and wakers that lead here, and the executor; of a hub in static memory, nobody counts on it.
    references: AtomicUsize,
    /// The newest of the tasks that have not ended; the executor's thread alone looks at it.
    pub(super) newest: Cell<Option<NonNull<Header>>>,
    /// Where tasks lie.
    pub(super) storage: &'static dyn Storage,
    is_static: bool,
}

// SAFETY: other threads reach it through wakers, which touch what is atomic.
unsafe impl Sync for Hub {}

/// The address that stands in the place of the tasks that are due when nobody will look again.
pub(super) const CLOSED: usize = 1;

impl Hub {
    pub(super) const fn new(storage: &'static dyn Storage, is_static: bool) -> Self {
        Self {
            due: AtomicPtr::new(ptr::without_provenance_mut(CLOSED)),
            is_main_due: AtomicBool::new(false),
            is_sleeping: AtomicBool::new(false),
            bell: AtomicI32::new(NONE),
            references: AtomicUsize::new(1),
            newest: Cell::new(None),
            storage,
            is_static,
        }
    }

    /// Begins to take tasks that are due; makes the bell if there is none.
    pub(super) fn open(&self) -> Result<()> {
        if self.bell.load(Ordering::Relaxed) == NONE {
            let bell = eventfd(0, EventFlags::CLOSE_ON_EXEC | EventFlags::NONBLOCK)?;
            self.bell.store(bell.into_raw(), Ordering::Release);
        }
        self.is_main_due.store(true, Ordering::Relaxed);
        self.due.store(ptr::null_mut(), Ordering::Release);
        Ok(())
    }

    /// Takes no more; gives what was due.
    pub(super) fn close(&self) -> *mut Header {
        self.due.swap(ptr::without_provenance_mut(CLOSED), Ordering::AcqRel)
    }

    /// Gives the bell of an open hub.
    pub(super) fn bell(&self) -> BorrowedFd<'_> {
        // SAFETY: it stays open until the hub is gone.
        unsafe { BorrowedFd::from_raw(self.bell.load(Ordering::Acquire)) }
    }

    /// Adds a task to those that are due, and ends the executor's sleep; false if nobody will look again.
    pub(super) fn push(&self, task: NonNull<Header>) -> bool {
        let mut head = self.due.load(Ordering::Relaxed);
        loop {
            if head.addr() == CLOSED {
                return false;
            }
            // SAFETY: the caller holds the task for as long as it is in this list.
            unsafe { task.as_ref() }.next.store(head, Ordering::Relaxed);
            // Sequential: either the executor sees the task before it sleeps, or `ring` sees that it sleeps.
            match self.due.compare_exchange_weak(head, task.as_ptr(), Ordering::SeqCst, Ordering::Relaxed) {
                Ok(_) => break,
                Err(changed) => head = changed,
            }
        }
        self.ring();
        true
    }

    /// Takes all tasks that are due: a chain through their `next`, the last one first.
    pub(super) fn take_due(&self) -> *mut Header {
        if self.due.load(Ordering::Relaxed).is_null() {
            return ptr::null_mut();
        }
        self.due.swap(ptr::null_mut(), Ordering::Acquire)
    }

    /// Says whether the executor's own future is due, which it is no more afterwards.
    pub(super) fn take_main(&self) -> bool {
        self.is_main_due.load(Ordering::Relaxed) && self.is_main_due.swap(false, Ordering::Acquire)
    }

    /// Says whether anything is due.
    pub(super) fn is_due(&self) -> bool {
        !self.due.load(Ordering::SeqCst).is_null() || self.is_main_due.load(Ordering::SeqCst)
    }

    fn wake_main(&self) {
        self.is_main_due.swap(true, Ordering::SeqCst);
        self.ring();
    }

    fn ring(&self) {
        if self.is_sleeping.load(Ordering::SeqCst) && self.is_sleeping.swap(false, Ordering::SeqCst) {
            // It can fail for a count at its end alone: then it has rung.
            let _ = write_event(self.bell(), 1);
        }
    }

    /// Keeps the hub for one more.
    pub(super) fn acquire(&self) {
        if !self.is_static {
            add(&self.references);
        }
    }

    /// Lets go of the hub; the last one frees it.
    ///
    /// # Safety
    /// The caller has acquired it, and does not use it any more.
    pub(super) unsafe fn release(hub: NonNull<Self>) {
        // SAFETY: the caller holds it.
        let this = unsafe { hub.as_ref() };
        if !this.is_static && this.references.fetch_sub(1, Ordering::AcqRel) == 1 {
            // SAFETY: a hub that is not static was made by `Box`, and nobody has it any more.
            drop(unsafe { Box::from_raw(hub.as_ptr()) });
        }
    }

    /// Makes the waker of the executor's own future, without keeping the hub; clones keep it.
    pub(super) fn main_waker(&self) -> ManuallyDrop<Waker> {
        let raw = RawWaker::new(ptr::from_ref(self).cast(), &MAIN);
        // SAFETY: the functions of the table do what wakers do, on any thread.
        ManuallyDrop::new(unsafe { Waker::from_raw(raw) })
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        let bell = *self.bell.get_mut();
        if bell != NONE {
            // SAFETY: `open` has put it there, and nobody else closes it.
            drop(unsafe { OwnedFd::from_raw(bell) });
        }
    }
}

impl core::fmt::Debug for Hub {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(formatter, "Hub(due: {})", self.is_due())
    }
}

/// What the waker of the executor's own future does; its data is the hub.
static MAIN: RawWakerVTable = RawWakerVTable::new(clone_main, wake_main, wake_main_by_ref, drop_main);

unsafe fn hub_of<'a>(data: *const ()) -> &'a Hub {
    // SAFETY: our callers are the functions of the table, whose data is a hub that the waker keeps.
    unsafe { &*data.cast() }
}

unsafe fn clone_main(data: *const ()) -> RawWaker {
    // SAFETY: as the caller says.
    unsafe { hub_of(data) }.acquire();
    RawWaker::new(data, &MAIN)
}

unsafe fn wake_main(data: *const ()) {
    // SAFETY: as the caller says.
    unsafe { wake_main_by_ref(data) };
    // SAFETY: as the caller says.
    unsafe { drop_main(data) };
}

unsafe fn wake_main_by_ref(data: *const ()) {
    // SAFETY: as the caller says.
    unsafe { hub_of(data) }.wake_main();
}

unsafe fn drop_main(data: *const ()) {
    // SAFETY: as the caller says.
    let hub = unsafe { hub_of(data) };
    // SAFETY: the waker has kept the hub, and is gone.
    unsafe { Hub::release(hub.into()) };
}

/// Counts one more who holds something. Whoever forgets wakers until the count is about to run over would have it freed while it is held;
/// that ends the process.
#[allow(clippy::panic, reason = "nothing is left to do that would be sound")]
pub(super) fn add(references: &AtomicUsize) {
    if references.fetch_add(1, Ordering::Relaxed) > isize::MAX as usize {
        panic!("too many wakers");
    }
}
