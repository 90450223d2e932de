//! What an input device can do, as its file `uevent` says it: a bit for each key or axis, in words of hexadecimal digits,
//! the highest first.

/// A set of numbers, as in `KEY=402000000 3803078f800d001 feffffdfffefffff fffffffffffffffe`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities<'a> {
    text: &'a [u8],
    word_bits: usize,
}

impl<'a> Capabilities<'a> {
    /// Takes the text; words have the bits of the kernel's `long`.
    pub const fn new(text: &'a [u8], word_bits: usize) -> Self {
        Self { text, word_bits }
    }

    /// Says whether a number is in the set.
    pub fn has(self, number: usize) -> bool {
        let word = self.words().nth(number / self.word_bits).unwrap_or(0);
        word >> (number % self.word_bits) & 1 == 1
    }

    /// Says whether any number of a range is in the set.
    pub fn has_any(self, mut range: core::ops::Range<usize>) -> bool {
        range.any(|number| self.has(number))
    }

    /// Says whether there is none in it.
    pub fn is_empty(self) -> bool {
        self.words().all(|word| word == 0)
    }

    fn words(self) -> impl Iterator<Item = u64> + 'a {
        let text = self.text.trim_ascii();
        text.rsplit(|byte| *byte == b' ').map(|word| {
            core::str::from_utf8(word).ok().and_then(|word| u64::from_str_radix(word, 16).ok()).unwrap_or(0)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_is_the_lowest() {
        let keys = Capabilities::new(b"10000000000000 0 3", 64);
        assert!(keys.has(0) && keys.has(1) && !keys.has(2) && !keys.has(64) && keys.has(2 * 64 + 52));
        assert!(keys.has_any(128..256) && !keys.has_any(2..128) && !keys.has_any(300..1000));
        assert!(Capabilities::new(b"80000000 0", 32).has(63));
        for text in [&b""[..], b"0", b"x y", b"\xff"] {
            assert!(Capabilities::new(text, 64).is_empty());
        }
    }
}
