//! BLAKE2b (RFC 7693), without a key. Its last block is told from the others, even where it is whole.

use super::constants::SQUARE_ROOTS;

/// What it works on at once, in bytes.
pub(super) const BLOCK: usize = 128;

/// What the blocks so far come to, and how many bytes they had.
#[derive(Clone, Debug)]
pub(super) struct Blake2b {
    pub(super) words: [u64; 8],
    count: u64,
}

/// Which words of a block the mixings of a round take, two each; the rounds behind the tenth begin anew (2.7).
const ORDERS: [[usize; 16]; 10] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
    [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
    [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
    [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
    [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
    [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
    [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
    [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
    [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
];

/// The columns of the square of four by four words, and then its diagonals (3.2).
const LANES: [[usize; 4]; 8] = [
    [0, 4, 8, 12],
    [1, 5, 9, 13],
    [2, 6, 10, 14],
    [3, 7, 11, 15],
    [0, 5, 10, 15],
    [1, 6, 11, 12],
    [2, 7, 8, 13],
    [3, 4, 9, 14],
];

impl Blake2b {
    /// Begins a digest of that many bytes, 1 to 64.
    pub(super) fn new(length: usize) -> Self {
        let [mut words, _] = SQUARE_ROOTS;
        words[0] ^= 0x0101_0000 ^ length as u64;
        Self { words, count: 0 }
    }

    /// Takes in a block that others follow.
    pub(super) fn block(&mut self, block: &[u8; BLOCK]) {
        self.count += BLOCK as u64;
        self.compress(block, 0);
    }

    /// Takes in the last block, which may be shorter.
    pub(super) fn last(&mut self, rest: &[u8]) {
        self.count += rest.len() as u64;
        let mut block = [0; BLOCK];
        for (to, from) in block.iter_mut().zip(rest) {
            *to = *from;
        }
        self.compress(&block, u64::MAX);
    }

    /// The function F (3.2); all bits of the flag are set for the last block.
    fn compress(&mut self, block: &[u8; BLOCK], flag: u64) {
        let words: [u64; 16] = core::array::from_fn(|index| u64::from_le_bytes(block.as_chunks().0[index]));
        let mut square = [0; 16];
        for (to, from) in square.iter_mut().zip(self.words.iter().chain(&SQUARE_ROOTS[0])) {
            *to = *from;
        }
        square[12] ^= self.count;
        square[14] ^= flag;
        for round in 0..12 {
            let order = &ORDERS[round % ORDERS.len()];
            for (step, lane) in LANES.iter().enumerate() {
                mix(&mut square, *lane, words[order[2 * step]], words[order[2 * step + 1]]);
            }
        }
        for (at, word) in self.words.iter_mut().enumerate() {
            *word ^= square[at] ^ square[at + 8];
        }
    }
}

/// The function G (3.1).
fn mix(square: &mut [u64; 16], [a, b, c, d]: [usize; 4], first: u64, second: u64) {
    for (word, [far, near]) in [(first, [32, 24]), (second, [16, 63])] {
        square[a] = square[a].wrapping_add(square[b]).wrapping_add(word);
        square[d] = (square[d] ^ square[a]).rotate_right(far);
        square[c] = square[c].wrapping_add(square[d]);
        square[b] = (square[b] ^ square[c]).rotate_right(near);
    }
}
