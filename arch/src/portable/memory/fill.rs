//! Setting bytes.

use super::words::{Four, WORD, hidden, store, store4};

/// Sets bytes.
///
/// # Safety
/// `to` is writable for `count` bytes.
#[inline(always)]
pub unsafe fn fill<const ANY: bool>(to: *mut u8, value: u8, count: usize) {
    let word = usize::MAX / 0xff * usize::from(value);
    let end = to.wrapping_add(count);
    let mut at = to;
    if count >= 2 * WORD {
        if ANY {
            // SAFETY: the first word and the last.
            unsafe { store::<true>(to, word) };
            // SAFETY: as above.
            unsafe { store::<true>(end.wrapping_sub(WORD), word) };
            at = to.wrapping_add(WORD - to.addr() % WORD);
        }
        while !ANY && !at.addr().is_multiple_of(WORD) {
            // SAFETY: there are two words, so the place is in front of the end.
            unsafe { at.write(value) };
            at = hidden(at.wrapping_add(1));
        }
        while end.addr() - at.addr() >= 4 * WORD {
            // SAFETY: four words are left.
            unsafe { store4::<false>(at, Four::of(word)) };
            at = hidden(at.wrapping_add(4 * WORD));
        }
        while end.addr() - at.addr() >= WORD {
            // SAFETY: a word is left.
            unsafe { store::<false>(at, word) };
            at = hidden(at.wrapping_add(WORD));
        }
        if ANY {
            return;
        }
    }
    while at < end {
        // SAFETY: in front of the end.
        unsafe { at.write(value) };
        at = hidden(at.wrapping_add(1));
    }
}
