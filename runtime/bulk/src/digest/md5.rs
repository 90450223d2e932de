//! MD5's work on a block (RFC 1321, 3.4).

use super::constants::SINES;

const ROTATIONS: [[u32; 4]; 4] = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];

pub(super) fn block(state: &mut [u32; 8], block: &[u8; 64]) {
    let words: [u32; 16] = core::array::from_fn(|index| u32::from_le_bytes(block.as_chunks().0[index]));
    let [mut a, mut b, mut c, mut d, ..] = *state;
    let mut round = |number: usize, mixed: fn(u32, u32, u32) -> u32, word: fn(usize) -> usize| {
        for step in 0..16 {
            let sum = a
                .wrapping_add(mixed(b, c, d))
                .wrapping_add(SINES[number * 16 + step])
                .wrapping_add(words[word(step) % 16]);
            (a, d, c) = (d, c, b);
            b = b.wrapping_add(sum.rotate_left(ROTATIONS[number][step % 4]));
        }
    };
    round(0, |b, c, d| d ^ (b & (c ^ d)), |step| step);
    round(1, |b, c, d| c ^ (d & (b ^ c)), |step| 5 * step + 1);
    round(2, |b, c, d| b ^ c ^ d, |step| 3 * step + 5);
    round(3, |b, c, d| c ^ (b | !d), |step| 7 * step);
    for (word, sum) in state.iter_mut().zip([a, b, c, d]) {
        *word = word.wrapping_add(sum);
    }
}
