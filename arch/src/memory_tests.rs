//! The memory functions of whichever architecture this is: every size, alignment and overlap.

use crate::memory::tests::each_variant;
use crate::memory::{memcmp, memmove, memset, strlen};
use crate::syscall::syscall3;
use linux_raw_sys::general::{__NR_mprotect, PROT_READ, PROT_WRITE};

/// Every size up to past the loops' unrolling, then some about powers of two.
fn sizes() -> impl Iterator<Item = usize> {
    (0..420).chain((9..15).flat_map(|power| (1_usize << power) - 2..(1 << power) + 3))
}

/// Bytes in which every neighbourhood is different.
fn pattern(count: usize) -> Vec<u8> {
    (0..count).map(|at| (at.wrapping_mul(0x9e37_79b9) >> 11) as u8).collect()
}

#[test]
fn moves_are_right_at_every_size_alignment_and_overlap() {
    each_variant(moves);
}

fn moves() {
    for size in sizes() {
        let space = size + 160;
        for (from, to) in [(64, 0), (0, 64), (64, 63), (63, 64), (64, 47), (48, 65), (7, 7), (80, 3), (1, 81)]
        {
            let mut ours = pattern(space);
            let mut right = ours.clone();
            right.copy_within(from..from + size, to);
            let base = ours.as_mut_ptr();
            // SAFETY: both ranges lie in the buffer.
            let given = unsafe { memmove(base.wrapping_add(to), base.wrapping_add(from), size) };
            assert_eq!(given, base.wrapping_add(to));
            assert!(ours == right, "size {size} from {from} to {to}");
        }
    }
}

#[test]
fn sets_touch_exactly_their_bytes() {
    each_variant(sets);
}

fn sets() {
    for size in sizes() {
        for at in [0, 1, 15, 16, 31, 63] {
            let mut ours = pattern(size + 128);
            let mut right = ours.clone();
            right[at..at + size].fill(0xa5);
            // SAFETY: within the buffer.
            unsafe { memset(ours.as_mut_ptr().wrapping_add(at), 0x7fa5, size) };
            assert!(ours == right, "size {size} at {at}");
        }
    }
}

#[test]
fn comparisons_find_the_first_difference() {
    each_variant(comparisons);
}

fn comparisons() {
    for size in sizes() {
        let left = pattern(size + 3);
        let mut right = vec![0; size + 1];
        right[1..].copy_from_slice(&left[3..]);
        let compare = |right: &[u8]| {
            // SAFETY: both hold `size` bytes from there.
            unsafe { memcmp(left.as_ptr().wrapping_add(3), right.as_ptr().wrapping_add(1), size) }
        };
        assert_eq!(compare(&right), 0, "size {size}");
        let step = if size > 512 { 37 } else { 1 };
        for at in (0..size).rev().step_by(step) {
            let kept = right[1 + at];
            right[1 + at] = kept.wrapping_add(1);
            // A later difference must not count.
            right[size] ^= 0x80;
            let sign = left[3..].cmp(&right[1..]) as i32;
            assert_eq!(compare(&right).signum(), sign, "size {size} at {at}");
            right[size] ^= 0x80;
            right[1 + at] = kept;
        }
    }
}

#[test]
fn lengths_stop_at_the_first_zero() {
    each_variant(lengths);
}

fn lengths() {
    let mut string = vec![b'x'; 5000];
    for size in sizes().filter(|&size| size < 4800) {
        for at in [0, 1, 17, 63] {
            let end = at + size;
            let kept = core::mem::take(&mut string[end]);
            // SAFETY: a zero byte follows.
            assert_eq!(unsafe { strlen(string.as_ptr().wrapping_add(at)) }, size, "size {size} at {at}");
            string[end] = kept;
        }
    }
}

#[test]
fn nothing_is_read_beyond_the_last_page() {
    each_variant(at_the_end);
}

/// Strings that end with a page, behind which nothing may be read.
fn at_the_end() {
    // As large as pages of any Linux get.
    const PAGE: usize = 1 << 16;
    let mut buffer = vec![b'x'; 3 * PAGE];
    let start = buffer.as_ptr().addr().next_multiple_of(PAGE) - buffer.as_ptr().addr();
    let guard = buffer.as_mut_ptr().wrapping_add(start + PAGE);
    let protect = |protection: usize| {
        // SAFETY: the page lies in the buffer, of which only this part is taken and given back.
        let word = unsafe { syscall3(__NR_mprotect, guard.expose_provenance(), PAGE, protection) };
        assert_eq!(word, 0);
    };
    protect(0);
    let end = guard.wrapping_sub(1);
    // SAFETY: the last byte in front of the guard.
    unsafe { end.write(0) };
    for size in 0..400 {
        let first = end.wrapping_sub(size);
        // SAFETY: the zero is the last byte that may be read.
        let length = unsafe { strlen(first) };
        // SAFETY: as above.
        let difference = unsafe { memcmp(first, first, size + 1) };
        let copied = &mut [0; 401];
        // SAFETY: as above.
        unsafe { memmove(copied.as_mut_ptr(), first, size + 1) };
        assert_eq!((length, difference, copied[..size].contains(&0)), (size, 0, false), "size {size}");
    }
    protect((PROT_READ | PROT_WRITE) as usize);
}
