//! Copying, in the direction that overlap allows.

use super::words::{WORD, hidden, load, load4, move_byte, move_word, move4, store, store4};

/// Copies bytes between operands that may overlap.
///
/// # Safety
/// `from` is readable and `to` writable for `count` bytes.
#[inline(always)]
pub unsafe fn copy<const ANY: bool>(to: *mut u8, from: *const u8, count: usize) {
    // Below the count only if the target begins inside the source.
    let overlap = to.addr().wrapping_sub(from.addr()) < count;
    match (ANY, overlap) {
        // SAFETY: the caller's.
        (true, _) if count <= 2 * WORD => unsafe { copy_two(to, from, count) },
        // SAFETY: the caller's.
        (true, _) if count <= 8 * WORD => unsafe { copy_eight(to, from, count) },
        // SAFETY: the caller's.
        (true, false) => unsafe { copy_up(to, from, count) },
        // SAFETY: the caller's.
        (true, true) => unsafe { copy_down(to, from, count) },
        // SAFETY: the caller's.
        (false, false) => unsafe { copy_aligned_up(to, from, count) },
        // SAFETY: the caller's.
        (false, true) => unsafe { copy_aligned_down(to, from, count) },
    }
}

/// Copies at most two words: a part from each end, with an overlap in the middle.
#[inline(always)]
unsafe fn copy_two(to: *mut u8, from: *const u8, count: usize) {
    match count {
        0 => {}
        // SAFETY: the caller's.
        1 => unsafe { move_byte(to, from) },
        // SAFETY: both parts lie within the count.
        2..4 => unsafe { copy_ends::<u16>(to, from, count) },
        // SAFETY: as above.
        4..8 => unsafe { copy_ends::<u32>(to, from, count) },
        // SAFETY: as above.
        _ => unsafe { copy_ends::<u64>(to, from, count) },
    }
}

#[inline(always)]
unsafe fn copy_ends<T: Copy>(to: *mut u8, from: *const u8, count: usize) {
    let last = count - size_of::<T>();
    // SAFETY: the part lies within the count.
    let head = unsafe { from.cast::<T>().read_unaligned() };
    // SAFETY: as above.
    let tail = unsafe { from.wrapping_add(last).cast::<T>().read_unaligned() };
    // SAFETY: as above.
    unsafe { to.cast::<T>().write_unaligned(head) };
    // SAFETY: as above.
    unsafe { to.wrapping_add(last).cast::<T>().write_unaligned(tail) };
}

/// Copies more than two words, and at most eight: four from each end, or two.
#[inline(always)]
unsafe fn copy_eight(to: *mut u8, from: *const u8, count: usize) {
    if count >= 4 * WORD {
        let last = count - 4 * WORD;
        // SAFETY: the first four words.
        let head = unsafe { load4::<true>(from) };
        // SAFETY: the last four.
        let tail = unsafe { load4::<true>(from.wrapping_add(last)) };
        // SAFETY: as above.
        unsafe { store4::<true>(to, head) };
        // SAFETY: as above.
        unsafe { store4::<true>(to.wrapping_add(last), tail) };
        return;
    }
    let last = count - 2 * WORD;
    // SAFETY: the first two words and the last two lie within the count.
    let word = |at| unsafe { load::<true>(from.wrapping_add(at)) };
    let (first, second, third, fourth) = (word(0), word(WORD), word(last), word(last + WORD));
    // SAFETY: as above.
    let put = |at, word| unsafe { store::<true>(to.wrapping_add(at), word) };
    put(0, first);
    put(WORD, second);
    put(last, third);
    put(last + WORD, fourth);
}

/// Copies more than eight words from the start on.
///
/// The first word is stored last: it may overlap what is still to be read.
#[inline(always)]
unsafe fn copy_up(to: *mut u8, from: *const u8, count: usize) {
    let last = count - 4 * WORD;
    let end = to.wrapping_add(last);
    // SAFETY: the first word.
    let head = unsafe { load::<true>(from) };
    // SAFETY: the last four words.
    let tail = unsafe { load4::<true>(from.wrapping_add(last)) };
    let skipped = WORD - to.addr() % WORD;
    let (mut at, mut source) = (to.wrapping_add(skipped), from.wrapping_add(skipped));
    while at < end {
        // SAFETY: four words of the source, in front of whose end there are four more.
        unsafe { move4::<true>(at, source) };
        at = hidden(at.wrapping_add(4 * WORD));
        source = source.wrapping_add(4 * WORD);
    }
    // SAFETY: the last four words.
    unsafe { store4::<true>(end, tail) };
    // SAFETY: the first word.
    unsafe { store::<true>(to, head) };
}

/// Copies more than eight words from the end on.
#[inline(always)]
unsafe fn copy_down(to: *mut u8, from: *const u8, count: usize) {
    let last = count - WORD;
    // SAFETY: the first four words.
    let head = unsafe { load4::<true>(from) };
    // SAFETY: the last word.
    let tail = unsafe { load::<true>(from.wrapping_add(last)) };
    let left = count - 1 - (to.wrapping_add(count).addr() - 1) % WORD;
    let (mut at, mut source) = (to.wrapping_add(left), from.wrapping_add(left));
    while at > to.wrapping_add(4 * WORD) {
        at = hidden(at.wrapping_sub(4 * WORD));
        source = source.wrapping_sub(4 * WORD);
        // SAFETY: four words of the source, behind whose start there are four more.
        unsafe { move4::<true>(at, source) };
    }
    // SAFETY: the last word.
    unsafe { store::<true>(to.wrapping_add(last), tail) };
    // SAFETY: the first four words.
    unsafe { store4::<true>(to, head) };
}

/// Copies from the start on, with aligned words.
#[inline(always)]
unsafe fn copy_aligned_up(mut to: *mut u8, mut from: *const u8, mut count: usize) {
    let mut bytes = if count < 2 * WORD { count } else { to.addr().wrapping_neg() % WORD };
    loop {
        count -= bytes;
        while bytes > 0 {
            // SAFETY: one of the bytes left.
            unsafe { move_byte(to, from) };
            (to, from, bytes) = (hidden(to.wrapping_add(1)), from.wrapping_add(1), bytes - 1);
        }
        if count == 0 {
            return;
        }
        while count >= 4 * WORD {
            // SAFETY: four words are left.
            unsafe { move4::<false>(to, from) };
            (to, from) = (hidden(to.wrapping_add(4 * WORD)), from.wrapping_add(4 * WORD));
            count -= 4 * WORD;
        }
        while count >= WORD {
            // SAFETY: a word is left.
            unsafe { move_word::<false>(to, from) };
            (to, from, count) = (hidden(to.wrapping_add(WORD)), from.wrapping_add(WORD), count - WORD);
        }
        bytes = count;
    }
}

/// Copies from the end on, with aligned words.
#[inline(always)]
unsafe fn copy_aligned_down(to: *mut u8, from: *const u8, mut count: usize) {
    let (mut to, mut from) = (to.wrapping_add(count), from.wrapping_add(count));
    let mut bytes = if count < 2 * WORD { count } else { to.addr() % WORD };
    loop {
        count -= bytes;
        while bytes > 0 {
            (to, from, bytes) = (hidden(to.wrapping_sub(1)), from.wrapping_sub(1), bytes - 1);
            // SAFETY: one of the bytes left.
            unsafe { move_byte(to, from) };
        }
        if count == 0 {
            return;
        }
        while count >= 4 * WORD {
            (to, from) = (hidden(to.wrapping_sub(4 * WORD)), from.wrapping_sub(4 * WORD));
            // SAFETY: four words are left.
            unsafe { move4::<false>(to, from) };
            count -= 4 * WORD;
        }
        while count >= WORD {
            (to, from, count) = (hidden(to.wrapping_sub(WORD)), from.wrapping_sub(WORD), count - WORD);
            // SAFETY: a word is left.
            unsafe { move_word::<false>(to, from) };
        }
        bytes = count;
    }
}
