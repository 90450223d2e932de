//! SHA-1's work on a block (FIPS 180-4, 6.1.2).

pub(super) fn block(state: &mut [u32; 8], block: &[u8; 64]) {
    let mut words = [0_u32; 80];
    for (word, bytes) in words.iter_mut().zip(block.as_chunks().0) {
        *word = u32::from_be_bytes(*bytes);
    }
    for at in 16..80 {
        words[at] = (words[at - 3] ^ words[at - 8] ^ words[at - 14] ^ words[at - 16]).rotate_left(1);
    }
    let [mut a, mut b, mut c, mut d, mut e, ..] = *state;
    let mut round = |from: usize, constant: u32, mixed: fn(u32, u32, u32) -> u32| {
        for word in &words[from..from + 20] {
            let sum = a
                .rotate_left(5)
                .wrapping_add(mixed(b, c, d))
                .wrapping_add(e)
                .wrapping_add(constant)
                .wrapping_add(*word);
            (e, d, c, b, a) = (d, c, b.rotate_left(30), a, sum);
        }
    };
    round(0, 0x5a82_7999, |b, c, d| d ^ (b & (c ^ d)));
    round(20, 0x6ed9_eba1, |b, c, d| b ^ c ^ d);
    round(40, 0x8f1b_bcdc, |b, c, d| (b & c) | (d & (b | c)));
    round(60, 0xca62_c1d6, |b, c, d| b ^ c ^ d);
    for (word, sum) in state.iter_mut().zip([a, b, c, d, e]) {
        *word = word.wrapping_add(sum);
    }
}
