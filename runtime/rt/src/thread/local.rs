//! Thread-local values: `std::thread_local!` without the compiler's help.
//!
//! A key has a number, given on its first use in any thread. Each thread has a table from numbers to values, which lie on
//! the heap and are made on their first use in that thread. When a thread ends its values are dropped, the youngest first;
//! what they make meanwhile is dropped too. Those without a destructor stay until all others are gone. The main thread's are
//! never dropped: with it the process ends.

use alloc::alloc::{Layout, alloc, dealloc, handle_alloc_error, realloc};
use core::cell::{Cell, RefCell};
use core::fmt;
use core::ptr::{self, NonNull};
use core::sync::atomic::{AtomicUsize, Ordering};

use super::record;

/// Declares thread-local values, each a [`LocalKey`], as `std::thread_local!` does:
///
/// ```no_run
/// # use std::cell::{Cell, RefCell};
/// spelunk_rt::thread_local! {
///     static COUNT: Cell<u32> = const { Cell::new(0) };
///     pub static NAMES: RefCell<Vec<String>> = RefCell::new(Vec::new());
/// }
/// ```
#[macro_export]
macro_rules! thread_local {
    () => {};
    ($(#[$meta:meta])* $visibility:vis static $name:ident: $type:ty = $value:expr $(; $($rest:tt)*)?) => {
        $(#[$meta])*
        $visibility static $name: $crate::thread::LocalKey<$type> = {
            fn make() -> $type {
                $value
            }
            $crate::thread::LocalKey::new(make)
        };
        $($crate::thread_local!($($rest)*);)?
    };
}

/// A value that each thread has its own of.
pub struct LocalKey<T: 'static> {
    /// The number, 0 until the first use.
    number: AtomicUsize,
    make: fn() -> T,
}

/// The value of this thread has been dropped, since the thread ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessError;

impl fmt::Display for AccessError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the thread-local value has been dropped")
    }
}

impl core::error::Error for AccessError {}

/// The last number given to a key.
static LAST: AtomicUsize = AtomicUsize::new(0);

/// A thread's table.
pub(super) struct Locals {
    /// By number: null before the first use, [`GONE`] after the last.
    table: *mut *mut Head,
    length: usize,
    /// The values to be dropped, the youngest first.
    youngest: *mut Head,
    /// The values that need no destructor.
    plain: *mut Head,
}

/// What begins every value.
struct Head {
    next: *mut Head,
    number: usize,
    /// Drops the value and frees its memory.
    destroy: unsafe fn(*mut Head),
}

#[repr(C)]
struct Value<T> {
    head: Head,
    value: T,
}

/// Stands in the table for a value that was dropped: an address at which nothing lies.
const GONE: *mut Head = ptr::without_provenance_mut(1);

impl Locals {
    pub(super) const NEW: Self =
        Self { table: ptr::null_mut(), length: 0, youngest: ptr::null_mut(), plain: ptr::null_mut() };

    #[inline(always)]
    fn get(&self, number: usize) -> *mut Head {
        match number < self.length {
            // SAFETY: within the table.
            true => unsafe { self.table.wrapping_add(number).read() },
            false => ptr::null_mut(),
        }
    }

    fn set(&mut self, number: usize, value: *mut Head) {
        if number >= self.length {
            self.grow((number + 1).next_power_of_two().max(8));
        }
        // SAFETY: within the table.
        unsafe { self.table.wrapping_add(number).write(value) };
    }

    /// Takes the youngest value out, as one that has been dropped.
    fn take_youngest(&mut self) -> Option<NonNull<Head>> {
        let head = NonNull::new(self.youngest)?;
        // SAFETY: the list holds values that live.
        let &Head { next, number, .. } = unsafe { head.as_ref() };
        self.youngest = next;
        self.set(number, GONE);
        Some(head)
    }

    fn grow(&mut self, length: usize) {
        let new = table_layout(length);
        let old = table_layout(self.length);
        let table = match self.length {
            // SAFETY: the layout is not empty.
            0 => unsafe { alloc(new) },
            // SAFETY: this table, with its layout.
            _ => unsafe { realloc(self.table.cast(), old, new.size()) },
        };
        if table.is_null() {
            handle_alloc_error(new);
        }
        self.table = table.cast();
        for at in self.length..length {
            // SAFETY: within the new table.
            unsafe { self.table.wrapping_add(at).write(ptr::null_mut()) };
        }
        self.length = length;
    }
}

fn table_layout(length: usize) -> Layout {
    Layout::array::<*mut Head>(length).unwrap_or(Layout::new::<*mut Head>())
}

impl<T: 'static> LocalKey<T> {
    #[doc(hidden)]
    pub const fn new(make: fn() -> T) -> Self {
        Self { number: AtomicUsize::new(0), make }
    }

    /// Gives this thread's value to a function; makes the value if it is not there yet.
    ///
    /// # Panics
    /// The value has been dropped: this is a destructor of another one.
    pub fn with<F, R>(&'static self, body: F) -> R
    where
        F: FnOnce(&T) -> R,
    {
        match self.try_with(body) {
            Ok(result) => result,
            #[expect(clippy::panic, reason = "the contract of std's")]
            Err(error) => panic!("{error}"),
        }
    }

    /// The same, unless the value has been dropped.
    ///
    /// # Errors
    /// It has been.
    #[inline]
    pub fn try_with<F, R>(&'static self, body: F) -> Result<R, AccessError>
    where
        F: FnOnce(&T) -> R,
    {
        // SAFETY: the thread's own table, for this moment.
        let found = unsafe { (*record::own_locals()).get(self.number.load(Ordering::Relaxed)) };
        let value = match found {
            GONE => return Err(AccessError),
            found if found.is_null() => self.make(),
            found => found.cast::<Value<T>>(),
        };
        // SAFETY: the table holds this type under this number. It stays until the thread ends, or this call of a destructor.
        Ok(body(unsafe { &(*value).value }))
    }

    /// Makes this thread's value.
    #[cold]
    fn make(&'static self) -> *mut Value<T> {
        let value = (self.make)();
        let number = self.number();
        let locals = record::own_locals();
        // SAFETY: the thread's own table, for this moment.
        let found = unsafe { (*locals).get(number) };
        if !found.is_null() && found != GONE {
            // The function that makes it has used it: that one counts.
            return found.cast();
        }
        let layout = Layout::new::<Value<T>>();
        // SAFETY: the layout is not empty.
        let Some(place) = NonNull::new(unsafe { alloc(layout) }.cast::<Value<T>>()) else {
            handle_alloc_error(layout)
        };
        // SAFETY: as above.
        let locals = unsafe { &mut *locals };
        let list = if core::mem::needs_drop::<T>() { &mut locals.youngest } else { &mut locals.plain };
        let head = Head { next: *list, number, destroy: destroy_value::<T> };
        // SAFETY: just allocated for it.
        unsafe { place.write(Value { head, value }) };
        *list = place.as_ptr().cast();
        locals.set(number, place.as_ptr().cast());
        place.as_ptr()
    }

    /// Gives the key's number; the first to ask decides.
    fn number(&self) -> usize {
        let known = self.number.load(Ordering::Relaxed);
        if known != 0 {
            return known;
        }
        let next = LAST.fetch_add(1, Ordering::Relaxed) + 1;
        match self.number.compare_exchange(0, next, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => next,
            Err(other) => other,
        }
    }
}

impl<T: 'static> LocalKey<Cell<T>> {
    /// Replaces this thread's value.
    pub fn set(&'static self, value: T) {
        self.with(|cell| cell.set(value));
    }

    /// Gives a copy of this thread's value.
    pub fn get(&'static self) -> T
    where
        T: Copy,
    {
        self.with(Cell::get)
    }

    /// Takes this thread's value, and leaves the default one.
    pub fn take(&'static self) -> T
    where
        T: Default,
    {
        self.with(Cell::take)
    }

    /// Replaces this thread's value, and gives the former one.
    pub fn replace(&'static self, value: T) -> T {
        self.with(|cell| cell.replace(value))
    }
}

impl<T: 'static> LocalKey<RefCell<T>> {
    /// Gives this thread's value to a function.
    ///
    /// # Panics
    /// It is borrowed to be changed.
    pub fn with_borrow<R>(&'static self, body: impl FnOnce(&T) -> R) -> R {
        self.with(|cell| body(&cell.borrow()))
    }

    /// Gives this thread's value to a function that may change it.
    ///
    /// # Panics
    /// It is borrowed.
    pub fn with_borrow_mut<R>(&'static self, body: impl FnOnce(&mut T) -> R) -> R {
        self.with(|cell| body(&mut cell.borrow_mut()))
    }
}

impl<T: 'static> fmt::Debug for LocalKey<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("LocalKey").finish_non_exhaustive()
    }
}

/// Drops all values of the running thread, which ends.
pub(super) fn destroy() {
    let locals = record::own_locals();
    // SAFETY: the thread's own table, for this moment: destructors use it, and may make values.
    while let Some(head) = unsafe { (*locals).take_youngest() } {
        // SAFETY: it is in no list and in no table any more.
        unsafe { destroy_one(head) };
    }
    // SAFETY: the thread's own table; nothing of ours runs in between from here on.
    let locals = unsafe { &mut *locals };
    while let Some(head) = NonNull::new(locals.plain) {
        // SAFETY: the list holds values that live.
        locals.plain = unsafe { head.as_ref() }.next;
        // SAFETY: nobody uses them any more.
        unsafe { destroy_one(head) };
    }
    if locals.length != 0 {
        // SAFETY: this table, with its layout.
        unsafe { dealloc(locals.table.cast(), table_layout(locals.length)) };
        *locals = Locals::NEW;
    }
}

/// Drops a value.
///
/// # Safety
/// Nobody uses it any more.
unsafe fn destroy_one(head: NonNull<Head>) {
    // SAFETY: it lives until now.
    let destroy = unsafe { head.as_ref() }.destroy;
    // SAFETY: the caller's.
    unsafe { destroy(head.as_ptr()) };
}

/// Drops a value of this type and frees its memory.
///
/// # Safety
/// `head` begins such a value, which nobody uses any more.
unsafe fn destroy_value<T>(head: *mut Head) {
    let value = head.cast::<Value<T>>();
    // SAFETY: the caller's.
    unsafe { value.drop_in_place() };
    // SAFETY: allocated with this layout.
    unsafe { dealloc(value.cast(), Layout::new::<Value<T>>()) };
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::rc::Rc;
    use std::vec::Vec;

    #[test]
    fn values_are_made_once_and_dropped_youngest_first() {
        type Log = Rc<RefCell<Vec<&'static str>>>;
        std::thread_local! {
            static LOG: Log = Rc::default();
        }
        struct Noisy(&'static str, Log);
        impl Drop for Noisy {
            fn drop(&mut self) {
                self.1.borrow_mut().push(self.0);
                if self.0 == "second" {
                    assert_eq!(SECOND.try_with(|_| ()), Err(AccessError));
                    LATE.with(|late| assert_eq!(late.0, "late"));
                    PLAIN.with(|plain| assert_eq!(plain.get(), 8));
                }
            }
        }
        fn noisy(name: &'static str) -> Noisy {
            Noisy(name, LOG.with(Rc::clone))
        }
        crate::thread_local! {
            static FIRST: Noisy = noisy("first");
            static SECOND: Noisy = noisy("second");
            static LATE: Noisy = noisy("late");
            static PLAIN: Cell<u32> = const { Cell::new(7) };
            static NEVER: Noisy = noisy("never");
        }
        FIRST.with(|_| ());
        SECOND.with(|_| ());
        FIRST.with(|_| ());
        PLAIN.set(PLAIN.get() + 1);
        destroy();
        assert_eq!(*LOG.with(Rc::clone).borrow(), ["second", "late", "first"]);
        // As in a new thread.
        assert_eq!(PLAIN.get(), 7);
        destroy();
        let _ = &NEVER;
    }
}
