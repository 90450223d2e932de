//! What the editor needs to know of the shell, as it was when the prompt was made: while a line is typed, the parser that
//! asks for it holds the rest.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::Cell;

use linux::signal::Signal;

use crate::depth::Depth;
use crate::names::Names;
use crate::parse::{Aliases, Input, Knowledge, Lines, Parser};
use crate::syntax::Bytes;

/// The shell, as the editor sees it.
#[derive(Default)]
pub(crate) struct Surroundings {
    /// Whether the terminal can do what editing needs.
    pub(crate) edits: bool,
    /// Whether keys are those of vi.
    pub(crate) is_vi: bool,
    /// The prompt of further lines.
    pub(crate) further: Vec<u8>,
    pub(crate) aliases: Rc<Aliases>,
    pub(crate) depth: Option<Depth>,
    /// Signals that are about to end the shell.
    pub(crate) fatal: Vec<Signal>,
    /// Signals on which the picture is to be drawn anew.
    pub(crate) redrawn: Vec<Signal>,
    pub(crate) variables: Vec<(Bytes, Bytes)>,
    pub(crate) functions: Vec<Bytes>,
    /// Where the history is kept.
    pub(crate) history: Option<Vec<u8>>,
}

/// A text, given to a parser to see whether it asks for more.
struct Probe<'p> {
    text: Option<&'p [u8]>,
    asked: &'p Cell<bool>,
}

impl Lines for Probe<'_> {
    fn more(&mut self, into: &mut Vec<u8>, prompt: &[u8]) -> linux::Result<bool> {
        let Some(text) = self.text.take() else {
            self.asked.set(self.asked.get() || prompt == WITHIN);
            return Ok(false);
        };
        into.extend_from_slice(text);
        into.push(b'\n');
        Ok(true)
    }
}

/// The prompt with which more of a command is asked for, not another one.
const WITHIN: &[u8] = b"within";

impl Surroundings {
    /// Says whether a text is all of a command, or wrong for good.
    pub(super) fn is_complete(&self, text: &[u8]) -> bool {
        let Some(depth) = self.depth else { return true };
        let asked = Cell::new(false);
        let mut names = Names::new();
        let mut input = Input::lines(Box::new(Probe { text: Some(text), asked: &asked }));
        input.prompts = [Vec::new(), WITHIN.to_vec()];
        loop {
            let knowledge = Knowledge { names: &mut names, aliases: &self.aliases, depth, keeps_text: false };
            match Parser::new(&mut input, knowledge).complete_command() {
                Ok(Some(_)) if !asked.get() => {}
                _ => return !asked.get(),
            }
        }
    }
}
