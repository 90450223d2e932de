//! The one way to read input: a position in a byte slice, and reads that fail instead of going past the end.

use crate::{Error, Expected};

/// A reading position in borrowed bytes.
#[derive(Clone, Copy, Debug)]
pub struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    /// Starts at the first byte.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Gives the offset of the next read from the start of the input.
    pub const fn at(&self) -> usize {
        self.at
    }

    /// Gives the bytes that are still to be read, without reading them.
    pub fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Says whether everything has been read.
    pub fn is_empty(&self) -> bool {
        self.rest().is_empty()
    }

    /// Makes the error of this place.
    pub const fn error(&self, expected: Expected) -> Error {
        Error::new(expected, self.at)
    }

    /// Moves to an absolute offset, which may lie anywhere up to the end of the input.
    pub fn seek(&mut self, at: usize, expected: Expected) -> Result<(), Error> {
        if at > self.bytes.len() {
            return Err(Error::new(expected, at));
        }
        self.at = at;
        Ok(())
    }

    /// Reads `count` bytes.
    pub fn take(&mut self, count: usize, expected: Expected) -> Result<&'a [u8], Error> {
        let taken = self.rest().get(..count).ok_or(self.error(expected))?;
        self.at += count;
        Ok(taken)
    }

    /// Reads a fixed number of bytes.
    pub fn array<const N: usize>(&mut self, expected: Expected) -> Result<[u8; N], Error> {
        let read = self.rest().first_chunk().ok_or(self.error(expected))?;
        self.at += N;
        Ok(*read)
    }

    /// Reads one byte.
    pub fn u8(&mut self, expected: Expected) -> Result<u8, Error> {
        self.array(expected).map(u8::from_be_bytes)
    }

    /// Reads 16 bits in network order.
    pub fn u16_be(&mut self, expected: Expected) -> Result<u16, Error> {
        self.array(expected).map(u16::from_be_bytes)
    }

    /// Reads 32 bits in network order.
    pub fn u32_be(&mut self, expected: Expected) -> Result<u32, Error> {
        self.array(expected).map(u32::from_be_bytes)
    }

    /// Reads several times 32 bits in network order: a header at once.
    pub fn u32s_be<const N: usize>(&mut self, expected: Expected) -> Result<[u32; N], Error> {
        let mut words = [0; N];
        self.fill_be(&mut words, expected)?;
        Ok(words)
    }

    /// Reads as many words as there is room for; apart, so that there is one of it for all lengths.
    fn fill_be(&mut self, words: &mut [u32], expected: Expected) -> Result<(), Error> {
        let (read, _) = self.take(words.len() * 4, expected)?.as_chunks();
        for (word, bytes) in words.iter_mut().zip(read) {
            *word = u32::from_be_bytes(*bytes);
        }
        Ok(())
    }

    /// Reads 64 bits in network order.
    pub fn u64_be(&mut self, expected: Expected) -> Result<u64, Error> {
        self.array(expected).map(u64::from_be_bytes)
    }

    /// Reads 16 bits in the order of this machine, as the kernel writes them.
    pub fn u16_ne(&mut self, expected: Expected) -> Result<u16, Error> {
        self.array(expected).map(u16::from_ne_bytes)
    }

    /// Reads 32 bits in the order of this machine, as the kernel writes them.
    pub fn u32_ne(&mut self, expected: Expected) -> Result<u32, Error> {
        self.array(expected).map(u32::from_ne_bytes)
    }

    /// Reads 64 bits in the order of this machine, as the kernel writes them.
    pub fn u64_ne(&mut self, expected: Expected) -> Result<u64, Error> {
        self.array(expected).map(u64::from_ne_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_stop_at_the_end_and_leave_the_position() {
        let mut cursor = Cursor::new(&[1, 2, 3]);
        assert_eq!(cursor.u16_be(Expected::Number), Ok(0x0102));
        assert_eq!(cursor.u32_be(Expected::Word), Err(Error::new(Expected::Word, 2)));
        assert_eq!(cursor.u8(Expected::Key), Ok(3));
        assert!(cursor.is_empty());
        assert_eq!(cursor.take(usize::MAX, Expected::State), Err(Error::new(Expected::State, 3)));
        assert_eq!(cursor.seek(4, Expected::Source), Err(Error::new(Expected::Source, 4)));
    }
}
