//! Compound commands.

use alloc::vec::Vec;

use super::token::{Operator, Token};
use super::{Parse, Parser};
use crate::names::is_name;
use crate::syntax::{Arm, Ending, Kind, List, Word};

impl Parser<'_, '_> {
    /// Takes a word of the language, which must be next.
    fn expect(&mut self, word: &str) -> Parse<()> {
        if !self.is_word(word)? {
            return Err(self.unexpected(&alloc::format!("\"{word}\"")));
        }
        self.take();
        Ok(())
    }

    /// `( list )`
    pub(super) fn subshell(&mut self) -> Parse<Kind> {
        self.take();
        let body = self.body()?;
        if !self.accept(Operator::Close)? {
            return Err(self.unexpected("\")\""));
        }
        Ok(Kind::Subshell(body))
    }

    /// `{ list; }`
    pub(super) fn group(&mut self) -> Parse<Kind> {
        self.take();
        let body = self.body()?;
        self.expect("}")?;
        Ok(Kind::Group(body))
    }

    /// `if`
    pub(super) fn choice(&mut self) -> Parse<Kind> {
        let mut arms = Vec::new();
        loop {
            self.take();
            let condition = self.body()?;
            self.expect("then")?;
            arms.push((condition, self.body()?));
            if self.is_word("elif")? {
                continue;
            }
            let mut otherwise = None;
            if self.is_word("else")? {
                self.take();
                otherwise = Some(self.body()?);
            }
            self.expect("fi")?;
            return Ok(Kind::If(arms, otherwise));
        }
    }

    /// `while` and `until`
    pub(super) fn repetition(&mut self, until: bool) -> Parse<Kind> {
        self.take();
        let condition = self.body()?;
        Ok(Kind::Loop(until, condition, self.loop_body()?))
    }

    fn loop_body(&mut self) -> Parse<List> {
        self.skip_newlines()?;
        self.expand_alias()?;
        self.expect("do")?;
        let body = self.body()?;
        self.expect("done")?;
        Ok(body)
    }

    /// `for`
    pub(super) fn iteration(&mut self) -> Parse<Kind> {
        self.take();
        let Token::Word(word) = self.token()? else { return Err(self.unexpected("a name")) };
        let Some(name) = word.bare().filter(|name| is_name(name)) else {
            return Err(self.unexpected("a name"));
        };
        let name = name.to_vec();
        let name = self.knowledge.names.symbol(&name);
        self.take();
        self.skip_newlines()?;
        let mut words = None;
        if self.is_word("in")? {
            self.take();
            let mut list = Vec::new();
            while matches!(self.token()?, Token::Word(_)) {
                if let Token::Word(word) = self.take() {
                    list.push(word);
                }
            }
            if !self.accept(Operator::Semicolon)? && !matches!(self.token()?, Token::Newline) {
                return Err(self.unexpected("\";\" or the end of the line"));
            }
            words = Some(list);
        } else {
            self.accept(Operator::Semicolon)?;
        }
        let body = self.loop_body()?;
        Ok(Kind::For(name, words, body))
    }

    /// `case`
    pub(super) fn case(&mut self) -> Parse<Kind> {
        self.take();
        let subject = self.word()?;
        self.skip_newlines()?;
        self.expect("in")?;
        let mut arms = Vec::new();
        loop {
            self.skip_newlines()?;
            if self.is_word("esac")? {
                self.take();
                return Ok(Kind::Case(subject, arms));
            }
            self.accept(Operator::Open)?;
            let mut patterns = alloc::vec![self.word()?];
            while self.accept(Operator::Pipe)? {
                patterns.push(self.word()?);
            }
            if !self.accept(Operator::Close)? {
                return Err(self.unexpected("\")\""));
            }
            let body = self.list()?;
            let ending =
                if self.accept(Operator::SemicolonAnd)? { Ending::FallThrough } else { Ending::Leave };
            let is_ended = ending == Ending::FallThrough || self.accept(Operator::DoubleSemicolon)?;
            arms.push(Arm { patterns, body, ending });
            if !is_ended && !self.is_word("esac")? {
                return Err(self.unexpected("\";;\" or \"esac\""));
            }
        }
    }

    /// Takes a word, whatever it is.
    pub(super) fn word(&mut self) -> Parse<Word> {
        match self.token()? {
            Token::Word(_) => {}
            // A number before `)` or `|` is none that a redirection follows.
            _ => return Err(self.unexpected("a word")),
        }
        match self.take() {
            Token::Word(word) => Ok(word),
            _ => Err(self.unexpected("a word")),
        }
    }
}
