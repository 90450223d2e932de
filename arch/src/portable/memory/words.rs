//! Words read, written and moved, at any address or put together from aligned ones.

use core::arch::asm;
use core::ptr;

/// A word.
pub(super) const WORD: usize = size_of::<usize>();

/// Gives the same pointer, of which the compiler does not know where it points.
#[inline(always)]
pub(super) fn hidden(pointer: *mut u8) -> *mut u8 {
    let mut address = pointer.expose_provenance();
    // SAFETY: no instruction at all.
    unsafe { asm!("/* {0} */", inout(reg) address, options(nomem, nostack, preserves_flags)) };
    ptr::with_exposed_provenance_mut(address)
}

/// Copies a byte.
///
/// # Safety
/// `from` is readable and `to` writable.
#[inline(always)]
pub(super) unsafe fn move_byte(to: *mut u8, from: *const u8) {
    // SAFETY: the caller's.
    let byte = unsafe { from.read() };
    // SAFETY: the caller's.
    unsafe { to.write(byte) };
}

/// Copies a word.
///
/// # Safety
/// As of [`load`] and [`store`].
#[inline(always)]
pub(super) unsafe fn move_word<const ANY: bool>(to: *mut u8, from: *const u8) {
    // SAFETY: the caller's.
    let word = unsafe { load::<ANY>(from) };
    // SAFETY: the caller's.
    unsafe { store::<ANY>(to, word) };
}

/// Copies four words, all of which are read before any is written.
///
/// # Safety
/// As of [`load4`] and [`store4`].
#[inline(always)]
pub(super) unsafe fn move4<const ANY: bool>(to: *mut u8, from: *const u8) {
    // SAFETY: the caller's.
    let words = unsafe { load4::<ANY>(from) };
    // SAFETY: the caller's.
    unsafe { store4::<ANY>(to, words) };
}

/// Reads a word at any address, if need be out of the two aligned ones that hold it.
///
/// # Safety
/// `from` is readable for a word.
#[inline(always)]
pub(super) unsafe fn load<const ANY: bool>(from: *const u8) -> usize {
    if ANY {
        // SAFETY: the caller's.
        return unsafe { from.cast::<usize>().read_unaligned() };
    }
    let into = from.addr() % WORD;
    let whole = from.wrapping_sub(into).cast::<usize>();
    // SAFETY: the caller may read some of this aligned word, so all of it lies in a page that may be read.
    let first = unsafe { whole.read() };
    if into == 0 {
        return first;
    }
    // SAFETY: as above.
    merge(first, unsafe { whole.wrapping_add(1).read() }, into)
}

/// Puts a word together that begins `into` bytes behind the start of the first.
#[inline(always)]
const fn merge(first: usize, second: usize, into: usize) -> usize {
    let (low, high) = (8 * into, 8 * (WORD - into));
    if cfg!(target_endian = "little") { first >> low | second << high } else { first << low | second >> high }
}

/// Four words. They are named, not an array: whoever indexes one makes the compiler keep it in memory, and copy it by a
/// call of the very functions that use it here.
#[derive(Clone, Copy)]
pub(super) struct Four(usize, usize, usize, usize);

/// Reads four words.
///
/// # Safety
/// `from` is readable for four words.
#[inline(always)]
pub(super) unsafe fn load4<const ANY: bool>(from: *const u8) -> Four {
    let into = if ANY { 0 } else { from.addr() % WORD };
    // The aligned words that hold it, and where there is nothing to align its own.
    let place = |at: usize| from.wrapping_sub(into).wrapping_add(at * WORD);
    // SAFETY: the caller may read some of each of these words, so all of them lie in pages that may be read.
    let first = unsafe { load::<ANY>(place(0)) };
    // SAFETY: as above.
    let second = unsafe { load::<ANY>(place(1)) };
    // SAFETY: as above.
    let third = unsafe { load::<ANY>(place(2)) };
    // SAFETY: as above.
    let fourth = unsafe { load::<ANY>(place(3)) };
    if into == 0 {
        return Four(first, second, third, fourth);
    }
    // SAFETY: as above.
    let fifth = unsafe { load::<ANY>(place(4)) };
    Four(
        merge(first, second, into),
        merge(second, third, into),
        merge(third, fourth, into),
        merge(fourth, fifth, into),
    )
}

/// Writes a word.
///
/// # Safety
/// `to` is writable for a word, and aligned unless `ANY`.
#[inline(always)]
pub(super) unsafe fn store<const ANY: bool>(to: *mut u8, word: usize) {
    let to = to.cast::<usize>();
    if ANY {
        // SAFETY: the caller's.
        unsafe { to.write_unaligned(word) };
    } else {
        // SAFETY: the caller's, also that the place is aligned.
        unsafe { to.write(word) };
    }
}

/// Writes four words.
///
/// # Safety
/// `to` is writable for four words, and aligned unless `ANY`.
#[inline(always)]
pub(super) unsafe fn store4<const ANY: bool>(to: *mut u8, Four(first, second, third, fourth): Four) {
    // SAFETY: the caller's.
    unsafe { store::<ANY>(to, first) };
    // SAFETY: the caller's.
    unsafe { store::<ANY>(to.wrapping_add(WORD), second) };
    // SAFETY: the caller's.
    unsafe { store::<ANY>(to.wrapping_add(2 * WORD), third) };
    // SAFETY: the caller's.
    unsafe { store::<ANY>(to.wrapping_add(3 * WORD), fourth) };
}

impl Four {
    /// Gives four times the same word.
    pub(super) const fn of(word: usize) -> Self {
        Self(word, word, word, word)
    }
}
