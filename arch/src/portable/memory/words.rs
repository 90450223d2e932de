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

/// Reads two words.
///
/// # Safety
/// `from` is readable for two words.
#[inline(always)]
pub(super) unsafe fn load2<const ANY: bool>(from: *const u8) -> [usize; 2] {
    // SAFETY: the caller's.
    [0, 1].map(|at| unsafe { load::<ANY>(from.wrapping_add(at * WORD)) })
}

/// Reads four words.
///
/// # Safety
/// `from` is readable for four words.
#[inline(always)]
pub(super) unsafe fn load4<const ANY: bool>(from: *const u8) -> [usize; 4] {
    let into = from.addr() % WORD;
    if ANY || into == 0 {
        // SAFETY: the caller's.
        return [0, 1, 2, 3].map(|at| unsafe { load::<ANY>(from.wrapping_add(at * WORD)) });
    }
    let whole = from.wrapping_sub(into).cast::<usize>();
    // SAFETY: the caller may read some of each of these aligned words.
    let words = [0, 1, 2, 3, 4].map(|at| unsafe { whole.wrapping_add(at).read() });
    [0, 1, 2, 3].map(|at| merge(words[at], words[at + 1], into))
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

/// Writes two words at any address.
///
/// # Safety
/// `to` is writable for two words.
#[inline(always)]
pub(super) unsafe fn store2(to: *mut u8, [first, second]: [usize; 2]) {
    // SAFETY: the caller's.
    unsafe { store::<true>(to, first) };
    // SAFETY: the caller's.
    unsafe { store::<true>(to.wrapping_add(WORD), second) };
}

/// Writes four words.
///
/// # Safety
/// `to` is writable for four words, and aligned unless `ANY`.
#[inline(always)]
pub(super) unsafe fn store4<const ANY: bool>(to: *mut u8, words: [usize; 4]) {
    for (at, word) in words.into_iter().enumerate() {
        // SAFETY: the caller's.
        unsafe { store::<ANY>(to.wrapping_add(at * WORD), word) };
    }
}
