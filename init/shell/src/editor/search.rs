//! Search in the history while its text is typed (`^R`).

use alloc::vec::Vec;

use super::character;
use super::history::History;
use super::key::Key;
use super::machine::Machine;

/// A search.
#[derive(Debug)]
pub(super) struct Search {
    wanted: Vec<u8>,
    /// Where in the history the search is; behind its end at first.
    at: usize,
    has_failed: bool,
}

/// What a key does to a search.
pub(super) enum Sought {
    /// It goes on; the text that was found is shown, if there is one.
    Found(Option<usize>),
    /// It ends, and the key is for the line.
    Ended,
    /// It ends as if it had never begun.
    Dropped,
}

impl Search {
    pub(super) fn new(history: &History) -> Self {
        Self { wanted: Vec::new(), at: history.entries().len(), has_failed: false }
    }

    /// Gives what stands before the text meanwhile.
    pub(super) fn prompt(&self) -> Vec<u8> {
        let word: &[u8] = if self.has_failed { b"(not found) '" } else { b"(search) '" };
        [word, &self.wanted, b"': "].concat()
    }

    /// Gives where in a text the cursor is: where it was found.
    pub(super) fn place_in(&self, text: &[u8]) -> usize {
        find(text, &self.wanted).unwrap_or(text.len())
    }

    /// Takes a key.
    pub(super) fn key(&mut self, key: &Key, history: &History) -> Sought {
        let end = history.entries().len();
        match key {
            Key::Text(text) => {
                self.wanted.extend_from_slice(text);
                self.older(history, self.at.saturating_add(1).min(end))
            }
            Key::Backspace => {
                self.wanted.truncate(character::previous(&self.wanted, self.wanted.len()));
                self.older(history, end)
            }
            Key::Control(b'R') => self.older(history, self.at),
            Key::Control(b'S') => self.newer(history),
            Key::Control(b'G' | b'C') => Sought::Dropped,
            _ => Sought::Ended,
        }
    }

    fn holds(&self, entry: &[u8]) -> bool {
        find(entry, &self.wanted).is_some()
    }

    /// Looks before a place.
    fn older(&mut self, history: &History, before: usize) -> Sought {
        let older = history.entries().get(..before).unwrap_or_default();
        let found = older.iter().rposition(|entry| self.holds(entry)).filter(|_| !self.wanted.is_empty());
        self.found(found)
    }

    fn newer(&mut self, history: &History) -> Sought {
        let start = self.at.saturating_add(1);
        let newer = history.entries().get(start..).unwrap_or_default();
        let found = newer.iter().position(|entry| self.holds(entry)).map(|index| start + index);
        self.found(found.filter(|_| !self.wanted.is_empty()))
    }

    fn found(&mut self, found: Option<usize>) -> Sought {
        self.has_failed = found.is_none() && !self.wanted.is_empty();
        self.at = found.unwrap_or(self.at);
        Sought::Found(found)
    }
}

impl Machine {
    /// Goes on with the last search from the command that is shown, to older ones or newer ones; false if there is none.
    pub(super) fn search_again(&mut self, older: bool, history: &History) -> bool {
        let Some(search) = &mut self.sought else { return false };
        search.at = self.place.unwrap_or(history.entries().len());
        let sought = if older { search.older(history, search.at) } else { search.newer(history) };
        let Sought::Found(Some(found)) = sought else { return false };
        let Some(entry) = history.entries().get(found) else { return false };
        let at = search.place_in(entry);
        self.show(Some(found), history);
        self.line.go(at);
        true
    }
}

/// Gives where a part stands in a text.
pub(super) fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    if part.is_empty() {
        return Some(0);
    }
    text.windows(part.len()).position(|window| window == part)
}
