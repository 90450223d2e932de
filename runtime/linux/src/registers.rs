//! 64-bit arguments on 32-bit processors: two registers each, which some ABIs want to begin at an even one.

use crate::call::Word;

/// The six registers of a system call's arguments, filled in turn.
pub(crate) struct Registers {
    words: [usize; 6],
    used: usize,
}

/// A value that takes one register or two.
pub(crate) trait Argument {
    fn put(self, registers: &mut Registers);
}

impl<W: Word> Argument for W {
    #[inline(always)]
    fn put(self, registers: &mut Registers) {
        registers.add(self.word());
    }
}

#[cfg(target_pointer_width = "32")]
impl Argument for u64 {
    #[inline(always)]
    fn put(self, registers: &mut Registers) {
        registers.add_pair(self, arch::abi::ALIGNED_PAIRS);
    }
}

impl Registers {
    pub(crate) const EMPTY: Self = Self { words: [0; 6], used: 0 };

    /// Gives all six; the kernel looks at no more than its call has.
    #[inline(always)]
    pub(crate) const fn words(&self) -> [usize; 6] {
        self.words
    }

    #[inline(always)]
    fn add(&mut self, word: usize) {
        if let Some(register) = self.words.get_mut(self.used) {
            *register = word;
        }
        self.used += 1;
    }

    /// Adds the halves in the order of memory; if they must be aligned, an odd register is left out.
    #[inline(always)]
    fn add_pair(&mut self, value: u64, aligned: bool) {
        if aligned && self.used % 2 == 1 {
            self.add(0);
        }
        for half in halves(value) {
            self.add(half as usize);
        }
    }
}

#[inline(always)]
const fn halves(value: u64) -> [u32; 2] {
    let (high, low) = ((value >> 32) as u32, value as u32);
    if cfg!(target_endian = "big") { [high, low] } else { [low, high] }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFSET: u64 = 0x1_0000_0002;

    fn pread(aligned: bool) -> [usize; 6] {
        let mut registers = Registers::EMPTY;
        3_u32.put(&mut registers);
        0x1000_usize.put(&mut registers);
        16_usize.put(&mut registers);
        registers.add_pair(OFFSET, aligned);
        registers.words()
    }

    #[test]
    #[cfg(target_endian = "little")]
    fn a_pair_begins_where_the_abi_says() {
        assert_eq!(pread(false), [3, 0x1000, 16, 2, 1, 0]); // x86
        assert_eq!(pread(true), [3, 0x1000, 16, 0, 2, 1]); // arm
    }

    #[test]
    #[cfg(target_endian = "little")]
    fn a_pair_that_is_aligned_leaves_nothing_out() {
        for aligned in [false, true] {
            let mut registers = Registers::EMPTY;
            7_i32.put(&mut registers);
            0_u32.put(&mut registers);
            registers.add_pair(OFFSET, aligned);
            registers.add_pair(5, aligned);
            assert_eq!(registers.words(), [7, 0, 2, 1, 5, 0]);
        }
    }
}
