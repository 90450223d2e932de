//! A body in chunks (RFC 9112 section 7.1), read as it comes.

use alloc::vec::Vec;

use crate::{Error, Expected};

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// A digit of a size; one has come already, or not.
    Size(u64, bool),
    /// What is behind a size to the end of its line, which means nothing.
    Extension(u64),
    /// So many bytes.
    Data(u64),
    /// The end of line behind data.
    After,
    /// A line behind the last chunk, with so many bytes by now; an empty one is the end.
    Trailer(usize),
    /// Nothing.
    End,
}

/// A place in such a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunks(State);

impl Default for Chunks {
    fn default() -> Self {
        Self(State::Size(0, false))
    }
}

impl Chunks {
    /// Says whether the end has come.
    pub fn is_done(&self) -> bool {
        self.0 == State::End
    }

    /// Takes what came, and appends the data in it; gives how many bytes belonged to the body.
    ///
    /// # Errors
    /// What is no size of a chunk, and what does not end where the size says.
    pub fn take(&mut self, bytes: &[u8], data: &mut Vec<u8>) -> Result<usize, Error> {
        let mut at = 0;
        while let Some(byte) = bytes.get(at).filter(|_| !self.is_done()) {
            let wrong = Error::new(Expected::ChunkSize, at);
            if let State::Data(left) = self.0 {
                let rest = bytes.get(at..).unwrap_or_default();
                let part = usize::try_from(left).map_or(rest, |left| rest.get(..left).unwrap_or(rest));
                data.extend_from_slice(part);
                at += part.len();
                let left = left - part.len() as u64;
                self.0 = if left == 0 { State::After } else { State::Data(left) };
                continue;
            }
            self.0 = self.step(*byte, wrong)?;
            at += 1;
        }
        Ok(at)
    }

    fn step(self, byte: u8, wrong: Error) -> Result<State, Error> {
        let begun = |size| if size == 0 { State::Trailer(0) } else { State::Data(size) };
        Ok(match (self.0, byte) {
            (State::Size(size, true) | State::Extension(size), b'\n') => begun(size),
            (State::Extension(size), _) | (State::Size(size, true), b';' | b' ' | b'\t' | b'\r') => {
                State::Extension(size)
            }
            (State::Size(size, _), digit) => {
                let digit = char::from(digit).to_digit(16).ok_or(wrong)?;
                let size = size.checked_mul(16).and_then(|size| size.checked_add(digit.into()));
                State::Size(size.ok_or(wrong)?, true)
            }
            (State::After, b'\r') => State::After,
            (State::After, b'\n') => State::Size(0, false),
            (State::After, _) => return Err(wrong),
            (State::Trailer(0), b'\n') => State::End,
            (State::Trailer(_), b'\n') => State::Trailer(0),
            (State::Trailer(count), b'\r') => State::Trailer(count),
            (State::Trailer(count), _) => State::Trailer(count.saturating_add(1)),
            (state @ (State::Data(_) | State::End), _) => state,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = b"5\r\nhello\r\n1; ext=\"x\"\r\n \r\n00a\nworld, all\n0\r\nX: y\r\n\r\n";

    #[test]
    fn a_body_in_pieces_of_any_length() {
        for length in 1..=BODY.len() {
            let (mut chunks, mut data) = (Chunks::default(), Vec::new());
            for piece in BODY.chunks(length) {
                assert!(!chunks.is_done());
                assert_eq!(chunks.take(piece, &mut data), Ok(piece.len()));
            }
            assert!(chunks.is_done());
            assert_eq!(data, b"hello world, all");
        }
        let (mut chunks, mut data) = (Chunks::default(), Vec::new());
        assert_eq!(chunks.take(b"0\r\n\r\nGET", &mut data), Ok(5));
        assert!(chunks.is_done());
    }

    #[test]
    fn damage_is_an_error() {
        for body in [&b"x"[..], b"\r\n", b"1\r\nab", b"11111111111111111\r\n", b"-1\r\n", b"5\r\nhello5"] {
            assert!(Chunks::default().take(body, &mut Vec::new()).is_err(), "{}", body.escape_ascii());
        }
    }
}
