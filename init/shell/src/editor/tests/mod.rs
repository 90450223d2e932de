//! The editor with a terminal in memory.

#![allow(clippy::panic, reason = "a failed test panics")]

mod files;
mod keys;
mod screen;
mod terminal;

use super::Oracle;
use super::complete::{Candidate, Wanted, Word};
use super::history::History;
use super::key::{Decoder, Key};
use super::machine::{Machine, Step};
use terminal::Terminal;

/// A shell for which a command is done when its parentheses are closed.
struct Shell;

impl Oracle for Shell {
    fn is_complete(&self, text: &[u8]) -> bool {
        let count = |wanted: u8| text.iter().filter(|byte| **byte == wanted).count();
        count(b'(') <= count(b')')
    }

    fn candidates(&self, word: &Word) -> Vec<Candidate> {
        let named = |names: &[&str], end: &'static [u8]| -> Vec<Candidate> {
            let help = Vec::new();
            names
                .iter()
                .map(|name| Candidate { text: name.as_bytes().into(), end, help: help.clone() })
                .collect()
        };
        match &word.wanted {
            Wanted::Command => named(&["echo", "exit", "export", "test"], b" "),
            Wanted::Option(command) if command == b"ls" => named(&["--all", "--almost"], b" "),
            Wanted::Option(_) => Vec::new(),
            Wanted::File if word.folder == b"~/e/" => named(&["\u{e9}1", "\u{e8}2"], b" "),
            Wanted::File if word.folder == b"~/d/" => named(&["inner"], b" "),
            Wanted::File => [named(&["a b", "it's", "$x"], b" "), named(&["src dir"], b"/")].concat(),
            Wanted::Variable => named(&["HOME", "HOST"], b""),
        }
    }
}

/// A person, a terminal and the editor.
struct Session {
    machine: Machine,
    terminal: Terminal,
    decoder: Decoder,
    history: History,
    /// What was entered, in order.
    done: Vec<String>,
}

impl Session {
    fn new(lines: usize, columns: usize) -> Self {
        let mut session = Self {
            machine: Machine::new(),
            terminal: Terminal::new(lines, columns),
            decoder: Decoder::default(),
            history: History::default(),
            done: Vec::new(),
        };
        session.begin(lines, columns);
        session
    }

    fn with_history(entries: &[&str]) -> Self {
        let mut session = Self::new(6, 40);
        entries.iter().for_each(|entry| session.history.add(entry.as_bytes()));
        session
    }

    fn begin(&mut self, lines: usize, columns: usize) {
        self.machine.begin([b"$ ", b"> "], Vec::new(), (lines, columns));
        self.paint();
    }

    fn paint(&mut self) {
        let changes = self.machine.paint();
        self.terminal.write(&changes);
    }

    /// Types, and gives what is then shown.
    fn type_in(&mut self, bytes: &[u8]) -> String {
        for byte in bytes {
            if let Some(key) = self.decoder.take(*byte) {
                self.press(key);
            }
        }
        if let Some(key) = self.decoder.flush() {
            self.press(key);
        }
        self.terminal.shown()
    }

    fn press(&mut self, key: Key) {
        match self.machine.key(key, &self.history, &Shell) {
            Step::More => self.paint(),
            Step::Accepted(text) => {
                let changes = self.machine.leave(true);
                self.terminal.write(&changes);
                self.history.add(&text);
                self.done.push(String::from_utf8(text).expect("UTF-8"));
                self.machine.restart((6, 40));
                self.paint();
            }
            Step::Edited(text) => self.done.push(format!("edit {}", String::from_utf8_lossy(&text))),
            Step::Interrupted => self.done.push("interrupted".into()),
            Step::End => self.done.push("end".into()),
        }
    }
}
