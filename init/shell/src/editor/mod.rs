//! The line editor: what a person types before the shell reads it.
//!
//! [`Machine`](machine::Machine) takes keys (`key` makes them of bytes) and gives steps and the bytes that bring a terminal's screen up to
//! date (`screen`); it makes no system call, and asks an [`Oracle`] for what only the shell knows. `typing` puts a
//! terminal in front of it, and `surroundings` is the shell's answer to it.

mod candidates;
mod character;
mod complete;
mod emacs;
mod history;
mod key;
mod kill;
mod line;
mod machine;
mod motion;
mod screen;
mod search;
mod surroundings;
#[cfg(test)]
mod tests;
mod typing;
mod vi;
mod vi_motion;

use alloc::vec::Vec;

use complete::{Candidate, Word};
pub(crate) use history::{History, load, save};
pub(crate) use surroundings::Surroundings;
pub(crate) use typing::Typing;

/// What the editor cannot know of itself.
pub(crate) trait Oracle {
    /// Says whether a text is all of a command, or wrong for good.
    fn is_complete(&self, text: &[u8]) -> bool;
    /// Gives what a word may become.
    fn candidates(&self, word: &Word) -> Vec<Candidate>;
}
