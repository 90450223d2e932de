//! The lock that lets many readers in, or one writer.

use core::cell::UnsafeCell;
use core::fmt;
use core::marker::PhantomData;
use core::ops::{Deref, DerefMut};
use core::sync::atomic::{AtomicU32, Ordering};

use super::word::Word;

/// How many read; all bits set when somebody writes.
const COUNT: u32 = (1 << 30) - 1;
/// Somebody writes.
const WRITING: u32 = COUNT;
/// Readers may sleep.
const READERS_WAIT: u32 = 1 << 30;
/// Writers may sleep.
const WRITERS_WAIT: u32 = 1 << 31;
/// Anybody may.
const ANY_WAITS: u32 = READERS_WAIT | WRITERS_WAIT;

/// The lock's words.
///
/// Readers sleep on `state`, writers on `turns`, a number that changes each time a writer is to be woken. A reader comes in
/// only if nobody waits, so that readers who come and go cannot keep a writer out for ever. Whoever leaves the lock free
/// passes it on: to one writer if any waits, and if none was there after all, to all readers.
#[derive(Debug)]
pub(super) struct RawRwLock<W = AtomicU32> {
    state: W,
    turns: W,
}

/// Says whether another reader may come in.
const fn admits_reader(state: u32) -> bool {
    state & COUNT < WRITING - 1 && state & ANY_WAITS == 0
}

/// Says whether nobody reads or writes.
const fn is_free(state: u32) -> bool {
    state & COUNT == 0
}

impl RawRwLock {
    const fn new() -> Self {
        Self { state: AtomicU32::new(0), turns: AtomicU32::new(0) }
    }
}

impl<W: Word> RawRwLock<W> {
    #[cfg(test)]
    pub(super) const fn on(state: W, turns: W) -> Self {
        Self { state, turns }
    }

    pub(super) fn try_read(&self) -> bool {
        let mut state = self.state.load(Ordering::Relaxed);
        while admits_reader(state) {
            match self.state.replace(state, state + 1, Ordering::Acquire) {
                Ok(()) => return true,
                Err(other) => state = other,
            }
        }
        false
    }

    #[inline]
    pub(super) fn read(&self) {
        if !self.try_read() {
            self.read_contended();
        }
    }

    #[cold]
    fn read_contended(&self) {
        let mut state = self.state.spin(|state| state == WRITING);
        loop {
            if admits_reader(state) {
                match self.state.replace(state, state + 1, Ordering::Acquire) {
                    Ok(()) => return,
                    Err(other) => state = other,
                }
                continue;
            }
            if state & COUNT == WRITING - 1 {
                // As many as can be told apart: a fault of the program, with which nothing can go on.
                arch::start::trap();
            }
            let waits = state | READERS_WAIT;
            if state != waits
                && let Err(other) = self.state.replace(state, waits, Ordering::Relaxed)
            {
                state = other;
                continue;
            }
            self.state.wait(waits, None);
            state = self.state.spin(|state| state == WRITING);
        }
    }

    pub(super) fn end_read(&self) {
        let state = self.state.add(u32::MAX, Ordering::Release) - 1;
        // Readers wait for nothing but writers: the last reader passes the lock on if one waits.
        if is_free(state) && state & WRITERS_WAIT != 0 {
            self.pass_on(state);
        }
    }

    #[inline]
    pub(super) fn try_write(&self) -> bool {
        let mut state = self.state.load(Ordering::Relaxed);
        while is_free(state) {
            match self.state.replace(state, state | WRITING, Ordering::Acquire) {
                Ok(()) => return true,
                Err(other) => state = other,
            }
        }
        false
    }

    #[inline]
    pub(super) fn write(&self) {
        if self.state.replace(0, WRITING, Ordering::Acquire).is_err() {
            self.write_contended();
        }
    }

    #[cold]
    fn write_contended(&self) {
        let mut state = self.state.spin(|state| state == WRITING);
        // Who has slept cannot know whether it slept alone.
        let mut others = 0;
        loop {
            if is_free(state) {
                match self.state.replace(state, state | WRITING | others, Ordering::Acquire) {
                    Ok(()) => return,
                    Err(other) => state = other,
                }
                continue;
            }
            if state & WRITERS_WAIT == 0
                && let Err(other) = self.state.replace(state, state | WRITERS_WAIT, Ordering::Relaxed)
            {
                state = other;
                continue;
            }
            others = WRITERS_WAIT;
            let turn = self.turns.load(Ordering::Acquire);
            // Between the two the lock may have been freed, and the turn taken.
            state = self.state.load(Ordering::Relaxed);
            if is_free(state) || state & WRITERS_WAIT == 0 {
                continue;
            }
            self.turns.wait(turn, None);
            state = self.state.spin(|state| state == WRITING);
        }
    }

    #[inline]
    pub(super) fn end_write(&self) {
        let state = self.state.add(WRITING.wrapping_neg(), Ordering::Release) - WRITING;
        if state & ANY_WAITS != 0 {
            self.pass_on(state);
        }
    }

    /// Wakes who is next in a lock that was just left free, unless somebody else has come in meanwhile, who then does so.
    #[cold]
    fn pass_on(&self, mut state: u32) {
        if state == WRITERS_WAIT {
            match self.state.replace(state, 0, Ordering::Relaxed) {
                Ok(()) => {
                    self.wake_writer();
                    return;
                }
                Err(other) => state = other,
            }
        }
        if state == ANY_WAITS {
            if self.state.replace(state, READERS_WAIT, Ordering::Relaxed).is_err() {
                return;
            }
            if self.wake_writer() {
                return;
            }
            // No writer slept: the readers it is.
            state = READERS_WAIT;
        }
        if state == READERS_WAIT && self.state.replace(state, 0, Ordering::Relaxed).is_ok() {
            self.state.wake(u32::MAX);
        }
    }

    fn wake_writer(&self) -> bool {
        self.turns.add(1, Ordering::Release);
        self.turns.wake(1) > 0
    }
}

/// A value that many threads at a time may read, or one may change: `std::sync::RwLock`, without poisoning.
///
/// A writer that waits keeps new readers out, also those that read already: reading twice in one thread may wait for ever.
pub struct RwLock<T: ?Sized> {
    raw: RawRwLock,
    value: UnsafeCell<T>,
}

// SAFETY: the lock hands the value from thread to thread.
unsafe impl<T: ?Sized + Send> Send for RwLock<T> {}
// SAFETY: readers share the value, a writer has it alone.
unsafe impl<T: ?Sized + Send + Sync> Sync for RwLock<T> {}

impl<T> RwLock<T> {
    /// Makes a lock that is free.
    pub const fn new(value: T) -> Self {
        Self { raw: RawRwLock::new(), value: UnsafeCell::new(value) }
    }

    /// Gives the value back.
    pub fn into_inner(self) -> T {
        self.value.into_inner()
    }
}

impl<T: ?Sized> RwLock<T> {
    /// Waits until nobody writes or waits to, and reads until the guard is dropped.
    #[inline]
    pub fn read(&self) -> RwLockReadGuard<'_, T> {
        self.raw.read();
        RwLockReadGuard { lock: self, not_send: PhantomData }
    }

    /// Reads if that is possible at once.
    pub fn try_read(&self) -> Option<RwLockReadGuard<'_, T>> {
        self.raw.try_read().then(|| RwLockReadGuard { lock: self, not_send: PhantomData })
    }

    /// Waits until nobody reads or writes, and writes until the guard is dropped.
    #[inline]
    pub fn write(&self) -> RwLockWriteGuard<'_, T> {
        self.raw.write();
        RwLockWriteGuard { lock: self, not_send: PhantomData }
    }

    /// Writes if that is possible at once.
    pub fn try_write(&self) -> Option<RwLockWriteGuard<'_, T>> {
        self.raw.try_write().then(|| RwLockWriteGuard { lock: self, not_send: PhantomData })
    }

    /// Gives the value to who has the lock to itself.
    pub fn get_mut(&mut self) -> &mut T {
        self.value.get_mut()
    }
}

impl<T: Default> Default for RwLock<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for RwLock<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.try_read() {
            Some(value) => formatter.debug_tuple("RwLock").field(&&*value).finish(),
            None => formatter.write_str("RwLock(<locked>)"),
        }
    }
}

/// Defines a guard: its name, how it ends, and what it says of itself.
macro_rules! guard {
    ($(#[$doc:meta])* $name:ident, $end:ident) => {
        $(#[$doc])*
        #[must_use = "the lock is freed when the guard is dropped"]
        pub struct $name<'a, T: ?Sized> {
            lock: &'a RwLock<T>,
            not_send: PhantomData<*const ()>,
        }

        // SAFETY: a shared guard gives shared access to the value only.
        unsafe impl<T: ?Sized + Sync> Sync for $name<'_, T> {}

        impl<T: ?Sized> Deref for $name<'_, T> {
            type Target = T;

            #[inline]
            fn deref(&self) -> &T {
                // SAFETY: as long as there is this guard nobody else writes.
                unsafe { &*self.lock.value.get() }
            }
        }

        impl<T: ?Sized> Drop for $name<'_, T> {
            #[inline]
            fn drop(&mut self) {
                self.lock.raw.$end();
            }
        }

        impl<T: ?Sized + fmt::Debug> fmt::Debug for $name<'_, T> {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                (**self).fmt(formatter)
            }
        }
    };
}

guard! {
    /// The right to read, with others; it stays in its thread.
    RwLockReadGuard, end_read
}
guard! {
    /// The right to write, alone; it stays in its thread.
    RwLockWriteGuard, end_write
}

impl<T: ?Sized> DerefMut for RwLockWriteGuard<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: this guard has the lock alone, and is borrowed alone.
        unsafe { &mut *self.lock.value.get() }
    }
}
