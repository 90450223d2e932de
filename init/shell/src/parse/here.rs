//! Here-documents: their texts stand behind the line, in the order in which they were asked for.

use alloc::rc::Rc;
use alloc::vec::Vec;

use super::word::{Context, Until};
use super::{Parse, Parser};
use crate::syntax::{Here, Part, Word};

/// A here-document whose text has not come yet.
pub(super) struct Waiting {
    document: Rc<Here>,
    delimiter: Vec<u8>,
    /// Whether nothing in it is expanded, because the delimiter was quoted.
    is_quoted: bool,
    /// Whether tabs that begin its lines are dropped.
    drops_tabs: bool,
}

impl Parser<'_, '_> {
    /// Notes a here-document, whose delimiter is this word, which lies there in the script.
    pub(super) fn wait_for_document(
        &mut self,
        word: &Word,
        (start, end): (usize, usize),
        drops_tabs: bool,
    ) -> Rc<Here> {
        let mut delimiter = Vec::new();
        let mut is_quoted = false;
        for part in &word.parts {
            match part {
                Part::Text(text) => delimiter.extend_from_slice(text),
                Part::Quoted(text) => {
                    is_quoted = true;
                    delimiter.extend_from_slice(text);
                }
                Part::Tilde(name) => {
                    delimiter.push(b'~');
                    delimiter.extend_from_slice(name);
                }
                Part::Parameter(..) | Part::Command(..) | Part::Arithmetic(..) => {
                    // Nothing in it is expanded, but quotes are removed.
                    let text = self.input.between(start, end);
                    is_quoted = text.iter().any(|byte| matches!(byte, b'"' | b'\'' | b'\\'));
                    delimiter =
                        text.iter().copied().filter(|byte| !matches!(byte, b'"' | b'\'' | b'\\')).collect();
                    break;
                }
            }
        }
        let document = Rc::new(Here::default());
        self.waiting.push(Waiting { document: document.clone(), delimiter, is_quoted, drops_tabs });
        document
    }

    /// Reads the texts that are waited for, at the end of a line.
    pub(super) fn read_here_documents(&mut self) -> Parse<()> {
        for waiting in core::mem::take(&mut self.waiting) {
            let position = self.input.position();
            let text = self.document_text(&waiting)?;
            let parts = if waiting.is_quoted {
                alloc::vec![Part::Quoted(text.into_boxed_slice())]
            } else {
                let context = Context { quoted: true, until: Until::Text };
                self.within(&text, position.line, |parser| parser.parts(context))?
            };
            let _ = waiting.document.body.set(Word::new(parts, position));
        }
        Ok(())
    }

    /// Reads lines up to the delimiter, or to the end of the script.
    fn document_text(&mut self, waiting: &Waiting) -> Parse<Vec<u8>> {
        let mut text = Vec::new();
        loop {
            let start = text.len();
            let is_last = self.document_line(&mut text, waiting)?;
            let line = text.get(start..).unwrap_or_default();
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            if line == waiting.delimiter || is_last {
                if line == waiting.delimiter {
                    text.truncate(start);
                }
                return Ok(text);
            }
        }
    }

    /// Reads a line, and those that a backslash at its end joins to it; says whether the script has ended.
    fn document_line(&mut self, text: &mut Vec<u8>, waiting: &Waiting) -> Parse<bool> {
        while waiting.drops_tabs && self.input.peek_raw()? == Some(b'\t') {
            self.input.skip();
        }
        let mut is_escaped = false;
        loop {
            let Some(byte) = self.input.peek_raw()? else { return Ok(true) };
            self.input.skip();
            text.push(byte);
            match byte {
                b'\n' if is_escaped && !waiting.is_quoted => is_escaped = false,
                b'\n' => return Ok(false),
                b'\\' => is_escaped = !is_escaped,
                _ => is_escaped = false,
            }
        }
    }
}
