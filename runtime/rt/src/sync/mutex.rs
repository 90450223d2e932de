//! The lock that lets one thread in.

use core::cell::UnsafeCell;
use core::fmt;
use core::marker::PhantomData;
use core::ops::{Deref, DerefMut};
use core::sync::atomic::{AtomicU32, Ordering};

use super::word::Word;

/// Nobody has the lock.
const FREE: u32 = 0;
/// Somebody has it.
const HELD: u32 = 1;
/// Somebody has it, and others may sleep until it is free.
const AWAITED: u32 = 2;

/// The lock's word.
///
/// Who does not get the lock says so by AWAITED before it sleeps, and whoever frees a lock that is AWAITED wakes one. The
/// one that wakes cannot know whether more sleep, and so takes the lock as AWAITED, which costs at most one call for nothing.
#[derive(Debug)]
pub(crate) struct RawMutex<W = AtomicU32> {
    word: W,
}

impl RawMutex {
    pub(crate) const fn new() -> Self {
        Self { word: AtomicU32::new(FREE) }
    }
}

impl<W: Word> RawMutex<W> {
    #[cfg(test)]
    pub(super) const fn on(word: W) -> Self {
        Self { word }
    }

    #[inline(always)]
    pub(crate) fn try_lock(&self) -> bool {
        self.word.replace(FREE, HELD, Ordering::Acquire).is_ok()
    }

    #[inline(always)]
    pub(crate) fn lock(&self) {
        if !self.try_lock() {
            self.lock_contended();
        }
    }

    #[cold]
    fn lock_contended(&self) {
        let seen = self.word.spin(|value| value == HELD);
        if seen == FREE && self.try_lock() {
            return;
        }
        while self.word.swap(AWAITED, Ordering::Acquire) != FREE {
            self.word.wait(AWAITED, None);
            self.word.spin(|value| value == HELD);
        }
    }

    #[inline(always)]
    pub(crate) fn unlock(&self) {
        if self.word.swap(FREE, Ordering::Release) == AWAITED {
            self.wake_one();
        }
    }

    #[cold]
    fn wake_one(&self) {
        self.word.wake(1);
    }
}

/// A value that one thread at a time may use: `std::sync::Mutex`, without poisoning.
pub struct Mutex<T: ?Sized> {
    raw: RawMutex,
    value: UnsafeCell<T>,
}

// SAFETY: the lock hands the value from thread to thread, one at a time.
unsafe impl<T: ?Sized + Send> Send for Mutex<T> {}
// SAFETY: as above.
unsafe impl<T: ?Sized + Send> Sync for Mutex<T> {}

impl<T> Mutex<T> {
    /// Makes a lock that is free.
    pub const fn new(value: T) -> Self {
        Self { raw: RawMutex::new(), value: UnsafeCell::new(value) }
    }

    /// Gives the value back.
    pub fn into_inner(self) -> T {
        self.value.into_inner()
    }
}

impl<T: ?Sized> Mutex<T> {
    /// Waits until the lock is free, and takes it until the guard is dropped. Who has it already waits for ever.
    #[inline]
    pub fn lock(&self) -> MutexGuard<'_, T> {
        self.raw.lock();
        MutexGuard { lock: self, not_send: PhantomData }
    }

    /// Takes the lock if it is free.
    #[inline]
    pub fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
        self.raw.try_lock().then(|| MutexGuard { lock: self, not_send: PhantomData })
    }

    /// Gives the value to who has the lock to itself.
    pub fn get_mut(&mut self) -> &mut T {
        self.value.get_mut()
    }
}

impl<T: Default> Default for Mutex<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> From<T> for Mutex<T> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Mutex<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.try_lock() {
            Some(value) => formatter.debug_tuple("Mutex").field(&&*value).finish(),
            None => formatter.write_str("Mutex(<locked>)"),
        }
    }
}

/// A lock that is held; dropping it frees the lock. It stays in its thread.
#[must_use = "the lock is freed when the guard is dropped"]
pub struct MutexGuard<'a, T: ?Sized> {
    lock: &'a Mutex<T>,
    not_send: PhantomData<*const ()>,
}

impl<T: ?Sized> MutexGuard<'_, T> {
    /// Gives the lock itself, for who frees it and takes it again.
    pub(super) const fn raw(&self) -> &RawMutex {
        &self.lock.raw
    }
}

// SAFETY: a shared guard gives shared access to the value only.
unsafe impl<T: ?Sized + Sync> Sync for MutexGuard<'_, T> {}

impl<T: ?Sized> Deref for MutexGuard<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: this guard has the lock.
        unsafe { &*self.lock.value.get() }
    }
}

impl<T: ?Sized> DerefMut for MutexGuard<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: this guard has the lock, and is borrowed alone.
        unsafe { &mut *self.lock.value.get() }
    }
}

impl<T: ?Sized> Drop for MutexGuard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        self.lock.raw.unlock();
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for MutexGuard<'_, T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(formatter)
    }
}
