//! Completion: which word the cursor stands in, what it is, and how what it may become is written.
//!
//! Only what follows the last `/` or `=` of a word is replaced, so that variables, tildes and quotes before it stay.

use alloc::vec::Vec;

use query::sort::sort;

use super::character;
use crate::names::{begins_name, continues_name};
use crate::parse::is_reserved;

/// What a word is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// The name of a command.
    Command,
    /// An option of the command.
    Option(Vec<u8>),
    File,
    /// The name of a variable.
    Variable,
}

/// The word that is to be completed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) wanted: Wanted,
    /// The folder in which it stands, as it is written, without quotes.
    pub(crate) folder: Vec<u8>,
    /// What is there of it, without quotes.
    pub(crate) part: Vec<u8>,
    /// Where that begins in the line.
    start: usize,
    /// The quote it is in.
    quote: Option<u8>,
}

/// What a word may become.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Candidate {
    pub(crate) text: Vec<u8>,
    /// What follows it, if it is the only one.
    pub(crate) end: &'static [u8],
    /// What it is for.
    pub(crate) help: Vec<u8>,
}

/// A text that is taken apart up to the cursor.
#[derive(Default)]
struct Scan {
    command: Option<Vec<u8>>,
    is_redirected: bool,
    in_word: bool,
    word: Vec<u8>,
    /// Where in the word its path begins, and where what follows the last slash.
    path: usize,
    part: usize,
    start: usize,
    quote: Option<u8>,
    /// The quote in which the part begins.
    part_quote: Option<u8>,
}

impl Scan {
    fn begin(&mut self, at: usize) {
        if !self.in_word {
            self.in_word = true;
            self.word.clear();
            (self.path, self.part, self.start, self.part_quote) = (0, 0, at, None);
        }
    }

    fn end(&mut self) {
        if !core::mem::take(&mut self.in_word) || core::mem::take(&mut self.is_redirected) {
            return;
        }
        let leaves_commands = is_reserved(&self.word) || self.word.contains(&b'=');
        if self.command.is_none() && !leaves_commands {
            self.command = Some(core::mem::take(&mut self.word));
        }
    }

    fn push(&mut self, byte: u8, at: usize) {
        self.begin(at);
        self.word.push(byte);
        if matches!(byte, b'/' | b'=') {
            self.part = self.word.len();
            (self.start, self.part_quote) = (at + 1, self.quote);
        }
        if byte == b'=' {
            self.path = self.part;
        }
    }

    fn open(&mut self, quote: u8, at: usize) {
        self.begin(at);
        self.quote = Some(quote);
        if self.word.len() == self.part {
            (self.start, self.part_quote) = (at + 1, self.quote);
        }
    }

    fn take(&mut self, text: &[u8]) {
        let mut bytes = text.iter().copied().enumerate();
        while let Some((at, byte)) = bytes.next() {
            match (self.quote, byte) {
                (Some(quote), byte) if quote == byte => self.quote = None,
                (None | Some(b'"'), b'\\') => {
                    if let Some((_, next)) = bytes.next() {
                        self.begin(at);
                        self.word.push(next);
                    }
                }
                (Some(_), byte) => self.push(byte, at),
                (None, b'\'' | b'"') => self.open(byte, at),
                (None, b' ' | b'\t') => self.end(),
                (None, b';' | b'&' | b'|' | b'(' | b')' | b'\n' | b'`') => {
                    self.end();
                    (self.command, self.is_redirected) = (None, false);
                }
                (None, b'<' | b'>') => {
                    self.end();
                    self.is_redirected = true;
                }
                (None, byte) => self.push(byte, at),
            }
        }
    }
}

/// Finds the word that ends at the end of a text.
pub(super) fn word(text: &[u8]) -> Word {
    let mut scan = Scan::default();
    scan.take(text);
    scan.begin(text.len());
    if scan.quote != Some(b'\'')
        && let Some(start) = variable(text)
    {
        let part = text.get(start..).unwrap_or_default().to_vec();
        return Word { wanted: Wanted::Variable, folder: Vec::new(), part, start, quote: None };
    }
    let folder = scan.word.get(scan.path..scan.part).unwrap_or_default().to_vec();
    let part = scan.word.get(scan.part..).unwrap_or_default().to_vec();
    let wanted = match scan.command {
        _ if scan.is_redirected || !folder.is_empty() || scan.path > 0 => Wanted::File,
        None => Wanted::Command,
        Some(command) if part.starts_with(b"-") => Wanted::Option(command),
        Some(_) => Wanted::File,
    };
    Word { wanted, folder, part, start: scan.start, quote: scan.part_quote }
}

/// Gives where the name of a variable begins that a text ends with.
fn variable(text: &[u8]) -> Option<usize> {
    let start = text.iter().rposition(|byte| !continues_name(*byte)).map_or(0, |at| at + 1);
    let before = text.get(..start)?;
    let before = before.strip_suffix(b"{").unwrap_or(before).strip_suffix(b"$")?;
    let is_name = text.get(start).is_none_or(|first| begins_name(*first));
    (is_name && !before.ends_with(b"\\")).then_some(start)
}

/// What completion does to a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Completion {
    Nothing,
    /// The text from this place to the cursor is replaced.
    Text(usize, Vec<u8>),
    /// There is a choice.
    Choice(Vec<Candidate>),
}

/// Completes a word.
pub(super) fn complete(word: &Word, mut candidates: Vec<Candidate>) -> Completion {
    candidates.retain(|candidate| candidate.text.starts_with(&word.part));
    sort(&mut candidates);
    candidates.dedup_by(|one, other| one.text == other.text);
    let Some((first, others)) = candidates.split_first() else { return Completion::Nothing };
    if others.is_empty() {
        let mut text = quoted(&first.text, word.quote);
        if first.end != b"/" {
            text.extend(word.quote);
        }
        text.extend_from_slice(first.end);
        return Completion::Text(word.start, text);
    }
    let same = |one: &[u8], other: &[u8]| one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let mut length = others.iter().map(|other| same(&first.text, &other.text)).min().unwrap_or(0);
    // Characters are not torn apart.
    while first.text.get(length).is_some_and(|byte| matches!(byte, 0x80..=0xbf)) && length > word.part.len() {
        length -= 1;
    }
    if length > word.part.len() {
        let common = first.text.get(..length).unwrap_or_default();
        return Completion::Text(word.start, quoted(common, word.quote));
    }
    Completion::Choice(candidates)
}

/// Writes a text so that the shell reads it as part of a word, in a quote or outside.
fn quoted(text: &[u8], quote: Option<u8>) -> Vec<u8> {
    let mut into = Vec::with_capacity(text.len());
    for byte in text {
        let escaped: &[u8] = match quote {
            Some(b'\'') => b"",
            Some(_) => b"\"\\$`",
            None => b" \t\\'\"`$&|;()<>*?[]{}~#!",
        };
        match byte {
            b'\'' if quote == Some(b'\'') => into.extend_from_slice(b"'\\'"),
            b'\n' if quote.is_none() => into.extend_from_slice(b"'\n'"),
            byte => {
                if escaped.contains(byte) {
                    into.push(b'\\');
                }
            }
        }
        if *byte != b'\n' || quote.is_some() {
            into.push(*byte);
        }
    }
    into
}

/// Writes candidates in columns, or with what they are for a line each.
pub(super) fn table(candidates: &[Candidate], columns: usize) -> Vec<u8> {
    let widest = candidates.iter().map(|candidate| character::width(&candidate.text)).max().unwrap_or(0) + 2;
    let has_help = candidates.iter().any(|candidate| !candidate.help.is_empty());
    let across = if has_help { 1 } else { (columns / widest).max(1) };
    let down = candidates.len().div_ceil(across);
    let mut into = Vec::new();
    for row in 0..down {
        for candidate in candidates.iter().skip(row).step_by(down) {
            let width = character::width(&candidate.text);
            into.extend_from_slice(&candidate.text);
            into.extend_from_slice(if candidate.end == b"/" { b"/" } else { b" " });
            into.extend(core::iter::repeat_n(b' ', widest - width - 1));
            into.extend_from_slice(&candidate.help);
        }
        while into.last() == Some(&b' ') {
            into.pop();
        }
        into.push(b'\n');
    }
    into
}
