//! SHA-512's work on a block (FIPS 180-4, 6.4.2).

use super::constants::CUBE_ROOTS;

pub(super) fn block(state: &mut [u64; 8], block: &[u8; 128]) {
    let mut words = [0; 80];
    for (word, bytes) in words.iter_mut().zip(block.as_chunks().0) {
        *word = u64::from_be_bytes(*bytes);
    }
    for at in 16..80 {
        let (before, behind): (u64, u64) = (words[at - 15], words[at - 2]);
        let first = before.rotate_right(1) ^ before.rotate_right(8) ^ (before >> 7);
        let second = behind.rotate_right(19) ^ behind.rotate_right(61) ^ (behind >> 6);
        words[at] = words[at - 16].wrapping_add(first).wrapping_add(words[at - 7]).wrapping_add(second);
    }
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *state;
    for (word, root) in words.into_iter().zip(CUBE_ROOTS) {
        let mixed = e.rotate_right(14) ^ e.rotate_right(18) ^ e.rotate_right(41);
        let sum = h.wrapping_add(mixed).wrapping_add(g ^ (e & (f ^ g))).wrapping_add(root).wrapping_add(word);
        let other = a.rotate_right(28) ^ a.rotate_right(34) ^ a.rotate_right(39);
        (h, g, f, e) = (g, f, e, d.wrapping_add(sum));
        let choice = (a & b) | (c & (a | b));
        (d, c, b, a) = (c, b, a, sum.wrapping_add(other).wrapping_add(choice));
    }
    for (word, sum) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
        *word = word.wrapping_add(sum);
    }
}
