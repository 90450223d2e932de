//! Whole numbers of any size, as much of them as exact fractions need.

use alloc::vec::Vec;

/// A number: its digits to the base 2^32, the least first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Big(Vec<u32>);

/// The greatest powers that fit into a digit, and of what.
const TENS: (u32, u32) = (1_000_000_000, 9);
const FIVES: (u32, u32) = (1_220_703_125, 13);

impl Big {
    pub(crate) fn new(value: u64) -> Self {
        let mut number = Self(alloc::vec![value as u32, (value >> 32) as u32]);
        number.trim();
        number
    }

    fn trim(&mut self) {
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.0.is_empty()
    }

    /// Multiplies, and adds.
    pub(crate) fn scale(&mut self, factor: u32, addend: u32) {
        let mut carry = u64::from(addend);
        for digit in &mut self.0 {
            carry += u64::from(*digit) * u64::from(factor);
            *digit = carry as u32;
            carry >>= 32;
        }
        if carry > 0 {
            self.0.push(carry as u32);
        }
    }

    /// Divides; gives what is left over.
    fn divide(&mut self, divisor: u32) -> u32 {
        let mut rest = 0_u64;
        for digit in self.0.iter_mut().rev() {
            rest = rest << 32 | u64::from(*digit);
            *digit = (rest / u64::from(divisor)) as u32;
            rest %= u64::from(divisor);
        }
        self.trim();
        rest as u32
    }

    fn multiply_by_power(&mut self, (power, most): (u32, u32), base: u32, mut exponent: u32) {
        while exponent >= most {
            self.scale(power, 0);
            exponent -= most;
        }
        self.scale(base.pow(exponent), 0);
    }

    pub(crate) fn multiply_by_ten_to(&mut self, exponent: u32) {
        self.multiply_by_power(TENS, 10, exponent);
    }

    pub(crate) fn multiply_by_five_to(&mut self, exponent: u32) {
        self.multiply_by_power(FIVES, 5, exponent);
    }

    /// Divides by a power of ten; says whether something was left over.
    pub(crate) fn divide_by_ten_to(&mut self, mut exponent: u32) -> bool {
        let mut is_inexact = false;
        while exponent > 0 {
            let step = exponent.min(TENS.1);
            is_inexact |= self.divide(10_u32.pow(step)) != 0;
            exponent -= step;
        }
        is_inexact
    }

    /// Multiplies by a power of two.
    pub(crate) fn shift(&mut self, bits: u32) {
        self.scale(1 << (bits % 32), 0);
        if !self.is_zero() {
            self.0.splice(0..0, core::iter::repeat_n(0, (bits / 32) as usize));
        }
    }

    /// Gives how many bits it has.
    pub(crate) fn bits(&self) -> u32 {
        self.0.last().map_or(0, |last| self.0.len() as u32 * 32 - last.leading_zeros())
    }

    pub(crate) fn bit(&self, at: u32) -> bool {
        self.0.get((at / 32) as usize).is_some_and(|digit| digit >> (at % 32) & 1 == 1)
    }

    /// Gives its decimal digits; none for zero.
    pub(crate) fn decimal(mut self) -> Vec<u8> {
        let mut digits = Vec::new();
        while !self.is_zero() {
            let mut part = self.divide(TENS.0);
            for _ in 0..TENS.1 {
                digits.push(b'0' + (part % 10) as u8);
                part /= 10;
            }
        }
        while digits.last() == Some(&b'0') {
            digits.pop();
        }
        digits.reverse();
        digits
    }
}
