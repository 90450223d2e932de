//! Fields: what expansions give is put together, split, and marked where it is quoted.

use alloc::rc::Rc;
use alloc::vec::Vec;

use crate::syntax::{Bytes, is_pattern};

/// The separators of fields, for a value of IFS.
pub(crate) struct Separators {
    /// The value they are made from; the first is none before they were made.
    source: Option<Option<Bytes>>,
    kinds: [Kind; 256],
    /// What joins `$*`.
    pub(crate) joint: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Part of a field.
    Field,
    /// A blank that separates, together with other blanks.
    Blank,
    /// Separates by itself.
    Mark,
}

impl Default for Separators {
    fn default() -> Self {
        Self { source: None, kinds: [Kind::Field; 256], joint: Vec::new() }
    }
}

impl Separators {
    /// Makes the table anew, if IFS has another value.
    pub(crate) fn refresh(&mut self, value: Option<&Bytes>) {
        let is_same = match (&self.source, value) {
            (Some(Some(source)), Some(value)) => Rc::ptr_eq(source, value),
            (Some(None), None) => true,
            _ => false,
        };
        if is_same {
            return;
        }
        self.source = Some(value.cloned());
        let bytes: &[u8] = value.map_or(b" \t\n", |value| value);
        self.kinds = [Kind::Field; 256];
        for byte in bytes {
            let kind = if matches!(byte, b' ' | b'\t' | b'\n') { Kind::Blank } else { Kind::Mark };
            if let Some(slot) = self.kinds.get_mut(usize::from(*byte)) {
                *slot = kind;
            }
        }
        self.joint = bytes.first().copied().into_iter().collect();
    }

    fn kind(&self, byte: u8) -> Kind {
        self.kinds.get(usize::from(byte)).copied().unwrap_or(Kind::Field)
    }

    /// Says whether a byte is a blank that separates.
    pub(crate) fn is_blank(&self, byte: u8) -> bool {
        self.kind(byte) == Kind::Blank
    }

    /// Says whether a byte separates.
    pub(crate) fn separates(&self, byte: u8) -> bool {
        self.kind(byte) != Kind::Field
    }
}

/// What is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Fields, and perhaps names of files.
    Split { finds_files: bool },
    /// One value.
    Value,
    /// One pattern.
    Pattern,
    /// One regular expression.
    Regex,
}

/// Fields that are being made.
pub(super) struct Fields<'f> {
    done: &'f mut Vec<Bytes>,
    /// From which of those on some may be patterns.
    first: usize,
    mode: Mode,
    text: Vec<u8>,
    /// Where in the text a character stands that was quoted and would mean something in a pattern.
    quoted: Vec<usize>,
    /// Whether the text has characters of patterns that were not quoted.
    is_pattern: bool,
    /// Whether there is a field, if an empty one.
    is_begun: bool,
    /// Whether a blank has ended the field before, so that a mark after it belongs to it.
    after_blank: bool,
    has_patterns: bool,
}

/// Stands before a pattern, and between it and the text that it is if it matches nothing; no string holds a zero byte.
pub(super) const PATTERN: u8 = 0;

impl<'f> Fields<'f> {
    pub(super) fn new(done: &'f mut Vec<Bytes>, mode: Mode) -> Self {
        let first = done.len();
        Self {
            done,
            first,
            mode,
            text: Vec::new(),
            quoted: Vec::new(),
            is_pattern: false,
            is_begun: false,
            after_blank: false,
            has_patterns: false,
        }
    }

    /// Gives how long the field is so far.
    pub(super) fn length(&self) -> usize {
        self.text.len()
    }

    /// Says whether several fields can be made.
    pub(super) fn splits(&self) -> bool {
        matches!(self.mode, Mode::Split { .. })
    }

    /// Adds text of the script that was not quoted.
    pub(super) fn text_part(&mut self, text: &[u8]) {
        self.begin();
        self.is_pattern |= text.iter().any(|byte| matches!(byte, b'*' | b'?' | b'['));
        self.text.extend_from_slice(text);
    }

    fn begin(&mut self) {
        self.is_begun = true;
        self.after_blank = false;
    }

    /// Adds text that was quoted.
    pub(super) fn quoted(&mut self, text: &[u8]) {
        self.begin();
        match self.mode {
            Mode::Value => self.text.extend_from_slice(text),
            Mode::Pattern => self.put(text, means_something),
            Mode::Regex if self.is_within_bracket() => self.put_elements(text),
            Mode::Regex => self.put(text, |byte| b".[]\\()*+?{}|^$".contains(&byte)),
            Mode::Split { finds_files } => {
                if finds_files {
                    let start = self.text.len();
                    let special = text.iter().enumerate().filter(|(_, byte)| means_something(**byte));
                    self.quoted.extend(special.map(|(index, _)| start + index));
                }
                self.text.extend_from_slice(text);
            }
        }
    }

    /// Adds text with a backslash before what would mean something.
    fn put(&mut self, text: &[u8], means_something: fn(u8) -> bool) {
        for byte in text {
            if means_something(*byte) {
                self.text.push(b'\\');
            }
            self.text.push(*byte);
        }
    }

    /// Adds text within a bracket expression, where a backslash stands for itself.
    fn put_elements(&mut self, text: &[u8]) {
        for byte in text {
            match byte {
                b'[' | b']' | b'^' | b'-' => self.text.extend_from_slice(&[b'[', b'.', *byte, b'.', b']']),
                byte => self.text.push(*byte),
            }
        }
    }

    /// Says whether a bracket of a regular expression is open.
    fn is_within_bracket(&self) -> bool {
        let mut rest = self.text.as_slice();
        while let Some((first, after)) = rest.split_first() {
            rest = match first {
                b'\\' => after.get(1..).unwrap_or_default(),
                b'[' => match end_of_bracket(after) {
                    Some(end) => after.get(end..).unwrap_or_default(),
                    None => return true,
                },
                _ => after,
            };
        }
        false
    }

    /// Adds what an expansion gives.
    pub(super) fn value(&mut self, text: &[u8], quoted: bool, separators: &Separators) {
        if quoted {
            return self.quoted(text);
        }
        if !self.splits() {
            return self.text_part(text);
        }
        let mut rest = text;
        while let Some(first) = rest.first() {
            let length = rest.iter().position(|byte| separators.separates(*byte)).unwrap_or(rest.len());
            if length > 0 {
                let (field, after) = rest.split_at(length);
                self.text_part(field);
                rest = after;
                continue;
            }
            match separators.kind(*first) {
                Kind::Blank if self.is_begun => {
                    self.end();
                    self.after_blank = true;
                }
                Kind::Mark if self.after_blank => self.after_blank = false,
                Kind::Mark => self.end(),
                _ => {}
            }
            rest = rest.get(1..).unwrap_or_default();
        }
    }

    /// Ends a field between two parameters of `$@`; one that is not quoted and empty is none.
    pub(super) fn between(&mut self, quoted: bool, joint: &[u8]) {
        if self.splits() {
            if quoted || self.is_begun {
                self.end();
            }
            self.after_blank = false;
        } else {
            self.quoted(joint);
        }
    }

    /// Ends a field, if an empty one.
    fn end(&mut self) {
        let text = core::mem::take(&mut self.text);
        let finds_files = matches!(self.mode, Mode::Split { finds_files: true });
        let field: Bytes = if self.is_pattern && finds_files && is_pattern(&text) {
            self.has_patterns = true;
            let mut pattern = alloc::vec![PATTERN];
            let mut quoted = self.quoted.iter().peekable();
            for (index, byte) in text.iter().enumerate() {
                if quoted.next_if_eq(&&index).is_some() {
                    pattern.push(b'\\');
                }
                pattern.push(*byte);
            }
            pattern.push(PATTERN);
            pattern.extend_from_slice(&text);
            Rc::from(pattern)
        } else {
            Rc::from(&text[..])
        };
        self.done.push(field);
        self.text = text;
        self.text.clear();
        self.quoted.clear();
        self.is_pattern = false;
        self.is_begun = false;
    }

    /// Ends the last field; gives from which one on patterns may be among those that were made.
    pub(super) fn finish(mut self) -> Option<usize> {
        if self.is_begun {
            self.end();
        }
        self.has_patterns.then_some(self.first)
    }

    /// Gives the one value.
    pub(super) fn text(self) -> Vec<u8> {
        self.text
    }
}

/// Gives where the bracket expression ends whose text this is, its `[` taken.
fn end_of_bracket(text: &[u8]) -> Option<usize> {
    let mut at = usize::from(text.first() == Some(&b'^'));
    let first = at;
    loop {
        at += match text.get(at..)? {
            [] => return None,
            [b']', ..] if at > first => return Some(at + 1),
            [b'[', mark @ (b'.' | b':' | b'='), inner @ ..] => {
                inner.windows(2).position(|pair| pair == [*mark, b']'])? + 4
            }
            _ => 1,
        };
    }
}

/// Says whether a character means something in a pattern.
fn means_something(byte: u8) -> bool {
    matches!(byte, b'*' | b'?' | b'[' | b']' | b'\\' | b'-' | b'!' | b'^' | b':')
}
