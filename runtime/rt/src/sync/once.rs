//! What happens once: an action, a value that is set once, a value that is made when it is first wanted.

use core::cell::{Cell, UnsafeCell};
use core::fmt;
use core::mem::MaybeUninit;
use core::ops::Deref;
use core::sync::atomic::{AtomicU32, Ordering};

use super::word::Word;

/// Nobody has begun.
const NEW: u32 = 0;
/// Somebody is at it.
const RUNNING: u32 = 1;
/// Somebody is at it, and others may sleep until it is done.
const AWAITED: u32 = 2;
/// It is done.
const DONE: u32 = 3;

/// The word of something that happens once.
#[derive(Debug)]
pub(super) struct RawOnce<W = AtomicU32> {
    word: W,
}

impl RawOnce {
    const fn new() -> Self {
        Self { word: AtomicU32::new(NEW) }
    }
}

impl<W: Word> RawOnce<W> {
    #[cfg(test)]
    pub(super) const fn on(word: W) -> Self {
        Self { word }
    }

    #[inline(always)]
    pub(super) fn is_done(&self) -> bool {
        self.word.load(Ordering::Acquire) == DONE
    }

    /// Has `action` done, or waits until somebody else has; if that one fails, tries itself.
    #[cold]
    pub(super) fn call<E>(&self, action: impl FnOnce() -> Result<(), E>) -> Result<(), E> {
        loop {
            match self.word.replace(NEW, RUNNING, Ordering::Acquire) {
                Ok(()) => {
                    let result = action();
                    let word = if result.is_ok() { DONE } else { NEW };
                    if self.word.swap(word, Ordering::Release) == AWAITED {
                        self.word.wake(u32::MAX);
                    }
                    return result;
                }
                Err(DONE) => {
                    // What was done before is seen from here on.
                    if self.is_done() {
                        return Ok(());
                    }
                }
                Err(_) => self.wait(),
            }
        }
    }

    /// Sleeps while somebody is at it.
    pub(super) fn wait(&self) {
        let seen = self.word.spin(|word| word == RUNNING);
        if seen == AWAITED
            || seen == RUNNING && self.word.replace(RUNNING, AWAITED, Ordering::Relaxed).is_ok()
        {
            self.word.wait(AWAITED, None);
        }
    }
}

/// Says that something cannot fail.
enum Never {}

/// An action that happens once, however many threads ask for it: `std::sync::Once`, without poisoning.
#[derive(Debug)]
pub struct Once {
    raw: RawOnce,
}

impl Default for Once {
    fn default() -> Self {
        Self::new()
    }
}

impl Once {
    /// Makes one that has not happened.
    pub const fn new() -> Self {
        Self { raw: RawOnce::new() }
    }

    /// Has it happen, or waits until it has. An action that asks for itself waits for ever.
    #[inline]
    pub fn call_once(&self, action: impl FnOnce()) {
        if self.is_completed() {
            return;
        }
        let done: Result<(), Never> = self.raw.call(|| {
            action();
            Ok(())
        });
        match done {
            Ok(()) => {}
            Err(never) => match never {},
        }
    }

    /// Says whether it has happened.
    #[inline]
    pub fn is_completed(&self) -> bool {
        self.raw.is_done()
    }
}

/// A value that is set once, by whichever thread comes first: `std::sync::OnceLock`.
pub struct OnceLock<T> {
    raw: RawOnce,
    /// There when the word says so.
    value: UnsafeCell<MaybeUninit<T>>,
}

// SAFETY: the value goes with it.
unsafe impl<T: Send> Send for OnceLock<T> {}
// SAFETY: one thread sets the value, perhaps for another one to drop; all share it.
unsafe impl<T: Send + Sync> Sync for OnceLock<T> {}

impl<T> OnceLock<T> {
    /// Makes one without a value.
    pub const fn new() -> Self {
        Self { raw: RawOnce::new(), value: UnsafeCell::new(MaybeUninit::uninit()) }
    }

    /// Gives the value if there is one.
    #[inline]
    pub fn get(&self) -> Option<&T> {
        // SAFETY: the word says that the value is there, and nothing changes it any more.
        self.raw.is_done().then(|| unsafe { self.value() })
    }

    /// # Safety
    /// The value is there.
    #[inline]
    unsafe fn value(&self) -> &T {
        let place: *const T = self.value.get().cast();
        // SAFETY: the caller's.
        unsafe { &*place }
    }

    /// Gives the value to who has it alone, if there is one.
    pub fn get_mut(&mut self) -> Option<&mut T> {
        let place: *mut T = self.value.get().cast();
        // SAFETY: the word says that the value is there.
        self.raw.is_done().then(|| unsafe { &mut *place })
    }

    /// Sets the value.
    ///
    /// # Errors
    /// There is one already: the new one comes back.
    pub fn set(&self, value: T) -> Result<(), T> {
        let mut given = Some(value);
        self.get_or_init_with(|| given.take());
        given.map_or(Ok(()), Err)
    }

    /// Gives the value; if there is none, sets it to what `make` gives. Others wait meanwhile.
    #[inline]
    pub fn get_or_init(&self, make: impl FnOnce() -> T) -> &T {
        self.get_or_init_with(|| Some(make()));
        // SAFETY: it is there now.
        unsafe { self.value() }
    }

    /// Has `make` give the value unless there is one; leaves it unset if that gives none.
    fn get_or_init_with(&self, make: impl FnOnce() -> Option<T>) {
        if self.raw.is_done() {
            return;
        }
        let place: *mut T = self.value.get().cast();
        let _ = self.raw.call(|| {
            let value = make().ok_or(())?;
            // SAFETY: one thread at a time comes here, and nobody reads before the word says so.
            unsafe { place.write(value) };
            Ok::<(), ()>(())
        });
    }

    /// Takes the value out.
    pub fn take(&mut self) -> Option<T> {
        let place: *mut T = self.value.get().cast();
        let raw = core::mem::replace(&mut self.raw, RawOnce::new());
        // SAFETY: the word said that the value is there, and says so no longer.
        raw.is_done().then(|| unsafe { place.read() })
    }

    /// Gives the value.
    pub fn into_inner(mut self) -> Option<T> {
        self.take()
    }
}

impl<T> Default for OnceLock<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Drop for OnceLock<T> {
    fn drop(&mut self) {
        drop(self.take());
    }
}

impl<T: fmt::Debug> fmt::Debug for OnceLock<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.get() {
            Some(value) => formatter.debug_tuple("OnceLock").field(value).finish(),
            None => formatter.write_str("OnceLock(<unset>)"),
        }
    }
}

/// A value that is made when it is first looked at: `std::sync::LazyLock`.
pub struct LazyLock<T, F = fn() -> T> {
    value: OnceLock<T>,
    make: Cell<Option<F>>,
}

// SAFETY: what makes the value is taken by one thread alone, within the once.
unsafe impl<T: Send + Sync, F: Send> Sync for LazyLock<T, F> {}

impl<T, F: FnOnce() -> T> LazyLock<T, F> {
    /// Makes one that has no value yet.
    pub const fn new(make: F) -> Self {
        Self { value: OnceLock::new(), make: Cell::new(Some(make)) }
    }

    /// Makes the value if nobody has, and gives it. A function that looks at what it makes waits for ever.
    #[inline]
    pub fn force(this: &Self) -> &T {
        this.value.get_or_init(|| match this.make.take() {
            Some(make) => make(),
            // The once calls this a single time.
            None => arch::start::trap(),
        })
    }
}

impl<T, F: FnOnce() -> T> Deref for LazyLock<T, F> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        Self::force(self)
    }
}

impl<T: Default> Default for LazyLock<T> {
    fn default() -> Self {
        Self::new(T::default)
    }
}

impl<T: fmt::Debug, F> fmt::Debug for LazyLock<T, F> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.value.get() {
            Some(value) => formatter.debug_tuple("LazyLock").field(value).finish(),
            None => formatter.write_str("LazyLock(<not made>)"),
        }
    }
}
