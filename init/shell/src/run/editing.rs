//! What the shell does for the line editor: tells it what it must know, and keeps its history.

use alloc::rc::Rc;
use alloc::vec::Vec;

use linux::signal::Signal;

use super::{Condition, Shell};
use crate::editor::{self, History, Surroundings};
use crate::names::Symbol;
use crate::syntax::Bytes;
use crate::text;

/// Signals that end a shell that has no trap for them.
const FATAL: [Signal; 4] = [Signal::HUP, Signal::ALRM, Signal::USR1, Signal::USR2];

/// Signals that tell of a change of the terminal.
const REDRAWN: [Signal; 2] = [Signal::WINCH, Signal::CONT];

impl Shell<'_> {
    /// Tells the editor how the shell is now.
    pub(super) fn survey(&mut self, further: &[u8]) {
        let is_plain = |signal: &Signal| !self.has_trap(*signal) && !self.system.ignores(*signal);
        let surroundings = Surroundings {
            edits: self.variables.get(Symbol::TERM).is_some_and(|term| !matches!(&**term, b"" | b"dumb")),
            is_vi: self.options.vi,
            further: further.to_vec(),
            aliases: Rc::clone(&self.aliases),
            depth: Some(self.depth),
            fatal: FATAL.into_iter().filter(is_plain).collect(),
            redrawn: REDRAWN.into_iter().filter(|signal| !self.has_trap(*signal)).collect(),
            variables: self.variables.symbols().filter_map(|name| self.named_value(name)).collect(),
            functions: self.functions.keys().cloned().collect(),
            history: self.history_file(),
        };
        *self.surroundings.borrow_mut() = surroundings;
        self.limit_history();
    }

    /// Keeps as many commands as HISTSIZE says.
    fn limit_history(&self) {
        let size = self.variables.get(Symbol::HISTSIZE).and_then(|size| text::decimal(size));
        let size = size.and_then(|size| usize::try_from(size).ok()).unwrap_or(History::USUAL);
        self.history.borrow_mut().limit(size);
    }

    /// Gives where the history is kept: HISTFILE, or `.sh_history` at home; nowhere if that is empty.
    fn history_file(&self) -> Option<Vec<u8>> {
        match self.variables.get(Symbol::HISTFILE) {
            Some(file) if file.is_empty() => None,
            Some(file) => Some(file.to_vec()),
            None => {
                let home = self.variables.get(Symbol::HOME).filter(|home| !home.is_empty())?;
                Some([&**home, b"/.sh_history"].concat())
            }
        }
    }

    fn named_value(&self, name: Symbol) -> Option<(Bytes, Bytes)> {
        Some((Rc::from(self.names.name(name)), self.value(name)?))
    }

    fn has_trap(&self, signal: Signal) -> bool {
        self.traps.has(Condition::Signal(signal))
    }

    /// Reads the history that former sessions have left.
    pub(super) fn load_history(&mut self) {
        self.limit_history();
        if let Some(path) = self.history_file() {
            editor::load(self.system, &path, &mut self.history.borrow_mut());
        }
    }

    /// Leaves the history to later sessions.
    pub(super) fn save_history(&mut self) {
        if let Some(path) = self.history_file() {
            editor::save(self.system, &path, &mut self.history.borrow_mut());
        }
    }
}
