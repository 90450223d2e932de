//! Finding the end of a string.

use super::words::{WORD, hidden, load};

/// Counts the bytes before the first zero. What is read beyond it lies in the same word.
///
/// # Safety
/// `string` is readable up to a zero byte.
#[inline(always)]
pub unsafe fn length(string: *const u8) -> usize {
    const ONES: usize = usize::MAX / 0xff;
    let mut at = string;
    while !at.addr().is_multiple_of(WORD) {
        // SAFETY: no zero has been seen.
        if unsafe { at.read() } == 0 {
            return at.addr() - string.addr();
        }
        at = hidden(at.cast_mut().wrapping_add(1));
    }
    loop {
        // SAFETY: no zero has been seen, so the word begins in the string.
        let word = unsafe { load::<false>(at) };
        // The lowest bit set is exact: a borrow out of a zero byte goes to higher ones only.
        let zeros = word.to_le().wrapping_sub(ONES) & !word.to_le() & (ONES << 7);
        if zeros != 0 {
            return at.addr() - string.addr() + zeros.trailing_zeros() as usize / 8;
        }
        at = hidden(at.cast_mut().wrapping_add(WORD));
    }
}
