//! Messages over a stream: each behind its length in 16 bits (RFC 1035 section 4.2.2).

use alloc::vec::Vec;

/// Appends a message with its length; a message of more than 65535 bytes does not fit and is left out.
pub fn frame(out: &mut Vec<u8>, message: &[u8]) {
    if let Ok(length) = u16::try_from(message.len()) {
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(message);
    }
}

/// Finds messages in what a stream gives, piece by piece.
#[derive(Clone, Debug, Default)]
pub struct Frames {
    bytes: Vec<u8>,
    /// What of the bytes has been given.
    given: usize,
}

impl Frames {
    /// Starts with nothing.
    pub const fn new() -> Self {
        Self { bytes: Vec::new(), given: 0 }
    }

    /// Takes what came.
    pub fn push(&mut self, piece: &[u8]) {
        self.bytes.drain(..self.given);
        self.given = 0;
        self.bytes.extend_from_slice(piece);
    }

    /// Gives the next message that is whole.
    pub fn next_message(&mut self) -> Option<&[u8]> {
        let (length, rest) = self.bytes.get(self.given..)?.split_first_chunk()?;
        let length = usize::from(u16::from_be_bytes(*length));
        let message = rest.get(..length)?;
        self.given += 2 + length;
        Some(message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_in_pieces_of_any_length() {
        let mut stream = Vec::new();
        for message in [&b"one"[..], b"", b"three"] {
            frame(&mut stream, message);
        }
        frame(&mut stream, &[0; 65536]);
        for step in 1..=stream.len() {
            let (mut frames, mut found) = (Frames::new(), Vec::new());
            for piece in stream.chunks(step) {
                frames.push(piece);
                while let Some(message) = frames.next_message() {
                    found.push(message.to_vec());
                }
            }
            assert_eq!(found, [&b"one"[..], b"", b"three"], "{step}");
        }
    }
}
