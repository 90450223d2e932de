//! The words of the input.

use alloc::vec::Vec;

use super::Settings;
use crate::Input;

/// A word, and whether its line ends behind it.
pub(super) struct Word {
    pub(super) text: Vec<u8>,
    pub(super) ends_line: bool,
}

/// Why there is no next word.
pub(super) enum Wrong {
    Read(linux::Errno),
    Quote,
}

pub(super) struct Words<'a> {
    delimiter: Option<u8>,
    end: Option<&'a [u8]>,
    is_by_line: bool,
    buffer: Vec<u8>,
    at: usize,
    has_ended: bool,
}

/// As much is read at once.
const BUFFER: usize = 32 << 10;

impl<'a> Words<'a> {
    pub(super) fn new(settings: &Settings<'a>) -> Self {
        Self {
            delimiter: settings.delimiter,
            end: settings.end,
            is_by_line: settings.place.is_some(),
            buffer: Vec::new(),
            at: 0,
            has_ended: false,
        }
    }

    /// Gives the next word; nothing at the end.
    pub(super) fn next(&mut self, input: &mut Input<'_>) -> Result<Option<Word>, Wrong> {
        if self.has_ended {
            return Ok(None);
        }
        let word = match self.delimiter {
            Some(delimiter) => self.delimited(input, delimiter)?,
            None => self.quoted(input)?,
        };
        let is_last = word.as_ref().is_some_and(|word| Some(word.text.as_slice()) == self.end);
        self.has_ended |= is_last;
        Ok(word.filter(|_| !is_last))
    }

    fn byte(&mut self, input: &mut Input<'_>) -> Result<Option<u8>, Wrong> {
        if self.at == self.buffer.len() {
            self.buffer.resize(BUFFER, 0);
            let count = linux::retry(|| input.read(&mut self.buffer));
            self.buffer.truncate(count.unwrap_or(0));
            self.at = 0;
            count.map_err(Wrong::Read)?;
        }
        let byte = self.buffer.get(self.at).copied();
        self.at += usize::from(byte.is_some());
        Ok(byte)
    }

    fn delimited(&mut self, input: &mut Input<'_>, delimiter: u8) -> Result<Option<Word>, Wrong> {
        let mut text = Vec::new();
        loop {
            match self.byte(input)? {
                Some(byte) if byte == delimiter => return Ok(Some(Word { text, ends_line: true })),
                Some(byte) => text.push(byte),
                None => {
                    self.has_ended = true;
                    return Ok((!text.is_empty()).then_some(Word { text, ends_line: true }));
                }
            }
        }
    }

    /// Reads a word among blanks, with quotes and backslashes; a whole line where those are wanted.
    fn quoted(&mut self, input: &mut Input<'_>) -> Result<Option<Word>, Wrong> {
        let (mut text, mut has_begun, mut quote) = (Vec::new(), false, None);
        loop {
            match (self.byte(input)?, quote) {
                (None | Some(b'\n'), Some(_)) => return Err(Wrong::Quote),
                (None, None) => {
                    self.has_ended = true;
                    return Ok(has_begun.then_some(Word { text, ends_line: true }));
                }
                (Some(byte), Some(open)) if byte == open => quote = None,
                (Some(byte), Some(_)) => text.push(byte),
                (Some(b'\n'), None) if has_begun => return Ok(Some(Word { text, ends_line: true })),
                (Some(b'\n'), None) => {}
                (Some(b' ' | b'\t'), None) if !has_begun => {}
                // A blank at the end of a line joins it with the next one (POSIX, -L).
                (Some(b' ' | b'\t'), None) if !self.is_by_line => {
                    return Ok(Some(Word { text, ends_line: false }));
                }
                (Some(open @ (b'\'' | b'"')), None) => (quote, has_begun) = (Some(open), true),
                (Some(b'\\'), None) => {
                    has_begun = true;
                    text.extend(self.byte(input)?);
                }
                (Some(byte), None) => {
                    has_begun = true;
                    text.push(byte);
                }
            }
        }
    }
}
