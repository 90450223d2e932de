//! Words: quoting, and what is expanded in them.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::{Parse, Parser};
use crate::syntax::Part;

/// What text is read as.
#[derive(Clone, Copy)]
pub(super) struct Context {
    /// Whether it is within double quotes, or in a here-document.
    pub(super) quoted: bool,
    /// Where it ends.
    pub(super) until: Until,
}

/// Where a part of a script ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Until {
    /// At a blank or an operator.
    Word,
    /// The same, but for `|` and what is in parentheses: a regular expression.
    Regex,
    /// At `}`.
    Brace,
    /// At `/` or `}`.
    Slash,
    /// At `:` or `}`, of an offset.
    Colon,
    /// At `"`.
    Quote,
    /// At `)` that no `(` before it has opened.
    Parenthesis,
    /// At the end.
    Text,
}

/// Parts that are being collected.
#[derive(Default)]
pub(super) struct Parts {
    done: Vec<Part>,
    text: Vec<u8>,
    quoted: bool,
}

impl Parts {
    pub(super) fn push(&mut self, byte: u8, quoted: bool) {
        self.become_quoted(quoted);
        self.text.push(byte);
    }

    pub(super) fn extend(&mut self, bytes: &[u8], quoted: bool) {
        self.become_quoted(quoted);
        self.text.extend_from_slice(bytes);
    }

    fn become_quoted(&mut self, quoted: bool) {
        if self.quoted != quoted {
            self.flush();
            self.quoted = quoted;
        }
    }

    /// Adds a part that is expanded.
    pub(super) fn part(&mut self, part: Part) {
        self.flush();
        self.done.push(part);
    }

    /// Notes that something was quoted, even if it is empty.
    fn quote(&mut self) {
        if self.text.is_empty() {
            self.done.push(Part::Quoted(Box::from([])));
        }
    }

    fn flush(&mut self) {
        if !self.text.is_empty() {
            let text = core::mem::take(&mut self.text).into_boxed_slice();
            self.done.push(if self.quoted { Part::Quoted(text) } else { Part::Text(text) });
        }
    }

    fn finish(mut self) -> Vec<Part> {
        self.flush();
        // The mark of an empty quotation means nothing beside something quoted; beside what is split it is a field.
        let mut after_quoted = false;
        let mut rest = core::mem::take(&mut self.done).into_iter().peekable();
        while let Some(part) = rest.next() {
            let is_mark = matches!(&part, Part::Quoted(text) if text.is_empty());
            if is_mark && (after_quoted || matches!(rest.peek(), Some(Part::Quoted(_)))) {
                continue;
            }
            after_quoted = matches!(part, Part::Quoted(_));
            self.done.push(part);
        }
        self.done
    }
}

impl Parser<'_, '_> {
    /// Reads text up to its end, which is not taken.
    pub(super) fn parts(&mut self, context: Context) -> Parse<Vec<Part>> {
        self.check_depth()?;
        let mut parts = Parts::default();
        let begin = self.input.position();
        let mut open = 0_usize;
        if context.until != Until::Quote && !context.quoted {
            self.tilde(&mut parts, context.until)?;
        }
        loop {
            let Some(byte) = self.input.peek()? else {
                return match context.until {
                    Until::Word | Until::Regex | Until::Text => Ok(parts.finish()),
                    until => {
                        let message =
                            alloc::format!("syntax error: no {} for what begins here", until.text());
                        Err(self.input.error(message, begin, true))
                    }
                };
            };
            if is_end(byte, context.until, open) {
                return Ok(parts.finish());
            }
            match byte {
                b'(' => open += 1,
                b')' => open = open.saturating_sub(1),
                b'?' if context.until == Until::Colon => open += 1,
                b':' if context.until == Until::Colon => open -= 1,
                _ => {}
            }
            self.piece(byte, context, &mut parts)?;
        }
    }

    /// Reads the next piece of text.
    fn piece(&mut self, byte: u8, context: Context, parts: &mut Parts) -> Parse<()> {
        let is_formula = matches!(context.until, Until::Parenthesis | Until::Colon);
        match byte {
            b'"' if context.until == Until::Text => self.plain(context, parts),
            b'"' => return self.double_quoted(parts, is_formula),
            b'\'' if !context.quoted => return self.single_quoted(parts),
            b'\\' => return self.backslash(context, parts),
            b'$' => return self.dollar(context, parts),
            b'`' => return self.back_quoted(context.quoted, parts),
            _ => self.plain(context, parts),
        }
        Ok(())
    }

    /// Takes a character, and those after it that mean nothing either.
    fn plain(&mut self, context: Context, parts: &mut Parts) {
        if let Ok(Some(byte)) = self.input.peek() {
            self.input.skip();
            parts.push(byte, context.quoted);
            self.input.take_while(&mut parts.text, |byte| {
                byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b',' | b'=')
            });
        }
    }

    fn double_quoted(&mut self, parts: &mut Parts, is_formula: bool) -> Parse<()> {
        self.input.skip();
        let inner = self.parts(Context { quoted: true, until: Until::Quote })?;
        self.input.skip();
        if is_formula {
            // Quotes mean nothing there.
            inner.into_iter().for_each(|part| parts.part(part));
            return Ok(());
        }
        if inner.is_empty() {
            parts.become_quoted(true);
            parts.quote();
        }
        for part in inner {
            match part {
                Part::Quoted(text) if !text.is_empty() => parts.extend(&text, true),
                part => parts.part(part),
            }
        }
        Ok(())
    }

    fn single_quoted(&mut self, parts: &mut Parts) -> Parse<()> {
        let begin = self.input.position();
        self.input.skip();
        parts.become_quoted(true);
        parts.quote();
        loop {
            self.input.take_while(&mut parts.text, |byte| byte != b'\'');
            let Some(byte) = self.input.peek_raw()? else {
                let message = "syntax error: no ' for the one that stands here".into();
                return Err(self.input.error(message, begin, true));
            };
            self.input.skip();
            if byte == b'\'' {
                return Ok(());
            }
            parts.push(byte, true);
        }
    }

    /// A backslash quotes the next character; in double quotes only those that mean something there.
    fn backslash(&mut self, context: Context, parts: &mut Parts) -> Parse<()> {
        self.input.skip();
        let Some(byte) = self.input.peek_raw()? else {
            parts.push(b'\\', true);
            return Ok(());
        };
        let is_quoted = !context.quoted
            || match byte {
                b'$' | b'`' | b'\\' => true,
                b'"' => context.until != Until::Text,
                b'}' => matches!(context.until, Until::Brace | Until::Slash),
                _ => false,
            };
        if is_quoted {
            self.input.skip();
        }
        parts.push(if is_quoted { byte } else { b'\\' }, true);
        Ok(())
    }

    /// Reads a `~` that begins a word, and the name after it.
    pub(super) fn tilde(&mut self, parts: &mut Parts, until: Until) -> Parse<()> {
        if self.input.peek()? != Some(b'~') || !matches!(until, Until::Word | Until::Brace | Until::Slash) {
            return Ok(());
        }
        let mark = self.input.mark();
        self.input.skip();
        let mut name = Vec::new();
        loop {
            match self.input.peek()? {
                Some(byte) if byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'+') => {
                    self.input.skip();
                    name.push(byte);
                }
                // Not a colon, which ends it in assignments only.
                None
                | Some(b'/' | b' ' | b'\t' | b'\n' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')' | b'}') =>
                {
                    parts.part(Part::Tilde(name.into_boxed_slice()));
                    return Ok(());
                }
                Some(_) => {
                    self.input.rewind(mark);
                    return Ok(());
                }
            }
        }
    }
}

impl Until {
    const fn text(self) -> &'static str {
        match self {
            Self::Brace | Self::Slash | Self::Colon => "}",
            Self::Quote => "\"",
            Self::Parenthesis => ")",
            Self::Word | Self::Regex | Self::Text => "end",
        }
    }
}

/// Says whether text ends before a character.
fn is_end(byte: u8, until: Until, open: usize) -> bool {
    match until {
        Until::Word => matches!(byte, b' ' | b'\t' | b'\n' | b'&' | b'|' | b';' | b'<' | b'>' | b'(' | b')'),
        Until::Regex => matches!(byte, b' ' | b'\t' | b'\n' | b'&' | b';' | b'<' | b'>' | b')') && open == 0,
        Until::Brace => byte == b'}',
        Until::Slash => matches!(byte, b'/' | b'}'),
        Until::Colon => byte == b'}' || byte == b':' && open == 0,
        Until::Quote => byte == b'"',
        Until::Parenthesis => byte == b')' && open == 0,
        Until::Text => false,
    }
}
