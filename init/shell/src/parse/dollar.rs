//! What a `$` or a backquote begins: parameters, commands, arithmetic, `$'...'`.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::vec::Vec;

use super::token::Operator;
use super::word::{Context, Parts, Until};
use super::{Parse, Parser, formula};
use crate::names::{begins_name, continues_name};
use crate::syntax::{Arithmetic, Change, End, List, Name, Parameter, Part, Replace, Word};

impl Parser<'_, '_> {
    /// Reads what a `$` begins; one that begins nothing is itself.
    pub(super) fn dollar(&mut self, context: Context, parts: &mut Parts) -> Parse<()> {
        let position = self.input.position();
        self.input.skip();
        match self.input.peek()? {
            Some(b'{') => {
                self.input.skip();
                let parameter = self.braced(context)?;
                parts.part(Part::Parameter(Box::new(parameter), context.quoted));
            }
            Some(b'(') => {
                let part = self.parenthesised(context.quoted)?;
                parts.part(part);
            }
            Some(b'\'') if !context.quoted => {
                self.input.skip();
                self.escapes(parts)?;
            }
            Some(byte) => match self.name(byte, false)? {
                Some(name) => {
                    let parameter = Parameter { name, change: Change::None, position };
                    parts.part(Part::Parameter(Box::new(parameter), context.quoted));
                }
                None => parts.push(b'$', context.quoted),
            },
            None => parts.push(b'$', context.quoted),
        }
        Ok(())
    }

    /// Reads the name of a parameter, if there is one; within braces it may have several digits.
    fn name(&mut self, first: u8, is_braced: bool) -> Parse<Option<Name>> {
        if begins_name(first) {
            let mut name = Vec::new();
            while let Some(byte) = self.input.peek()?.filter(|byte| continues_name(*byte)) {
                self.input.skip();
                name.push(byte);
            }
            return Ok(Some(Name::Variable(self.knowledge.names.symbol(&name))));
        }
        if first.is_ascii_digit() {
            let mut number = 0_u32;
            while let Some(byte) = self.input.peek()?.filter(u8::is_ascii_digit) {
                self.input.skip();
                number = number.saturating_mul(10).saturating_add(u32::from(byte - b'0'));
                if !is_braced {
                    break;
                }
            }
            return Ok(Some(if number == 0 { Name::Special(b'0') } else { Name::Positional(number) }));
        }
        let is_special = matches!(first, b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!');
        if is_special {
            self.input.skip();
        }
        Ok(is_special.then_some(Name::Special(first)))
    }

    /// Reads `${...}` behind its brace, to its end.
    fn braced(&mut self, context: Context) -> Parse<Parameter> {
        let position = self.input.position();
        let parameter = match self.length()? {
            Some(name) => Some((name, Change::Length)),
            None => match self.input.peek()? {
                Some(first) => match self.name(first, true)? {
                    Some(name) => self.change(context.quoted)?.map(|change| (name, change)),
                    None => None,
                },
                None => None,
            },
        };
        let is_whole = self.input.peek()? == Some(b'}');
        if let (Some((name, change)), true) = (parameter, is_whole) {
            self.input.skip();
            return Ok(Parameter { name, change, position });
        }
        // Only the branch that runs it is wrong: scripts ask for the shell first.
        self.parts(Context { quoted: context.quoted, until: Until::Brace })?;
        self.input.skip();
        let change = Change::Bad(Box::from(&b"bad substitution"[..]));
        Ok(Parameter { name: Name::Special(b'?'), change, position })
    }

    /// Reads `#name` of `${#name}`; `${#}`, `${#-x}` and the like are about `$#`.
    fn length(&mut self) -> Parse<Option<Name>> {
        if self.input.peek()? != Some(b'#') {
            return Ok(None);
        }
        let mark = self.input.mark();
        self.input.skip();
        if let Some(first) = self.input.peek()?
            && let Some(name) = self.name(first, true)?
            && self.input.peek()? == Some(b'}')
        {
            return Ok(Some(name));
        }
        self.input.rewind(mark);
        Ok(None)
    }

    /// Reads what is made of a parameter's value; none if it is nothing that the shell knows.
    fn change(&mut self, quoted: bool) -> Parse<Option<Change>> {
        let Some(mut operator) = self.input.peek()? else { return Ok(None) };
        if operator == b'}' {
            return Ok(Some(Change::None));
        }
        self.input.skip();
        let colon = operator == b':';
        if colon {
            match self.input.peek()? {
                Some(next @ (b'-' | b'=' | b'?' | b'+')) => {
                    self.input.skip();
                    operator = next;
                }
                _ => return self.slice().map(Some),
            }
        }
        Ok(Some(match operator {
            b'-' => Change::Default(colon, self.operand(quoted, Until::Brace)?),
            b'=' => Change::Assign(colon, self.operand(quoted, Until::Brace)?),
            b'?' => Change::Fail(colon, self.operand(quoted, Until::Brace)?),
            b'+' => Change::Alternate(colon, self.operand(quoted, Until::Brace)?),
            b'#' | b'%' => {
                let end = if operator == b'#' { End::Front } else { End::Back };
                let longest = self.accept_byte(operator)?;
                Change::Strip(end, longest, self.operand(false, Until::Brace)?)
            }
            b'/' => self.replacement()?,
            _ => return Ok(None),
        }))
    }

    fn operand(&mut self, quoted: bool, until: Until) -> Parse<Word> {
        let position = self.input.position();
        Ok(Word::new(self.parts(Context { quoted, until })?, position))
    }

    fn accept_byte(&mut self, byte: u8) -> Parse<bool> {
        let is_next = self.input.peek()? == Some(byte);
        if is_next {
            self.input.skip();
        }
        Ok(is_next)
    }

    fn replacement(&mut self) -> Parse<Change> {
        let which = match self.input.peek()? {
            Some(b'/') => Replace::All,
            Some(b'#') => Replace::Front,
            Some(b'%') => Replace::Back,
            _ => Replace::First,
        };
        if which != Replace::First {
            self.input.skip();
        }
        let pattern = self.operand(false, Until::Slash)?;
        let replacement =
            if self.accept_byte(b'/')? { self.operand(false, Until::Brace)? } else { Word::default() };
        Ok(Change::Replace(which, pattern, replacement))
    }

    fn slice(&mut self) -> Parse<Change> {
        let offset = self.arithmetic(Until::Colon)?;
        let length = if self.accept_byte(b':')? { Some(self.arithmetic(Until::Colon)?) } else { None };
        Ok(Change::Slice(offset, length))
    }

    fn arithmetic(&mut self, until: Until) -> Parse<Rc<Arithmetic>> {
        let parts = self.parts(Context { quoted: true, until })?;
        let program = formula::of_parts(&parts, self.knowledge.names);
        Ok(Rc::new(Arithmetic { parts, program }))
    }

    /// Reads `$((...))` or `$(...)`, from the parenthesis on.
    fn parenthesised(&mut self, quoted: bool) -> Parse<Part> {
        self.input.skip();
        let start = self.input.offset();
        // Where that has failed before, it does again: a nest of them would be tried over and over.
        if self.input.peek()? == Some(b'(') && self.no_formula.binary_search(&start).is_err() {
            let mark = self.input.mark();
            let waiting = self.waiting.len();
            self.input.skip();
            match self.arithmetic(Until::Parenthesis) {
                Ok(arithmetic) => {
                    self.input.skip();
                    if self.accept_byte(b')')? {
                        return Ok(Part::Arithmetic(arithmetic, quoted));
                    }
                }
                Err(_) => self.check_depth()?,
            }
            if let Err(at) = self.no_formula.binary_search(&start) {
                self.no_formula.insert(at, start);
            }
            // A command in it may have left a token behind.
            self.next = None;
            // A subshell that begins a command, then.
            self.waiting.truncate(waiting);
            self.input.rewind(mark);
        }
        let list = self.command_of(|parser| {
            let list = parser.list()?;
            if !parser.is_operator(Operator::Close)? {
                return Err(parser.unexpected("\")\""));
            }
            parser.take();
            Ok(list)
        })?;
        Ok(Part::Command(Rc::new(list), quoted))
    }

    /// Parses commands within a word: the token that is being read is none yet.
    fn command_of(&mut self, parse: impl FnOnce(&mut Self) -> Parse<List>) -> Parse<List> {
        let outer = (self.token_position, self.token_offset, self.may_be_alias);
        let aliases = core::mem::take(&mut self.open_aliases);
        let list = parse(self);
        (self.token_position, self.token_offset, self.may_be_alias) = outer;
        self.open_aliases = aliases;
        list
    }

    /// Reads a command between backquotes, in which backslashes quote `$`, backquotes and themselves first.
    pub(super) fn back_quoted(&mut self, quoted: bool, parts: &mut Parts) -> Parse<()> {
        let begin = self.input.position();
        self.check_depth()?;
        self.input.skip();
        let mut text = Vec::new();
        loop {
            let Some(byte) = self.input.peek_raw()? else {
                let message = "syntax error: no ` for the one that stands here".into();
                return Err(self.input.error(message, begin, true));
            };
            self.input.skip();
            match byte {
                b'`' => break,
                b'\\' => match self.input.peek_raw()? {
                    Some(next) if matches!(next, b'$' | b'`' | b'\\') || quoted && next == b'"' => {
                        self.input.skip();
                        text.push(next);
                    }
                    _ => text.push(b'\\'),
                },
                _ => text.push(byte),
            }
        }
        let list = self.within(&text, begin.line, |parser| {
            let list = parser.list()?;
            if parser.is_end()? { Ok(list) } else { Err(parser.unexpected("")) }
        })?;
        parts.part(Part::Command(Rc::new(list), quoted));
        Ok(())
    }

    /// Reads `$'...'` behind its quote.
    fn escapes(&mut self, parts: &mut Parts) -> Parse<()> {
        let begin = self.input.position();
        let mut text = Vec::new();
        let mut is_cut = false;
        loop {
            let Some(byte) = self.input.peek_raw()? else {
                let message = "syntax error: no ' for what begins here".into();
                return Err(self.input.error(message, begin, true));
            };
            self.input.skip();
            match byte {
                b'\'' => break,
                b'\\' => {
                    let mut escape = alloc::vec![b'\\'];
                    while escape.len() < 10
                        && let Some(byte) = self.input.peek_raw()?
                        && (escape.len() == 1
                            || escape == [b'\\', b'c'] && byte != b'\''
                            || byte.is_ascii_alphanumeric() && wants_more(&escape))
                    {
                        escape.push(byte);
                        self.input.skip();
                    }
                    // A zero byte ends what a string of the shell can hold.
                    let (bytes, rest) = crate::text::dollar_quoted(&escape);
                    is_cut |= bytes.as_slice() == [0];
                    if !is_cut {
                        text.extend_from_slice(&bytes);
                        text.extend_from_slice(rest);
                    }
                }
                _ if is_cut => {}
                _ => text.push(byte),
            }
        }
        if text.is_empty() {
            parts.part(Part::Quoted(Box::from([])));
        } else {
            parts.extend(&text, true);
        }
        Ok(())
    }
}

/// Says whether an escape that begins so may go on.
fn wants_more(escape: &[u8]) -> bool {
    match escape {
        [_, b'x' | b'u' | b'U'] => true,
        [_, b'x', rest @ ..] => rest.len() < 2 && rest.iter().all(u8::is_ascii_hexdigit),
        [_, b'u', rest @ ..] => rest.len() < 4 && rest.iter().all(u8::is_ascii_hexdigit),
        [_, b'U', rest @ ..] => rest.len() < 8 && rest.iter().all(u8::is_ascii_hexdigit),
        [_, digits @ ..] => digits.len() < 3 && digits.iter().all(|byte| (b'0'..=b'7').contains(byte)),
        [] => false,
    }
}
