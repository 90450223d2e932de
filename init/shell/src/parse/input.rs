//! The characters of a script: lines as they come, texts of aliases put before them, and where each stands.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use super::error::{Fault, SyntaxError};
use crate::syntax::{Bytes, Position};

/// Where more lines come from.
pub(crate) trait Lines {
    /// Adds a line or more; says whether there was any. The prompt is for someone who types them.
    fn more(&mut self, into: &mut Vec<u8>, prompt: &[u8]) -> linux::Result<bool>;
}

/// A script that is being read.
pub(crate) struct Input<'s> {
    buffer: Vec<u8>,
    at: usize,
    /// The line that the next character is in, and where it begins.
    line: u32,
    line_start: usize,
    /// The line that the buffer begins with.
    first_line: u32,
    lines: Option<Box<dyn Lines + 's>>,
    has_ended: bool,
    /// Aliases that are being read, the innermost last.
    aliases: Vec<Pushed>,
    /// Whether an alias has ended whose text ends with a blank.
    pub(crate) alias_follows: bool,
    /// What a person is asked with: at the start of a command, and within it.
    pub(crate) prompts: [Vec<u8>; 2],
    /// Whether a command has begun.
    pub(crate) is_within: bool,
    /// Whether lines are collected to be shown.
    pub(crate) verbose: bool,
    pub(crate) echoed: Vec<u8>,
    /// Up to where in the buffer they have been.
    shown: usize,
    /// Whether the process ends with this input.
    pub(crate) is_last: bool,
}

/// The text of an alias.
#[derive(Clone)]
struct Pushed {
    name: Bytes,
    text: Bytes,
    at: usize,
}

/// A place to go back to.
pub(crate) struct Mark {
    at: usize,
    line: u32,
    line_start: usize,
    aliases: Vec<Pushed>,
}

/// What a reader gives.
pub(crate) type Read = Result<Option<u8>, SyntaxError>;

impl<'s> Input<'s> {
    /// Reads a text, whose first line has this number.
    pub(crate) fn text(text: &[u8], line: u32) -> Self {
        let mut input = Self {
            buffer: Vec::new(),
            at: 0,
            line,
            line_start: 0,
            first_line: line,
            lines: None,
            has_ended: true,
            aliases: Vec::new(),
            alias_follows: false,
            prompts: [Vec::new(), Vec::new()],
            is_within: false,
            verbose: false,
            echoed: Vec::new(),
            shown: 0,
            is_last: false,
        };
        input.buffer.extend(text.iter().filter(|byte| **byte != 0));
        input
    }

    /// Says whether no command can follow in this process.
    pub(crate) fn is_spent(&self) -> bool {
        let rest = self.buffer.get(self.at..).unwrap_or_default();
        self.is_last && self.aliases.is_empty() && rest.iter().all(u8::is_ascii_whitespace)
    }

    /// Reads lines as they come.
    pub(crate) fn lines(lines: Box<dyn Lines + 's>) -> Self {
        Self { lines: Some(lines), has_ended: false, ..Self::text(b"", 1) }
    }

    /// Forgets the lines before this one, where a command begins.
    pub(crate) fn begin(&mut self) {
        self.is_within = false;
        if self.lines.is_some() && self.line_start > 0 {
            self.show_to(self.line_start);
            self.shown -= self.line_start;
            self.buffer.drain(..self.line_start);
            self.at -= self.line_start;
            self.line_start = 0;
            self.first_line = self.line;
        }
    }

    /// Collects the lines up to that of the character before the next one.
    pub(crate) fn show_line(&mut self) {
        let rest = self.buffer.get(self.at.saturating_sub(1)..).unwrap_or_default();
        let end = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |at| at + 1);
        self.show_to(self.at.saturating_sub(1) + end);
    }

    fn show_to(&mut self, end: usize) {
        if self.verbose && self.lines.is_some() {
            self.echoed.extend_from_slice(self.buffer.get(self.shown..end).unwrap_or_default());
        }
        self.shown = self.shown.max(end);
    }

    /// Drops what is left of the line, after a mistake of someone who types.
    pub(crate) fn drop_line(&mut self) {
        self.aliases.clear();
        self.at = self.buffer.len();
        self.line_start = self.at;
    }

    /// Asks for lines again, after the end.
    pub(crate) fn go_on(&mut self) {
        self.has_ended = self.lines.is_none();
    }

    /// Gives the next character, as it stands.
    #[inline]
    pub(crate) fn peek_raw(&mut self) -> Read {
        if self.aliases.is_empty()
            && let Some(byte) = self.buffer.get(self.at)
        {
            return Ok(Some(*byte));
        }
        self.peek_slowly(0)
    }

    /// Takes the next character.
    pub(crate) fn skip(&mut self) {
        while let Some(alias) = self.aliases.last_mut() {
            if alias.at < alias.text.len() {
                alias.at += 1;
                return;
            }
            self.alias_follows |= alias.text.last().is_some_and(|byte| matches!(byte, b' ' | b'\t'));
            self.aliases.pop();
        }
        if self.buffer.get(self.at) == Some(&b'\n') {
            self.line += 1;
            self.line_start = self.at + 1;
        }
        self.at += 1;
    }

    /// Gives the next character; a backslash before the end of a line is none.
    #[inline]
    pub(crate) fn peek(&mut self) -> Read {
        loop {
            match self.peek_raw()? {
                Some(b'\\') if self.peek_slowly(1)? == Some(b'\n') => {
                    self.skip();
                    self.skip();
                }
                found => return Ok(found),
            }
        }
    }

    /// Takes the characters from here on that the test wants and that are no backslash, without looking at each in turn.
    pub(crate) fn take_while(&mut self, into: &mut Vec<u8>, wanted: impl Fn(u8) -> bool) {
        if !self.aliases.is_empty() {
            return;
        }
        let rest = self.buffer.get(self.at..).unwrap_or_default();
        let end = rest.iter().position(|byte| !wanted(*byte) || matches!(byte, b'\\' | b'\n'));
        let taken = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        into.extend_from_slice(taken);
        self.at += taken.len();
    }

    /// Looks further: past aliases that have ended, and for more lines.
    #[cold]
    fn peek_slowly(&mut self, mut further: usize) -> Read {
        for alias in self.aliases.iter().rev() {
            let rest = alias.text.get(alias.at..).unwrap_or_default();
            match rest.get(further) {
                Some(byte) => return Ok(Some(*byte)),
                None => further -= rest.len(),
            }
        }
        while self.buffer.len() <= self.at + further && !self.has_ended {
            self.fill()?;
        }
        Ok(self.buffer.get(self.at + further).copied())
    }

    fn fill(&mut self) -> Result<(), SyntaxError> {
        let Some(lines) = &mut self.lines else {
            self.has_ended = true;
            return Ok(());
        };
        let start = self.buffer.len();
        let [first, further] = &self.prompts;
        match lines.more(&mut self.buffer, if self.is_within { further } else { first }) {
            Ok(more) => self.has_ended = !more,
            Err(errno) => {
                self.has_ended = true;
                let message = alloc::format!("cannot read the script: {errno}");
                return Err(self.error(message, self.position(), false));
            }
        }
        if self.buffer.get(start..).unwrap_or_default().contains(&0) {
            let clean: Vec<u8> = self.buffer.drain(start..).filter(|byte| *byte != 0).collect();
            self.buffer.extend(clean);
        }
        self.is_within = true;
        Ok(())
    }

    /// Puts the text of an alias before what comes.
    pub(crate) fn push_alias(&mut self, name: Bytes, text: Bytes) {
        self.aliases.push(Pushed { name, text, at: 0 });
    }

    /// Gives the names of the aliases that what comes is the text of.
    pub(crate) fn open_aliases(&self) -> Vec<Bytes> {
        self.aliases.iter().map(|alias| alias.name.clone()).collect()
    }

    /// Drops aliases whose text is at its end.
    pub(crate) fn leave_aliases(&mut self) {
        while let Some(alias) = self.aliases.last().filter(|alias| alias.at == alias.text.len()) {
            self.alias_follows |= alias.text.last().is_some_and(|byte| matches!(byte, b' ' | b'\t'));
            self.aliases.pop();
        }
    }

    /// Gives the place of the next character.
    pub(crate) fn position(&self) -> Position {
        Position { line: self.line, column: (self.at - self.line_start) as u32 + 1 }
    }

    /// Gives the place of the next character in the text.
    pub(crate) fn offset(&self) -> usize {
        self.at
    }

    /// Gives the text between two places.
    pub(crate) fn between(&self, start: usize, end: usize) -> &[u8] {
        self.buffer.get(start..end).unwrap_or_default().trim_ascii()
    }

    pub(crate) fn mark(&self) -> Mark {
        Mark { at: self.at, line: self.line, line_start: self.line_start, aliases: self.aliases.clone() }
    }

    pub(crate) fn rewind(&mut self, mark: Mark) {
        (self.at, self.line, self.line_start) = (mark.at, mark.line, mark.line_start);
        self.aliases = mark.aliases;
    }

    /// Makes an error about a place, with its line.
    pub(crate) fn error(&self, message: String, position: Position, incomplete: bool) -> SyntaxError {
        let number = position.line.saturating_sub(self.first_line) as usize;
        let line = self.buffer.split(|byte| *byte == b'\n').nth(number).unwrap_or_default().to_vec();
        SyntaxError(Box::new(Fault { message, position, line, incomplete }))
    }
}
