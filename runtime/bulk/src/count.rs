//! Counts of lines, words and characters.

/// Counts a byte.
pub fn lines(bytes: &[u8], delimiter: u8) -> usize {
    memchr::memchr_iter(delimiter, bytes).count()
}

/// Counts the bytes that do not go on with a character of UTF-8: in valid text, its characters.
pub fn starts(bytes: &[u8]) -> usize {
    // Sums of a byte each stay within a byte, so that sixteen and more are added at a time.
    let sum = |chunk: &[u8]| {
        usize::from(chunk.iter().fold(0_u8, |sum, byte| sum + u8::from(byte.cast_signed() >= -64)))
    };
    bytes.chunks(255).map(sum).sum()
}

/// Counts words: white space of ASCII ends one, and a printing character begins one; what is neither changes nothing.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    /// How many have begun.
    pub count: u64,
    /// Whether bytes beyond ASCII are characters of UTF-8, all of which print.
    is_utf8: bool,
    /// Whether the last byte that counts belongs to one.
    is_inside: bool,
}

/// How many bytes are looked at together.
const BLOCK: usize = 128;

impl Words {
    /// Begins a count, with UTF-8's characters or ASCII's alone.
    pub const fn new(is_utf8: bool) -> Self {
        Self { count: 0, is_utf8, is_inside: false }
    }

    /// Goes on with more bytes.
    pub fn add(&mut self, bytes: &[u8]) {
        let (blocks, rest) = bytes.as_chunks::<BLOCK>();
        for block in blocks {
            if block.iter().fold(true, |plain, byte| plain & (is_space(*byte) | is_printing(*byte))) {
                self.add_plain(block);
            } else {
                self.add_any(block);
            }
        }
        self.add_any(rest);
    }

    /// Counts where a byte that is no space follows one that is.
    fn add_plain(&mut self, block: &[u8; BLOCK]) {
        let [first, .., last] = block;
        let mut begun = u8::from(!self.is_inside & !is_space(*first));
        for (before, byte) in block.iter().zip(block.iter().skip(1)) {
            begun += u8::from(is_space(*before) & !is_space(*byte));
        }
        self.count += u64::from(begun);
        self.is_inside = !is_space(*last);
    }

    fn add_any(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if is_space(*byte) {
                self.is_inside = false;
            } else if is_printing(*byte) || self.is_utf8 && *byte >= 0xc0 {
                self.count += u64::from(!self.is_inside);
                self.is_inside = true;
            }
        }
    }
}

const fn is_space(byte: u8) -> bool {
    (byte == b' ') | (byte.wrapping_sub(b'\t') < 5)
}

const fn is_printing(byte: u8) -> bool {
    byte.wrapping_sub(b'!') < 0x7f - b'!'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_counted_by_their_first_byte() {
        let text = "aé漢🦀".repeat(300);
        assert_eq!(starts(text.as_bytes()), 1200);
        assert_eq!(lines(b"a\n\nb", b'\n'), 2);
    }

    #[test]
    fn words_are_counted_across_pieces_of_any_length() {
        let text =
            [b"one\ttwo  three\x0b".repeat(40), b" a\x01b \x01 \xff ".repeat(20), b"end".to_vec()].concat();
        let expected = 3 * 40 + 20 + 1;
        for size in 1..300 {
            let mut words = Words::new(false);
            text.chunks(size).for_each(|piece| words.add(piece));
            assert_eq!(words.count, expected, "{size}");
        }
        let mut words = Words::new(true);
        words.add("é ü".as_bytes());
        assert_eq!(words.count, 2);
    }
}
