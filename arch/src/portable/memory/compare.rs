//! Comparing bytes.

use super::words::{WORD, load};

/// Compares bytes: negative, 0 or positive as the first that differ compare.
///
/// # Safety
/// Both are readable for `count` bytes.
#[inline(always)]
pub unsafe fn compare<const ANY: bool>(left: *const u8, right: *const u8, count: usize) -> i32 {
    let mut at = 0;
    while count - at >= WORD {
        // SAFETY: a word is left.
        let here = unsafe { load::<ANY>(left.wrapping_add(at)) };
        // SAFETY: as above.
        let there = unsafe { load::<ANY>(right.wrapping_add(at)) };
        if here != there {
            // The lowest address decides.
            return if here.to_be() < there.to_be() { -1 } else { 1 };
        }
        at += WORD;
        if ANY && count - at < WORD && count > at {
            // The last word, which may overlap what is equal.
            at = count - WORD;
        }
    }
    while at < count {
        // SAFETY: in front of the end.
        let here = unsafe { left.wrapping_add(at).read() };
        // SAFETY: as above.
        let there = unsafe { right.wrapping_add(at).read() };
        if here != there {
            return i32::from(here) - i32::from(there);
        }
        at += 1;
    }
    0
}
