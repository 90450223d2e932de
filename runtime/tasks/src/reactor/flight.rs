//! Operations that the kernel has: what it reads and writes lies in their records, or belongs to it, until it lets go.

use core::cell::{Cell, UnsafeCell};
use core::mem::MaybeUninit;
use core::ptr::NonNull;
use core::task::Waker;

use linux::time::Timespec;
use linux::uring::Completion;

use super::operation::{Operation, ROOM, Repeated};
use super::queue::{Parcel, Queue};
use super::slab::{Record, Slab};

/// Drops what is in the room, with its result if it gave one; see [`drop_landed`].
pub(super) type DropLanded = unsafe fn(NonNull<u8>, Option<Completion>);
/// Drops one of the results of what is in the room, which stays; see [`drop_one`].
pub(super) type DropOne = unsafe fn(NonNull<u8>, Completion);

/// An operation that the kernel has.
pub(super) struct Flight {
    pub(super) state: Cell<State>,
    pub(super) waker: Cell<Option<Waker>>,
    /// The result, of what gives one.
    pub(super) outcome: Cell<Option<Completion>>,
    /// The results that nobody has taken yet, of what gives many.
    pub(super) came: Queue<Completion>,
    /// Drops what is in `room`, of which the kernel has let go.
    pub(super) drop: Cell<Option<DropLanded>>,
    /// Drops one result, of what gives many.
    pub(super) drop_one: Cell<Option<DropOne>>,
    pub(super) limit: UnsafeCell<Timespec>,
    room: UnsafeCell<MaybeUninit<Room>>,
}

#[repr(C, align(16))]
struct Room([u8; ROOM]);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Nobody's.
    Free,
    /// The kernel has it, and its future waits.
    Flying,
    /// The kernel has let go of it, and its future has not heard yet.
    Landed,
    /// The kernel has it, and the future is gone.
    Orphaned,
}

impl Record for Flight {
    const EMPTY: Self = Self {
        state: Cell::new(State::Free),
        waker: Cell::new(None),
        outcome: Cell::new(None),
        came: Queue::new(),
        drop: Cell::new(None),
        drop_one: Cell::new(None),
        limit: UnsafeCell::new(Timespec { seconds: 0, nanoseconds: 0 }),
        room: UnsafeCell::new(MaybeUninit::uninit()),
    };
}

impl Flight {
    fn place(&self) -> NonNull<u8> {
        // SAFETY: a cell's place is somewhere.
        unsafe { NonNull::new_unchecked(self.room.get().cast()) }
    }

    /// Gives where the operation lies.
    pub(super) fn room<O: Operation>(&self) -> NonNull<O> {
        const { assert!(size_of::<O>() <= ROOM && align_of::<O>() <= align_of::<Room>()) };
        self.place().cast()
    }

    /// Drops the operation, of which the kernel has let go, and what it gave.
    pub(super) fn bury(&self, parcels: &Slab<Parcel<Completion>>) {
        while let Some(one) = self.came.pop(parcels) {
            self.drop_one(one);
        }
        if let Some(drop) = self.drop.take() {
            // SAFETY: the function belongs to what is in the room, of which the kernel has let go.
            unsafe { drop(self.place(), self.outcome.take()) };
        }
    }

    /// Drops a result, of what gives many.
    pub(super) fn drop_one(&self, one: Completion) {
        if let Some(drop) = self.drop_one.get() {
            // SAFETY: the function belongs to what is in the room, which is dropped last.
            unsafe { drop(self.place(), one) };
        }
    }

    /// Remembers who waits.
    pub(super) fn wait(&self, waker: &Waker) {
        let known = self.waker.take().filter(|known| known.will_wake(waker));
        self.waker.set(known.or_else(|| Some(waker.clone())));
    }
}

/// Drops an operation, and its result if it gave one.
///
/// # Safety
/// There is an `O` in the room, of which the kernel has let go.
pub(super) unsafe fn drop_landed<O: Operation>(room: NonNull<u8>, outcome: Option<Completion>) {
    // SAFETY: as the caller says.
    let operation = unsafe { room.cast::<O>().read() };
    if let Some(outcome) = outcome {
        drop(operation.finish(outcome.result(), outcome.flags));
    }
}

/// Drops one of the results of an operation.
///
/// # Safety
/// There is an `O` in the room.
pub(super) unsafe fn drop_one<O: Repeated>(room: NonNull<u8>, one: Completion) {
    // SAFETY: as the caller says; the kernel does not write there.
    let operation = unsafe { room.cast::<O>().as_ref() };
    drop(operation.clone().finish(one.result(), one.flags));
}
