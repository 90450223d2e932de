//! The file of a log that keeps what was said last: a head, and behind it a room in which the bytes go round. The writer waits for
//! nobody: it says what it will write over, writes, and says that it has. Whoever reads looks at the head before and after.

use alloc::vec::Vec;

use crate::cursor::Cursor;
use crate::{Error, Expected};

const MAGIC: u64 = u64::from_le_bytes(*b"spkring3");

/// Bytes of the head.
pub const HEAD: usize = 40;

/// What the head says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Bytes of the room.
    pub room: u64,
    /// Bytes that were ever written.
    pub written: u64,
    /// The same, with those that are being written.
    pub claimed: u64,
    /// How far the writer had come, when it had written that, in what it reads elsewhere; a number of its own.
    pub mark: u64,
}

impl Head {
    /// Reads a head.
    ///
    /// # Errors
    /// No head of such a file, or no room.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let mut cursor = Cursor::new(bytes);
        let mut number = || cursor.array(Expected::Record).map(u64::from_le_bytes);
        let [magic, room, written, claimed, mark] = [number()?, number()?, number()?, number()?, number()?];
        if magic != MAGIC || room == 0 || claimed < written {
            return Err(Error::new(Expected::Record, 0));
        }
        Ok(Self { room, written, claimed, mark })
    }

    /// Writes it.
    pub fn emit(self) -> [u8; HEAD] {
        let mut bytes = [0; HEAD];
        let numbers = [MAGIC, self.room, self.written, self.claimed, self.mark];
        for (place, number) in bytes.chunks_exact_mut(8).zip(numbers) {
            place.copy_from_slice(&number.to_le_bytes());
        }
        bytes
    }

    /// Gives the offset within the file where a byte lies, and how many follow it before the end of the room.
    pub const fn place(self, at: u64) -> (u64, u64) {
        let within = at % self.room;
        (HEAD as u64 + within, self.room - within)
    }

    /// Gives the first byte that is still there, in what was read before the head said this.
    pub const fn oldest(self) -> u64 {
        self.claimed.saturating_sub(self.room)
    }
}

/// Cuts the beginning of what was written first off, up to the end of a line, where its own beginning is lost.
pub fn whole_lines(bytes: &mut Vec<u8>) {
    let end = bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |end| end + 1);
    bytes.drain(..end);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_both_ways() {
        let head = Head { room: 10, written: 23, claimed: 25, mark: 7 };
        let bytes = head.emit();
        assert_eq!(Head::parse(&bytes), Ok(head));
        for length in 0..HEAD {
            assert!(Head::parse(&bytes[..length]).is_err());
        }
        assert!(Head::parse(&[0; HEAD]).is_err());
        assert!(Head::parse(&Head { room: 0, ..head }.emit()).is_err());
        assert!(Head::parse(&Head { claimed: 22, ..head }.emit()).is_err());
        assert_eq!((head.place(23), head.place(20), head.oldest()), ((43, 7), (40, 10), 15));
    }

    #[test]
    fn lines_without_their_beginning_are_left_out() {
        for (text, expected) in [("rest\nline\n", "line\n"), ("rest", ""), ("\na\n", "a\n")] {
            let mut bytes = text.as_bytes().to_vec();
            whole_lines(&mut bytes);
            assert_eq!(bytes, expected.as_bytes());
        }
    }
}
