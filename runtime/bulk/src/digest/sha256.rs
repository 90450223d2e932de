//! SHA-256's work on a block (FIPS 180-4, 6.2.2).

use super::constants::CUBE_ROOTS;

pub(super) fn block(state: &mut [u32; 8], block: &[u8; 64]) {
    let mut words = [0; 64];
    for (word, bytes) in words.iter_mut().zip(block.as_chunks().0) {
        *word = u32::from_be_bytes(*bytes);
    }
    for at in 16..64 {
        let (before, behind): (u32, u32) = (words[at - 15], words[at - 2]);
        let first = before.rotate_right(7) ^ before.rotate_right(18) ^ (before >> 3);
        let second = behind.rotate_right(17) ^ behind.rotate_right(19) ^ (behind >> 10);
        words[at] = words[at - 16].wrapping_add(first).wrapping_add(words[at - 7]).wrapping_add(second);
    }
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *state;
    for (word, root) in words.into_iter().zip(CUBE_ROOTS) {
        let mixed = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
        let sum = h
            .wrapping_add(mixed)
            .wrapping_add(g ^ (e & (f ^ g)))
            .wrapping_add((root >> 32) as u32)
            .wrapping_add(word);
        let other = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
        (h, g, f, e) = (g, f, e, d.wrapping_add(sum));
        let choice = (a & b) | (c & (a | b));
        (d, c, b, a) = (c, b, a, sum.wrapping_add(other).wrapping_add(choice));
    }
    for (word, sum) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
        *word = word.wrapping_add(sum);
    }
}
