//! Frames between `cargo xtask boot --exec` on the host and the agent worker in the guest, over one serial line.
//!
//! A frame is a kind (one byte), the length of its payload (32 bits, little-endian) and the payload. A line may
//! carry bytes that nobody meant to send: a boot loader's greeting, the noise of a port being opened. [`Decoder`]
//! skips what cannot be the head of a frame: a kind that does not exist, or a length that this kind never has.
//! Four letters read as a length are larger than [`MAX_PAYLOAD`], so any text is skipped whole.

use alloc::vec::Vec;

/// Bytes before a payload.
pub const HEAD: usize = 5;

/// Longest payload in bytes; whatever is longer is sent in several frames.
pub const MAX_PAYLOAD: usize = 0x1_0000;

/// What a frame says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Guest to host: the agent runs and listens.
    Hello,
    /// Guest to host: the network is up; the payload is the line that says so.
    Up,
    /// Guest to host: bytes that the command wrote to its standard output.
    Output,
    /// Guest to host: bytes that the command wrote to its standard error.
    Error,
    /// Guest to host: the command ended; see [`status`].
    Status,
    /// Host to guest: run this command line, after those that were sent before.
    Run,
    /// Host to guest: stop everything and switch the machine off.
    PowerOff,
    /// Host to guest: stop everything and start anew.
    Reboot,
}

impl Kind {
    /// Gives the kind that a byte stands for.
    pub const fn from_byte(byte: u8) -> Option<Self> {
        Some(match byte {
            b'H' => Self::Hello,
            b'U' => Self::Up,
            b'O' => Self::Output,
            b'E' => Self::Error,
            b'S' => Self::Status,
            b'R' => Self::Run,
            b'P' => Self::PowerOff,
            b'B' => Self::Reboot,
            _ => return None,
        })
    }

    /// Gives the byte that stands for this kind.
    pub const fn byte(self) -> u8 {
        match self {
            Self::Hello => b'H',
            Self::Up => b'U',
            Self::Output => b'O',
            Self::Error => b'E',
            Self::Status => b'S',
            Self::Run => b'R',
            Self::PowerOff => b'P',
            Self::Reboot => b'B',
        }
    }

    /// Says whether a payload of this many bytes can belong to this kind.
    const fn allows(self, length: usize) -> bool {
        match self {
            Self::Hello | Self::PowerOff | Self::Reboot => length == 0,
            Self::Status => length == 4,
            Self::Up | Self::Output | Self::Error | Self::Run => length <= MAX_PAYLOAD,
        }
    }
}

/// One frame, borrowed from the decoder that found it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// What it says.
    pub kind: Kind,
    /// What it carries.
    pub payload: &'a [u8],
}

impl Frame<'_> {
    /// Gives the status that a [`Kind::Status`] frame carries.
    pub fn status(&self) -> Option<u32> {
        if self.kind != Kind::Status {
            return None;
        }
        self.payload.try_into().ok().map(u32::from_le_bytes)
    }
}

/// Gives the head of a frame whose payload of `length` bytes, at most [`MAX_PAYLOAD`], follows.
pub const fn head(kind: Kind, length: usize) -> [u8; HEAD] {
    let [a, b, c, d] = (length as u32).to_le_bytes();
    [kind.byte(), a, b, c, d]
}

/// Gives the whole frame of a finished command's status.
pub const fn status(status: u32) -> [u8; HEAD + 4] {
    let [kind, a, b, c, d] = head(Kind::Status, 4);
    let [e, f, g, h] = status.to_le_bytes();
    [kind, a, b, c, d, e, f, g, h]
}

/// Appends a payload as frames: one, or as many as its length asks for.
pub fn emit(kind: Kind, payload: &[u8], out: &mut Vec<u8>) {
    if payload.is_empty() {
        out.extend_from_slice(&head(kind, 0));
    }
    for part in payload.chunks(MAX_PAYLOAD) {
        out.extend_from_slice(&head(kind, part.len()));
        out.extend_from_slice(part);
    }
}

/// Finds frames in bytes that arrive in pieces of any size.
#[derive(Debug, Default)]
pub struct Decoder {
    bytes: Vec<u8>,
    /// Where the next frame is looked for.
    at: usize,
    skipped: usize,
}

impl Decoder {
    /// Starts with nothing.
    pub const fn new() -> Self {
        Self { bytes: Vec::new(), at: 0, skipped: 0 }
    }

    /// Takes bytes as they came from the line.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.drain(..self.at);
        self.at = 0;
        self.bytes.extend_from_slice(bytes);
    }

    /// Gives the next whole frame, or nothing until more bytes come.
    pub fn next_frame(&mut self) -> Option<Frame<'_>> {
        loop {
            let head = self.bytes.get(self.at..)?.first_chunk::<HEAD>()?;
            let [kind, length @ ..] = *head;
            let length = u32::from_le_bytes(length) as usize;
            let Some(kind) = Kind::from_byte(kind).filter(|kind| kind.allows(length)) else {
                self.at += 1;
                self.skipped += 1;
                continue;
            };
            let start = self.at + HEAD;
            let payload = self.bytes.get(start..start + length)?;
            self.at = start + length;
            return Some(Frame { kind, payload });
        }
    }

    /// Gives how many bytes belonged to no frame so far.
    pub const fn skipped(&self) -> usize {
        self.skipped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rustfmt::skip]
    const RUN_UNAME: &[u8] = &[
        b'R',                         // kind: run
        8, 0, 0, 0,                   // payload length, little-endian
        b'u', b'n', b'a', b'm', b'e', b' ', b'-', b'a',
    ];
    #[rustfmt::skip]
    const STATUS_127: &[u8] = &[
        b'S',                         // kind: status
        4, 0, 0, 0,                   // payload length
        127, 0, 0, 0,                 // status
    ];

    #[test]
    fn frames_are_written_as_documented() {
        let mut out = Vec::new();
        emit(Kind::Run, b"uname -a", &mut out);
        assert_eq!(out, RUN_UNAME);
        assert_eq!(status(127), STATUS_127);
    }

    #[test]
    fn every_kind_comes_back() {
        for byte in 0..=u8::MAX {
            if let Some(kind) = Kind::from_byte(byte) {
                assert_eq!(kind.byte(), byte);
            }
        }
    }

    #[test]
    fn a_frame_appears_with_its_last_byte() {
        let whole = [RUN_UNAME, STATUS_127].concat();
        let mut decoder = Decoder::new();
        for (at, byte) in whole.iter().enumerate() {
            decoder.push(&[*byte]);
            match at + 1 {
                13 => assert_eq!(decoder.next_frame(), Some(Frame { kind: Kind::Run, payload: b"uname -a" })),
                22 => assert_eq!(decoder.next_frame().and_then(|frame| frame.status()), Some(127)),
                _ => assert_eq!(decoder.next_frame(), None),
            }
        }
        assert_eq!(decoder.skipped(), 0);
    }

    #[test]
    fn text_on_the_line_is_skipped_whole() {
        let noise = b"SeaBIOS (version 1.16) RUN ON Error: Status UP Hello\r\n\xff\x00\x7f";
        let mut decoder = Decoder::new();
        decoder.push(noise);
        decoder.push(RUN_UNAME);
        assert_eq!(decoder.next_frame(), Some(Frame { kind: Kind::Run, payload: b"uname -a" }));
        assert_eq!(decoder.skipped(), noise.len());
    }

    #[test]
    fn lengths_that_a_kind_never_has_are_noise() {
        for head in [head(Kind::Hello, 1), head(Kind::Status, 5), head(Kind::Output, MAX_PAYLOAD + 1)] {
            let mut decoder = Decoder::new();
            decoder.push(&head);
            decoder.push(STATUS_127);
            assert_eq!(decoder.next_frame().and_then(|frame| frame.status()), Some(127));
        }
    }

    #[test]
    fn a_long_payload_is_cut_into_frames_that_hold_it_all() {
        let payload: Vec<u8> = (0..3 * MAX_PAYLOAD + 17).map(|at| at as u8).collect();
        let mut out = Vec::new();
        emit(Kind::Output, &payload, &mut out);
        let mut decoder = Decoder::new();
        let mut back = Vec::new();
        let mut frames = 0;
        for piece in out.chunks(4093) {
            decoder.push(piece);
            while let Some(frame) = decoder.next_frame() {
                back.extend_from_slice(frame.payload);
                frames += 1;
            }
        }
        assert!(back == payload);
        assert_eq!(frames, 4);
    }
}
