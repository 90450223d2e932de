//! Bytes for bytes.

/// A set of bytes.
#[derive(Clone, Copy, Debug)]
pub struct Set([bool; 256]);

impl Set {
    /// Gives the set without a byte.
    pub const EMPTY: Self = Self([false; 256]);

    /// Adds a byte.
    pub fn insert(&mut self, byte: u8) {
        self.0[usize::from(byte)] = true;
    }

    /// Says whether it has a byte.
    pub const fn has(&self, byte: u8) -> bool {
        self.0[byte as usize]
    }

    /// Gives how many bytes from the first on the set has.
    pub fn run(&self, bytes: &[u8]) -> usize {
        bytes.iter().position(|byte| !self.has(*byte)).unwrap_or(bytes.len())
    }

    /// Gives how many bytes from the first on the set does not have.
    pub fn gap(&self, bytes: &[u8]) -> usize {
        bytes.iter().position(|byte| self.has(*byte)).unwrap_or(bytes.len())
    }

    /// Moves the bytes that the set does not have to the front, in their order; gives how many they are.
    pub fn remove_from(&self, bytes: &mut [u8]) -> usize {
        let mut kept = 0;
        for at in 0..bytes.len() {
            // Written in either case: that costs less than a jump that nobody can foretell.
            let byte = bytes[at];
            bytes[kept] = byte;
            kept += usize::from(!self.has(byte));
        }
        kept
    }

    /// Moves the bytes to the front, but of those that the set has only the first in each row of equal ones; `before` is
    /// the byte before them, and afterwards the last of them. Gives how many they are.
    pub fn squeeze(&self, bytes: &mut [u8], before: &mut Option<u8>) -> usize {
        let mut kept = 0;
        for at in 0..bytes.len() {
            let byte = bytes[at];
            bytes[kept] = byte;
            let repeats = *before == Some(byte) && self.has(byte);
            kept += usize::from(!repeats);
            *before = Some(byte);
        }
        kept
    }
}

/// Puts for each byte what the table has in its place.
pub fn translate(bytes: &mut [u8], table: &[u8; 256]) {
    for byte in bytes {
        *byte = table[usize::from(*byte)];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(bytes: &[u8]) -> Set {
        let mut set = Set::EMPTY;
        bytes.iter().for_each(|byte| set.insert(*byte));
        set
    }

    #[test]
    fn rows_of_a_set_and_of_others_are_measured() {
        assert_eq!((set(b"an").run(b"anab"), set(b"an").gap(b"xyan")), (3, 2));
        assert_eq!((set(b"an").run(b"an"), set(b"an").gap(b"")), (2, 0));
    }

    #[test]
    fn bytes_are_taken_out() {
        let mut text = *b"banana";
        let kept = set(b"an").remove_from(&mut text);
        assert_eq!(text[..kept], *b"b");
    }

    #[test]
    fn rows_of_a_byte_are_squeezed_over_pieces() {
        let mut before = None;
        let mut all = Vec::new();
        for piece in [&b"aabb"[..], b"bbcc", b"caa"] {
            let mut piece = piece.to_vec();
            let kept = set(b"ab").squeeze(&mut piece, &mut before);
            all.extend_from_slice(&piece[..kept]);
        }
        assert_eq!(all, b"abccca");
    }

    #[test]
    fn bytes_are_translated() {
        let mut table = core::array::from_fn(|byte| byte as u8);
        table[usize::from(b'a')] = b'o';
        let mut text = *b"banana";
        translate(&mut text, &table);
        assert_eq!(text, *b"bonono");
    }
}
