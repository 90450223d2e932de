//! Mutations of seeds, the same for the same start: what libFuzzer does most, without its eyes.

/// Numbers at which readers go wrong.
const EDGES: [u64; 12] =
    [0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0xffff_ffff, 0xffff_ffff_ffff_ffff];

/// A generator of inputs.
pub(crate) struct Mutator(u64);

impl Mutator {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Makes an input from a seed, by one to eight changes.
    pub(crate) fn mutate(&mut self, seeds: &[Vec<u8>], longest: usize) -> Vec<u8> {
        let mut input = seeds[self.below(seeds.len())].clone();
        for _ in 0..=self.below(8) {
            self.change(&mut input, seeds);
        }
        input.truncate(longest);
        input
    }

    fn change(&mut self, input: &mut Vec<u8>, seeds: &[Vec<u8>]) {
        let at = self.below(input.len() + 1);
        match self.below(9) {
            0 => self.touch(input, at, |byte, chance| byte ^ 1 << (chance % 8)),
            1 => self.touch(input, at, |_, chance| chance as u8),
            2 => self.touch(input, at, |byte, chance| byte.wrapping_add(chance as u8 % 9).wrapping_sub(4)),
            3 => self.edge(input, at),
            4 => input.truncate(at),
            5 => input.insert(at, self.next() as u8),
            6 => {
                let count = self.below(16).min(input.len() - at);
                input.drain(at..at + count);
            }
            7 => {
                let from = self.below(input.len() + 1);
                let count = self.below(64).min(input.len() - from);
                let piece = input[from..from + count].to_vec();
                input.splice(at..at, piece);
            }
            _ => {
                let other = &seeds[self.below(seeds.len())];
                let from = self.below(other.len() + 1);
                input.truncate(at);
                input.extend_from_slice(&other[from..]);
            }
        }
    }

    fn touch(&mut self, input: &mut [u8], at: usize, change: fn(u8, u64) -> u8) {
        let chance = self.next();
        if let Some(byte) = input.get_mut(at) {
            *byte = change(*byte, chance);
        }
    }

    /// Writes an edge number of 1, 2, 4 or 8 bytes, in either order.
    fn edge(&mut self, input: &mut [u8], at: usize) {
        let number = EDGES[self.below(EDGES.len())].wrapping_add(self.below(3) as u64).wrapping_sub(1);
        let width = 1 << self.below(4);
        let mut bytes = number.to_le_bytes()[..width].to_vec();
        if self.below(2) == 0 {
            bytes.reverse();
        }
        if let Some(place) = input.get_mut(at..at + width) {
            place.copy_from_slice(&bytes);
        }
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    /// SplitMix64 (Steele, Lea and Flood 2014).
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ word >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ word >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ word >> 31
    }
}
