//! The memory functions in Rust, for architectures that have none of their own in assembly: by words, four at a time.
//!
//! `ANY` says whether the processor reads and writes words at any address. Where it does, up to eight words are loaded
//! before any is stored, from both ends with an overlap in the middle; where it does not, the target is aligned byte by
//! byte, and a source that is not aligned with it is put together from the aligned words that hold it.
//!
//! A compiler recognises such loops and replaces them by calls of the very functions they stand in. It cannot where it
//! does not know by how much a pointer moves: see `words::hidden`.

mod compare;
mod copy;
mod fill;
mod length;
mod words;

pub use compare::compare;
pub use copy::copy;
pub use fill::fill;
pub use length::length;

/// Defines `memmove`, `memset`, `memcmp` and `strlen` with the given attributes for a processor that does or does not
/// handle words at any address; the names after `also` become those of `memcpy` and `bcmp`.
///
/// Functions in assembly ask `$signal_frame` for the width of registers; these have no use for it.
#[doc(hidden)]
#[macro_export]
macro_rules! define_portable_memory_functions {
    ($any:literal, $(#[$attribute:meta])* $signal_frame:path $(, also $copy:literal, $equal:literal)?) => {
        const _: fn() -> usize = $signal_frame;
        $crate::define_portable_memory_functions!(@ $any, ($(#[$attribute])*));
        $(
            #[unsafe(export_name = $copy)]
            unsafe extern "C" fn memcpy(to: *mut u8, from: *const u8, count: usize) -> *mut u8 {
                // SAFETY: the caller's.
                unsafe { memmove(to, from, count) }
            }

            #[unsafe(export_name = $equal)]
            unsafe extern "C" fn bcmp(left: *const u8, right: *const u8, count: usize) -> i32 {
                // SAFETY: the caller's.
                unsafe { memcmp(left, right, count) }
            }
        )?
    };
    (@ $any:literal, ($(#[$attribute:meta])*)) => {
        /// Copies `count` bytes; the operands may overlap. Gives `to`.
        ///
        /// # Safety
        /// `from` is readable and `to` writable for `count` bytes.
        $(#[$attribute])*
        pub unsafe extern "C" fn memmove(to: *mut u8, from: *const u8, count: usize) -> *mut u8 {
            // SAFETY: the caller's.
            unsafe { $crate::portable::memory::copy::<$any>(to, from, count) };
            to
        }

        /// Sets `count` bytes to the low byte of `value`. Gives `to`.
        ///
        /// # Safety
        /// `to` is writable for `count` bytes.
        $(#[$attribute])*
        pub unsafe extern "C" fn memset(to: *mut u8, value: i32, count: usize) -> *mut u8 {
            // SAFETY: the caller's.
            unsafe { $crate::portable::memory::fill::<$any>(to, value as u8, count) };
            to
        }

        /// Compares `count` bytes: negative, 0 or positive as the first that differ compare.
        ///
        /// # Safety
        /// Both are readable for `count` bytes.
        $(#[$attribute])*
        pub unsafe extern "C" fn memcmp(left: *const u8, right: *const u8, count: usize) -> i32 {
            // SAFETY: the caller's.
            unsafe { $crate::portable::memory::compare::<$any>(left, right, count) }
        }

        /// Counts the bytes before the first zero.
        ///
        /// # Safety
        /// `string` is readable up to a zero byte.
        $(#[$attribute])*
        pub unsafe extern "C" fn strlen(string: *const u8) -> usize {
            // SAFETY: the caller's.
            unsafe { $crate::portable::memory::length(string) }
        }
    };
}

/// Would choose how wide registers are used; there is no choice here.
pub fn adapt(_signal_frame: usize) {}

/// Makes instructions that were written from `start` to `end` visible to execution: here the processor sees to it.
///
/// # Safety
/// The range is mapped.
pub unsafe fn publish_code(_start: usize, _end: usize) -> isize {
    0
}
