//! A value that one task has at a time, over the places where it waits.

use core::cell::{RefCell, RefMut};
use core::fmt;
use core::ops::{Deref, DerefMut};

use super::semaphore::{Permit, Semaphore};

/// A value that one task has at a time. What is not held while its task waits needs no more than a `Cell` or `RefCell`.
pub struct Mutex<T> {
    turn: Semaphore,
    value: RefCell<T>,
}

impl<T> Mutex<T> {
    /// Keeps a value.
    pub const fn new(value: T) -> Self {
        Self { turn: Semaphore::new(1), value: RefCell::new(value) }
    }

    /// Waits for the value, in turn.
    pub async fn lock(&self) -> MutexGuard<'_, T> {
        let turn = self.turn.acquire().await;
        // Whoever has the turn has the value: nobody else borrows it.
        MutexGuard { value: self.value.borrow_mut(), _turn: turn }
    }

    /// Gives the value away.
    pub fn into_inner(self) -> T {
        self.value.into_inner()
    }
}

impl<T> fmt::Debug for Mutex<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Mutex({:?})", self.turn)
    }
}

/// The value, until this is dropped.
pub struct MutexGuard<'a, T> {
    // Let go of before the turn is.
    value: RefMut<'a, T>,
    _turn: Permit<'a>,
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for MutexGuard<'_, T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Options, Reactor, run, yield_now};

    #[test]
    fn one_at_a_time_over_what_waits() {
        let reactor = Reactor::new(&Options::default()).unwrap();
        let value = Mutex::new(0);
        run(&reactor, async |tasks| {
            let adders = [(); 5].map(|()| {
                tasks.spawn(async {
                    for _ in 0..20 {
                        let mut value = value.lock().await;
                        let seen = *value;
                        yield_now().await;
                        *value = seen + 1;
                    }
                })
            });
            for adder in adders {
                adder.unwrap().await;
            }
        })
        .unwrap();
        assert_eq!(value.into_inner(), 100);
    }
}
