//! Sets of small numbers, for the tables that start-up looks through: most rows of each are not for it.

/// The numbers wanted, by their low bits: a test takes an instruction or two, and what passes it is looked at.
#[derive(Clone, Copy)]
pub(crate) struct Kinds(usize);

impl Kinds {
    /// Makes the set of these numbers.
    pub(crate) const fn of(mut numbers: &[usize]) -> Self {
        let mut bits = 0;
        while let [first, rest @ ..] = numbers {
            bits |= 1 << (*first % usize::BITS as usize);
            numbers = rest;
        }
        Self(bits)
    }

    /// Gives the same set, which the compiler does not see through: it would make the constant anew for each test.
    #[inline(always)]
    pub(crate) fn kept(self) -> Self {
        Self(core::hint::black_box(self.0))
    }

    /// Says whether a number may be in the set; of what is not, some may pass.
    #[inline(always)]
    pub(crate) const fn may_have(self, number: usize) -> bool {
        (self.0 >> (number % usize::BITS as usize)) & 1 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::Kinds;

    #[test]
    fn what_is_in_the_set_passes_and_most_else_does_not() {
        const SET: Kinds = Kinds::of(&[0, 6, 23, 0x6474_e552]);
        for number in [0, 6, 23, 0x6474_e552] {
            assert!(SET.may_have(number));
        }
        let others = (0..usize::BITS as usize).filter(|&number| SET.may_have(number));
        assert_eq!(others.count(), 4);
    }
}
