//! Keys: what a terminal sends for them (ECMA-48, and what xterm and the Linux console send), a byte at a time.

use alloc::vec::Vec;

/// A key that was pressed, or a text that was pasted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// A character, or a byte that is none.
    Text(Vec<u8>),
    /// A character with the control key, in capitals: `Control(b'A')`.
    Control(u8),
    /// A character after the escape key, or with Alt.
    Meta(u8),
    Escape,
    Enter,
    Tab,
    Backspace,
    Delete,
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    PageUp,
    PageDown,
    WordLeft,
    WordRight,
    /// A text between the marks of bracketed paste.
    Paste(Vec<u8>),
    /// A sequence that means nothing here.
    Other,
}

/// Makes keys of bytes.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    pending: Vec<u8>,
    pasting: bool,
}

const PASTE: &[u8] = b"\x1b[200~";
const PASTED: &[u8] = b"\x1b[201~";

/// No sequence of a terminal is longer.
const LONGEST: usize = 32;

/// Sequences without their escape: `[` stands for `O`, too.
const SEQUENCES: &[(&[u8], Key)] = &[
    (b"[A", Key::Up),
    (b"[B", Key::Down),
    (b"[C", Key::Right),
    (b"[D", Key::Left),
    (b"[H", Key::Home),
    (b"[F", Key::End),
    (b"[1~", Key::Home),
    (b"[3~", Key::Delete),
    (b"[4~", Key::End),
    (b"[5~", Key::PageUp),
    (b"[6~", Key::PageDown),
    (b"[7~", Key::Home),
    (b"[8~", Key::End),
    (b"[1;5C", Key::WordRight),
    (b"[1;5D", Key::WordLeft),
    (b"[1;3C", Key::WordRight),
    (b"[1;3D", Key::WordLeft),
    (b"[5C", Key::WordRight),
    (b"[5D", Key::WordLeft),
];

impl Decoder {
    /// Takes a byte; gives the key that it ends.
    pub(super) fn take(&mut self, byte: u8) -> Option<Key> {
        self.pending.push(byte);
        if self.pasting {
            return self.pasted();
        }
        let key = match self.pending.as_slice() {
            [0x1b] => return None,
            // An escape before another: the first one stood alone.
            [0x1b, 0x1b] => {
                self.pending.pop();
                return Some(Key::Escape);
            }
            [0x1b, b'[' | b'O'] => return None,
            [0x1b, b'[' | b'O', .., last] => match last {
                // The Linux console has one more `[` in its function keys.
                0x40..=0x7e if self.pending != *b"\x1b[[" => self.sequence()?,
                0x20..=0x3f | b'[' if self.pending.len() < LONGEST => return None,
                _ => Key::Other,
            },
            [0x1b, byte] => Key::Meta(*byte),
            [b'\r' | b'\n'] => Key::Enter,
            [b'\t'] => Key::Tab,
            [0x7f | 8] => Key::Backspace,
            [control @ 0..0x20] => Key::Control(control ^ 64),
            text => {
                let needed = match text.first() {
                    Some(0xc2..=0xdf) => 2,
                    Some(0xe0..=0xef) => 3,
                    Some(0xf0..=0xf4) => 4,
                    _ => 1,
                };
                let goes_on = text.iter().skip(1).all(|byte| matches!(byte, 0x80..=0xbf));
                if goes_on && text.len() < needed {
                    return None;
                }
                if !goes_on {
                    return self.broken();
                }
                Key::Text(text.to_vec())
            }
        };
        self.pending.clear();
        Some(key)
    }

    /// Says whether bytes wait for those that follow them.
    pub(super) fn is_waiting(&self) -> bool {
        !self.pending.is_empty() && !self.pasting
    }

    /// Gives the key that the bytes so far are, when none follows for a while.
    pub(super) fn flush(&mut self) -> Option<Key> {
        if self.pasting {
            return None;
        }
        match core::mem::take(&mut self.pending).as_slice() {
            [] => None,
            [0x1b] => Some(Key::Escape),
            [0x1b, byte] => Some(Key::Meta(*byte)),
            [0x1b, ..] => Some(Key::Other),
            text => Some(Key::Text(text.to_vec())),
        }
    }

    fn sequence(&mut self) -> Option<Key> {
        if self.pending == PASTE {
            self.pasting = true;
            self.pending.clear();
            return None;
        }
        let mut sequence = self.pending.get(1..).unwrap_or_default().to_vec();
        if let Some(first) = sequence.first_mut() {
            *first = b'[';
        }
        let found = SEQUENCES.iter().find(|(known, _)| *known == sequence);
        Some(found.map_or(Key::Other, |(_, key)| key.clone()))
    }

    fn pasted(&mut self) -> Option<Key> {
        let text = self.pending.strip_suffix(PASTED)?;
        // A terminal sends returns for the ends of lines.
        let mut pasted = Vec::with_capacity(text.len());
        let mut former = 0;
        for byte in text {
            match byte {
                b'\n' if former == b'\r' => {}
                b'\r' => pasted.push(b'\n'),
                0 => {}
                byte => pasted.push(*byte),
            }
            former = *byte;
        }
        self.pending.clear();
        self.pasting = false;
        Some(Key::Paste(pasted))
    }

    /// Drops the bytes of a character that another byte cuts off, and begins anew with that.
    fn broken(&mut self) -> Option<Key> {
        let last = self.pending.pop()?;
        self.pending.clear();
        self.take(last)
    }
}
