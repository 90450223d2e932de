//! Lists, chains and pipelines.

use alloc::rc::Rc;
use alloc::vec::Vec;

use super::token::{Operator, Token};
use super::{Parse, Parser};
use crate::syntax::{AndOr, Connector, Item, List, Pipeline};

/// Words that end a list where a command could begin.
pub(super) const CLOSING: [&[u8]; 8] = [b"then", b"else", b"elif", b"fi", b"do", b"done", b"esac", b"}"];

impl Parser<'_, '_> {
    /// Parses the commands of a line, up to its end.
    pub(super) fn line(&mut self) -> Parse<Vec<Item>> {
        let mut items = Vec::new();
        loop {
            let (item, is_separated) = self.item()?;
            items.push(item);
            match self.token()? {
                Token::End => return Ok(items),
                Token::Newline => {
                    self.take();
                    return Ok(items);
                }
                _ if is_separated => {}
                _ => return Err(self.unexpected("")),
            }
        }
    }

    /// Parses commands up to what cannot begin one.
    pub(super) fn list(&mut self) -> Parse<List> {
        self.check_depth()?;
        let mut list = List::default();
        loop {
            self.skip_newlines()?;
            // Its text may be a word that ends the list.
            self.expand_alias()?;
            if self.ends_list()? {
                return Ok(list);
            }
            let (item, is_separated) = self.item()?;
            list.items.push(item);
            if !is_separated && !matches!(self.token()?, Token::Newline) {
                return Ok(list);
            }
        }
    }

    /// Parses a list that must not be empty.
    pub(super) fn body(&mut self) -> Parse<List> {
        let list = self.list()?;
        if list.items.is_empty() { Err(self.unexpected("a command")) } else { Ok(list) }
    }

    /// Says whether the script has ended.
    pub(super) fn is_end(&mut self) -> Parse<bool> {
        Ok(matches!(self.token()?, Token::End))
    }

    fn ends_list(&mut self) -> Parse<bool> {
        Ok(match self.token()? {
            Token::End => true,
            Token::Operator(operator) => {
                matches!(operator, Operator::Close | Operator::DoubleSemicolon | Operator::SemicolonAnd)
            }
            Token::Word(word) => word.bare().is_some_and(|word| CLOSING.contains(&word)),
            Token::Newline | Token::Number(_) => false,
        })
    }

    /// Parses a chain and what separates it from the next; says whether there was a separator.
    fn item(&mut self) -> Parse<(Item, bool)> {
        self.token()?;
        let start = self.token_offset;
        let chain = self.chain()?;
        self.token()?;
        let end = self.token_offset;
        let background = self.accept(Operator::Ampersand)?;
        let is_separated = background || self.accept(Operator::Semicolon)?;
        let is_kept = background || self.knowledge.keeps_text;
        let text = is_kept.then(|| Rc::from(self.input.between(start, end)));
        Ok((Item { chain, background, text }, is_separated))
    }

    fn chain(&mut self) -> Parse<AndOr> {
        let first = self.pipeline()?;
        let mut rest = Vec::new();
        loop {
            let connector = if self.accept(Operator::And)? {
                Connector::And
            } else if self.accept(Operator::Or)? {
                Connector::Or
            } else {
                return Ok(AndOr { first, rest });
            };
            self.skip_newlines()?;
            rest.push((connector, self.pipeline()?));
        }
    }

    fn pipeline(&mut self) -> Parse<Pipeline> {
        let mut negated = false;
        while self.is_word("!")? {
            self.take();
            negated = !negated;
        }
        let mut commands = alloc::vec![self.command()?];
        while self.accept(Operator::Pipe)? {
            self.skip_newlines()?;
            commands.push(self.command()?);
        }
        Ok(Pipeline { negated, commands })
    }
}
