//! What has come and nobody has taken yet, in its order; the parcels lie in a slab, so that no allocator takes part.

use core::cell::Cell;
use core::marker::PhantomData;

use linux::Result;

use super::slab::{Record, Slab};

/// Parcels in the order in which they came.
pub(super) struct Queue<T> {
    first: Cell<u32>,
    last: Cell<u32>,
    length: Cell<u32>,
    _of: PhantomData<T>,
}

/// One thing in a queue.
pub(super) struct Parcel<T> {
    content: Cell<Option<T>>,
    next: Cell<u32>,
}

/// No parcel's number.
const NONE: u32 = u32::MAX;

impl<T> Record for Parcel<T> {
    const EMPTY: Self = Self { content: Cell::new(None), next: Cell::new(NONE) };
}

impl<T> Queue<T> {
    pub(super) const fn new() -> Self {
        Self { first: Cell::new(NONE), last: Cell::new(NONE), length: Cell::new(0), _of: PhantomData }
    }

    pub(super) fn length(&self) -> u32 {
        self.length.get()
    }

    pub(super) fn push(&self, parcels: &Slab<Parcel<T>>, content: T) -> Result<()> {
        let index = parcels.take()?;
        if let Some(parcel) = parcels.get(index) {
            parcel.content.set(Some(content));
            parcel.next.set(NONE);
        }
        match parcels.get(self.last.replace(index)) {
            Some(last) => last.next.set(index),
            None => self.first.set(index),
        }
        self.length.set(self.length.get() + 1);
        Ok(())
    }

    pub(super) fn pop(&self, parcels: &Slab<Parcel<T>>) -> Option<T> {
        let index = self.first.get();
        let parcel = parcels.get(index)?;
        self.first.set(parcel.next.get());
        if self.first.get() == NONE {
            self.last.set(NONE);
        }
        self.length.set(self.length.get() - 1);
        parcels.give_back(index);
        parcel.content.take()
    }
}
