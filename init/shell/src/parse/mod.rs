//! The parser: characters to words, words to commands. It recurses as deep as the script nests, and refuses what nests too
//! deep; it makes no system call but through the source of lines.

mod compound;
mod condition;
mod dollar;
mod error;
pub(crate) mod formula;
mod here;
mod input;
mod list;
mod simple;
#[cfg(test)]
mod tests;
mod token;
mod word;

use alloc::vec::Vec;

use hashbrown::HashMap;

use crate::depth::Depth;
use crate::names::Names;
use crate::syntax::{Bytes, Item, Part, Position};
use token::Token;

pub(crate) use error::Marked;
pub use error::SyntaxError;
pub(crate) use input::{Input, Lines};
pub(crate) use simple::is_reserved;

/// What parsing gives.
pub(crate) type Parse<T> = Result<T, SyntaxError>;

/// Names that stand for other text where a command begins.
pub(crate) type Aliases = HashMap<Bytes, Bytes>;

/// What parsing needs to know.
pub(crate) struct Knowledge<'p> {
    pub(crate) names: &'p mut Names,
    pub(crate) aliases: &'p Aliases,
    pub(crate) depth: Depth,
    /// Whether each command keeps its text, to be shown as a job.
    pub(crate) keeps_text: bool,
}

/// A parser of one complete command.
pub(crate) struct Parser<'p, 's> {
    input: &'p mut Input<'s>,
    knowledge: Knowledge<'p>,
    next: Option<Token>,
    /// Where the token that was looked at begins.
    token_position: Position,
    token_offset: usize,
    /// Whether that token follows an alias that ends with a blank.
    may_be_alias: bool,
    /// The aliases in whose texts that token began.
    open_aliases: Vec<Bytes>,
    /// Here-documents whose text comes at the end of the line.
    waiting: Vec<here::Waiting>,
    /// Where `((` begins no formula, in order.
    no_formula: Vec<usize>,
}

impl<'p, 's> Parser<'p, 's> {
    pub(crate) fn new(input: &'p mut Input<'s>, knowledge: Knowledge<'p>) -> Self {
        Self {
            input,
            knowledge,
            next: None,
            token_position: Position::default(),
            token_offset: 0,
            may_be_alias: false,
            open_aliases: Vec::new(),
            waiting: Vec::new(),
            no_formula: Vec::new(),
        }
    }

    /// Parses what a line and those that belong to it hold; none at the end of the script.
    pub(crate) fn complete_command(&mut self) -> Parse<Option<Vec<Item>>> {
        self.input.begin();
        loop {
            match self.token()? {
                Token::End => return Ok(None),
                Token::Newline => {
                    self.take();
                    self.input.begin();
                }
                _ => break,
            }
        }
        self.input.is_within = true;
        let items = self.line()?;
        Ok(Some(items))
    }

    /// Parses all of the input as if it stood within double quotes.
    pub(crate) fn quoted_text(&mut self) -> Parse<Vec<Part>> {
        self.parts(word::Context { quoted: true, until: word::Until::Text })
    }

    /// Parses a text within this script, such as that of a here-document.
    fn within<T>(
        &mut self,
        text: &[u8],
        line: u32,
        parse: impl FnOnce(&mut Parser<'_, '_>) -> Parse<T>,
    ) -> Parse<T> {
        let mut input = Input::text(text, line);
        let knowledge = Knowledge {
            names: self.knowledge.names,
            aliases: self.knowledge.aliases,
            depth: self.knowledge.depth,
            keeps_text: false,
        };
        parse(&mut Parser::new(&mut input, knowledge))
    }

    /// Refuses what is nested too deep.
    fn check_depth(&self) -> Parse<()> {
        if self.knowledge.depth.is_spent() {
            return Err(self.error("nested too deep", self.input.position()));
        }
        Ok(())
    }
}
