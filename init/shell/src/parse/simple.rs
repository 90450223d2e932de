//! Commands: which kind comes, simple ones, redirections, aliases.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::vec::Vec;

use super::list::CLOSING;
use super::token::{Operator, Token};
use super::{Parse, Parser};
use crate::names::{continues_name, is_name};
use crate::syntax::{Assignment, Command, Kind, Part, Position, Redirect, RedirectKind, Simple, Word};

/// Commands whose arguments may be assignments, as far as `~` goes.
const DECLARING: [&[u8]; 4] = [b"export", b"readonly", b"local", b"alias"];

/// Commands whose arguments are another command.
const PASSING: [&[u8]; 2] = [b"command", b"builtin"];

impl Parser<'_, '_> {
    /// Parses a command and its redirections.
    pub(super) fn command(&mut self) -> Parse<Command> {
        self.check_depth()?;
        self.expand_alias()?;
        let position = self.begin()?;
        let kind = match self.token()? {
            Token::Operator(Operator::Open) => Some(self.subshell()?),
            Token::Word(word) => match word.bare() {
                Some(b"{") => Some(self.group()?),
                Some(b"if") => Some(self.choice()?),
                Some(b"while") => Some(self.repetition(false)?),
                Some(b"until") => Some(self.repetition(true)?),
                Some(b"for") => Some(self.iteration()?),
                Some(b"case") => Some(self.case()?),
                Some(b"[[") => Some(self.test()?),
                Some(word) if CLOSING.contains(&word) || word == b"in" => {
                    return Err(self.unexpected("a command"));
                }
                _ => None,
            },
            _ => None,
        };
        let Some(kind) = kind else { return self.simple(position) };
        let mut redirects = Vec::new();
        while let Some(redirect) = self.redirect()? {
            redirects.push(redirect);
        }
        Ok(Command { kind, redirects, position })
    }

    fn begin(&mut self) -> Parse<Position> {
        self.token()?;
        Ok(self.token_position)
    }

    /// Puts the text of an alias in place of its name, as long as one comes.
    pub(super) fn expand_alias(&mut self) -> Parse<()> {
        while !self.knowledge.aliases.is_empty() {
            let Token::Word(word) = self.token()? else { return Ok(()) };
            let Some(name) = word.bare() else { return Ok(()) };
            let name: Rc<[u8]> = Rc::from(name);
            let Some(text) = self.knowledge.aliases.get(&name).cloned() else { return Ok(()) };
            if is_reserved(&name) || self.open_aliases.contains(&name) {
                return Ok(());
            }
            self.take();
            self.input.push_alias(name, text);
        }
        Ok(())
    }

    fn simple(&mut self, position: Position) -> Parse<Command> {
        let mut simple = Simple { assignments: Vec::new(), words: Vec::new() };
        let mut redirects = Vec::new();
        let mut declares = false;
        // Whether all words so far pass on what follows them.
        let mut passes = true;
        loop {
            if let Some(redirect) = self.redirect()? {
                redirects.push(redirect);
                continue;
            }
            if simple.words.is_empty() && (!simple.assignments.is_empty() || !redirects.is_empty())
                || self.may_be_alias
            {
                self.expand_alias()?;
            }
            if !matches!(self.token()?, Token::Word(_)) {
                break;
            }
            let Token::Word(word) = self.take() else { break };
            if simple.words.is_empty() {
                match self.assignment(word) {
                    Ok(assignment) => {
                        simple.assignments.push(assignment);
                        continue;
                    }
                    Err(word) => {
                        if simple.assignments.is_empty()
                            && redirects.is_empty()
                            && self.is_operator(Operator::Open)?
                        {
                            return self.function(&word, position);
                        }
                        (declares, passes) = (is_one_of(&word, &DECLARING), is_one_of(&word, &PASSING));
                        simple.words.push(word);
                    }
                }
                continue;
            }
            if passes && !declares {
                (declares, passes) = (is_one_of(&word, &DECLARING), is_one_of(&word, &PASSING));
                simple.words.push(word);
            } else {
                simple.words.push(if declares { with_tildes(word) } else { word });
            }
        }
        if simple.words.is_empty() && simple.assignments.is_empty() && redirects.is_empty() {
            return Err(self.unexpected("a command"));
        }
        Ok(Command { kind: Kind::Simple(simple), redirects, position })
    }

    /// Parses what follows the name of a function.
    fn function(&mut self, name: &Word, position: Position) -> Parse<Command> {
        let Some(name) = name.bare() else { return Err(self.unexpected("")) };
        if crate::builtins::find(name).is_some_and(|builtin| builtin.is_special) {
            return Err(self.unexpected("another name for a function than that of a special builtin"));
        }
        let name = Rc::from(name);
        self.take();
        if !self.accept(Operator::Close)? {
            return Err(self.unexpected("\")\""));
        }
        self.skip_newlines()?;
        if self.is_word("!")? {
            return Err(self.unexpected("a command"));
        }
        let body = self.command()?;
        Ok(Command { kind: Kind::Function(name, Rc::new(body)), redirects: Vec::new(), position })
    }

    /// Takes a word apart that is an assignment; gives it back if it is none.
    fn assignment(&mut self, word: Word) -> Result<Assignment, Word> {
        let Some(Part::Text(text)) = word.parts.first() else { return Err(word) };
        let Some(end) = text.iter().position(|byte| *byte == b'=') else { return Err(word) };
        let Some(name) = text.get(..end).filter(|name| is_name(name)) else { return Err(word) };
        let name = self.knowledge.names.symbol(name);
        let position = word.position;
        let mut parts = word.parts.into_iter();
        let first = match parts.next() {
            Some(Part::Text(text)) => text.get(end + 1..).unwrap_or_default().into(),
            _ => Box::from([]),
        };
        let parts = tildes(first, parts);
        let plain_text = match parts.as_slice() {
            [Part::Text(text)] => Some(Rc::from(&text[..])),
            _ => None,
        };
        let mut value = Word::new(parts, position);
        // A value is no pattern.
        value.plain = value.plain.or(plain_text);
        Ok(Assignment { name, value })
    }

    /// Parses a redirection, if one comes.
    pub(super) fn redirect(&mut self) -> Parse<Option<Redirect>> {
        let number = match self.token()? {
            Token::Number(number) => Some(*number),
            Token::Operator(operator) if begins_redirect(*operator) => None,
            _ => return Ok(None),
        };
        let position = self.token_position;
        if number.is_some() {
            self.take();
            self.token()?;
        }
        let Token::Operator(operator) = self.take() else { return Err(self.unexpected("")) };
        if !matches!(self.token()?, Token::Word(_)) {
            return Err(self.unexpected("a word"));
        }
        let (start, end) = (self.token_offset, self.input.offset());
        let Token::Word(word) = self.take() else { return Ok(None) };
        let (standard, kind) = match operator {
            Operator::Less => (0, RedirectKind::Read(word)),
            Operator::LessGreat => (0, RedirectKind::Both(word)),
            Operator::LessAnd => (0, RedirectKind::Copy(word)),
            Operator::DoubleLess => {
                (0, RedirectKind::Here(self.wait_for_document(&word, (start, end), false)))
            }
            Operator::DoubleLessDash => {
                (0, RedirectKind::Here(self.wait_for_document(&word, (start, end), true)))
            }
            Operator::Great => (1, RedirectKind::Write(word, false)),
            Operator::Clobber => (1, RedirectKind::Write(word, true)),
            Operator::DoubleGreat => (1, RedirectKind::Append(word)),
            _ => (1, RedirectKind::Copy(word)),
        };
        Ok(Some(Redirect { number: number.unwrap_or(standard), kind, position }))
    }
}

fn is_one_of(word: &Word, names: &[&[u8]]) -> bool {
    word.bare().is_some_and(|word| names.contains(&word))
}

fn begins_redirect(operator: Operator) -> bool {
    matches!(
        operator,
        Operator::Less
            | Operator::Great
            | Operator::DoubleLess
            | Operator::DoubleLessDash
            | Operator::DoubleGreat
            | Operator::LessAnd
            | Operator::GreatAnd
            | Operator::LessGreat
            | Operator::Clobber
    )
}

/// Says whether a word is one of the language, where a command begins.
pub(crate) fn is_reserved(word: &[u8]) -> bool {
    const OPENING: [&[u8]; 9] = [b"!", b"{", b"if", b"while", b"until", b"for", b"case", b"[[", b"in"];
    OPENING.contains(&word) || CLOSING.contains(&word)
}

/// Finds the homes in the value of an argument that may be an assignment.
fn with_tildes(word: Word) -> Word {
    let Some(Part::Text(text)) = word.parts.first() else { return word };
    let Some(end) = text.iter().position(|byte| *byte == b'=').filter(|end| {
        text.get(..*end).is_some_and(|name| !name.is_empty() && name.iter().all(|byte| continues_name(*byte)))
    }) else {
        return word;
    };
    let head: Box<[u8]> = text.get(..=end).unwrap_or_default().into();
    let value = text.get(end + 1..).unwrap_or_default().into();
    let position = word.position;
    let mut parts = tildes(value, word.parts.into_iter().skip(1));
    match parts.first_mut() {
        Some(Part::Text(first)) => *first = [&*head, &**first].concat().into(),
        _ => parts.insert(0, Part::Text(head)),
    }
    Word::new(parts, position)
}

/// Finds the homes in a value: a `~` at its beginning or behind a colon, up to a slash, a colon or the value's end; a name of
/// which something is quoted or expanded is none.
fn tildes(first: Box<[u8]>, rest: impl Iterator<Item = Part>) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut may_begin = true;
    let mut all = (!first.is_empty()).then_some(Part::Text(first)).into_iter().chain(rest).peekable();
    while let Some(part) = all.next() {
        let Part::Text(text) = part else {
            may_begin = false;
            parts.push(part);
            continue;
        };
        let is_last = all.peek().is_none();
        let mut plain = Vec::new();
        let mut at = 0;
        while let Some(byte) = text.get(at) {
            // Elsewhere nothing is looked for: a value may be long.
            let rest = text.get(at + 1..).filter(|_| *byte == b'~' && may_begin);
            let name = rest.and_then(|rest| rest.split(|byte| matches!(byte, b'/' | b':')).next());
            let is_name =
                |name: &&[u8]| name.iter().all(|byte| continues_name(*byte) || matches!(byte, b'-' | b'.'));
            let is_whole = |name: &&[u8]| is_last || at + 1 + name.len() < text.len();
            if let Some(name) = name.filter(is_name).filter(is_whole) {
                if !plain.is_empty() {
                    parts.push(Part::Text(core::mem::take(&mut plain).into()));
                }
                parts.push(Part::Tilde(name.into()));
                at += name.len();
            } else {
                plain.push(*byte);
            }
            at += 1;
            may_begin = *byte == b':';
        }
        if !plain.is_empty() {
            parts.push(Part::Text(plain.into()));
        }
    }
    parts
}
