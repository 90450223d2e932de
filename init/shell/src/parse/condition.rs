//! `[[ ... ]]`: conditions whose words are not split.

use alloc::boxed::Box;
use alloc::rc::Rc;

use super::token::{Operator, Token};
use super::word::{Context, Until};
use super::{Parse, Parser};
use crate::syntax::{Condition, Kind, Word};

/// Tests of two words.
const BINARY: [&[u8]; 13] =
    [b"=", b"==", b"!=", b"=~", b"-eq", b"-ne", b"-lt", b"-le", b"-gt", b"-ge", b"-nt", b"-ot", b"-ef"];

impl Parser<'_, '_> {
    /// Parses from `[[` to `]]`.
    pub(super) fn test(&mut self) -> Parse<Kind> {
        self.take();
        let condition = self.either()?;
        if !self.is_word("]]")? {
            return Err(self.unexpected("\"]]\""));
        }
        self.take();
        Ok(Kind::Test(condition))
    }

    fn either(&mut self) -> Parse<Condition> {
        let mut condition = self.both()?;
        while self.accept(Operator::Or)? {
            condition = Condition::Or(Box::new(condition), Box::new(self.both()?));
            self.check_depth()?;
        }
        Ok(condition)
    }

    fn both(&mut self) -> Parse<Condition> {
        let mut condition = self.one()?;
        while self.accept(Operator::And)? {
            condition = Condition::And(Box::new(condition), Box::new(self.one()?));
        }
        Ok(condition)
    }

    fn one(&mut self) -> Parse<Condition> {
        self.check_depth()?;
        self.skip_newlines()?;
        let condition = if self.accept(Operator::Open)? {
            let inner = self.either()?;
            if !self.accept(Operator::Close)? {
                return Err(self.unexpected("\")\""));
            }
            inner
        } else if self.is_word("!")? {
            self.take();
            Condition::Not(Box::new(self.one()?))
        } else {
            self.comparison()?
        };
        self.skip_newlines()?;
        Ok(condition)
    }

    /// Takes a regular expression, whose parentheses and bars are no operators of the shell.
    fn regex(&mut self) -> Parse<Word> {
        self.skip_blanks()?;
        let position = self.input.position();
        let parts = self.parts(Context { quoted: false, until: Until::Regex })?;
        // An operator, or the end of the line.
        if parts.is_empty() { self.word() } else { Ok(Word::new(parts, position)) }
    }

    fn comparison(&mut self) -> Parse<Condition> {
        if self.is_word("]]")? {
            return Err(self.unexpected("a word"));
        }
        let first = self.word()?;
        if let Some(operator @ [b'-', letter]) = first.bare()
            && letter.is_ascii_alphabetic()
            && matches!(self.token()?, Token::Word(word) if word.bare() != Some(b"]]"))
        {
            return Ok(Condition::Unary(Rc::from(operator), self.word()?));
        }
        let operator: Rc<[u8]> = match self.token()? {
            Token::Operator(Operator::Less) => Rc::from(&b"<"[..]),
            Token::Operator(Operator::Great) => Rc::from(&b">"[..]),
            Token::Word(word) => match word.bare().filter(|word| BINARY.contains(word)) {
                Some(operator) => Rc::from(operator),
                None => return Ok(Condition::Word(first)),
            },
            _ => return Ok(Condition::Word(first)),
        };
        self.take();
        let second = if &*operator == b"=~" { self.regex()? } else { self.word()? };
        Ok(Condition::Binary(first, operator, second))
    }
}
