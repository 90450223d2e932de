//! The history: commands that were typed, each once, and how they stand in a file.
//!
//! A file has a command a line, oldest first. A command of many lines has a backslash before each new line within it; one
//! that ends with a backslash has a blank behind it.

use alloc::vec::Vec;
use core::ops::Deref;

use linux::fs::{FileKind, Mode, OpenFlags};

use crate::system::System;

/// A command that was typed.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Its number, which no other has had since the history was read.
    pub(crate) number: usize,
    text: Vec<u8>,
}

impl Deref for Entry {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.text
    }
}

/// Commands, the newest last.
#[derive(Debug)]
pub(crate) struct History {
    entries: Vec<Entry>,
    /// The number of the next.
    next: usize,
    most: usize,
    /// How many of the newest are not in the file yet.
    fresh: usize,
}

impl Default for History {
    fn default() -> Self {
        Self { entries: Vec::new(), next: 1, most: Self::USUAL, fresh: 0 }
    }
}

impl History {
    /// How many commands are kept where HISTSIZE does not say it.
    pub(crate) const USUAL: usize = 500;

    /// Sets how many commands are kept.
    pub(crate) fn limit(&mut self, most: usize) {
        self.most = most;
        self.trim();
    }

    fn trim(&mut self) {
        let surplus = self.entries.len().saturating_sub(self.most);
        self.entries.drain(..surplus);
        self.fresh = self.fresh.min(self.entries.len());
    }

    /// Adds a command; an equal one before it goes.
    pub(crate) fn add(&mut self, text: &[u8]) {
        let trimmed = text.trim_ascii_end();
        // A blank behind a backslash is part of a word.
        let text = if trimmed.ends_with(b"\\") { text.strip_suffix(b"\n").unwrap_or(text) } else { trimmed };
        if text.trim_ascii_start().is_empty() {
            return;
        }
        if let Some(at) = self.entries.iter().rposition(|entry| **entry == *text) {
            self.entries.remove(at);
            if at >= self.entries.len() + 1 - self.fresh {
                self.fresh -= 1;
            }
        }
        self.entries.push(Entry { number: self.next, text: text.to_vec() });
        self.next += 1;
        self.fresh += 1;
        self.trim();
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Forgets all; what the file holds stays there.
    pub(crate) fn clear(&mut self) {
        self.entries.clear();
        self.fresh = 0;
    }

    /// Puts commands in place of the newest.
    pub(crate) fn replace_newest(&mut self, text: &[u8]) {
        if let Some(newest) = self.entries.pop() {
            self.next = newest.number;
            self.fresh = self.fresh.saturating_sub(1);
        }
        self.add(text);
    }

    /// Says whether there are commands that the file does not hold yet.
    pub(crate) fn is_fresh(&self) -> bool {
        self.fresh > 0
    }

    /// Puts what a file holds before what was typed since: another shell may have written it meanwhile.
    pub(crate) fn merge(&mut self, file: &[u8]) {
        let fresh = self.entries.split_off(self.entries.len() - self.fresh);
        self.entries.clear();
        self.next = 1;
        let mut entry = Vec::new();
        for line in file.split(|byte| *byte == b'\n') {
            if let Some(part) = line.strip_suffix(b"\\") {
                entry.extend_from_slice(part);
                entry.push(b'\n');
            } else {
                entry.extend_from_slice(line);
                self.add(&core::mem::take(&mut entry));
            }
        }
        self.fresh = 0;
        for entry in fresh {
            self.add(&entry);
        }
    }

    /// Gives what a file is to hold; from now on nothing is fresh.
    pub(crate) fn emit(&mut self) -> Vec<u8> {
        let mut file = Vec::new();
        for entry in &self.entries {
            for byte in entry.iter() {
                if *byte == b'\n' {
                    file.push(b'\\');
                }
                file.push(*byte);
            }
            file.extend_from_slice(if entry.ends_with(b"\\") { b" \n" } else { b"\n" });
        }
        self.fresh = 0;
        file
    }
}

/// Adds what a file holds to a history.
pub(crate) fn load(system: &dyn System, path: &[u8], history: &mut History) {
    let Ok(number) = system.open(path, OpenFlags::READ | OpenFlags::NONBLOCK, Mode::empty()) else { return };
    let mut file = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = system.read(number, &mut buffer) {
        file.extend_from_slice(buffer.get(..count).unwrap_or_default());
    }
    let _ = system.close(number);
    history.merge(&file);
}

/// Puts a history into a file, in one step, with what other shells have put there; a device or a link is left alone.
pub(crate) fn save(system: &dyn System, path: &[u8], history: &mut History) {
    let is_ours = system.stat(path, false).map_or(true, |found| found.kind() == FileKind::Regular);
    if history.is_fresh() && is_ours {
        load(system, path, history);
        // A full or read-only file system is no reason to keep anyone from leaving.
        let _ = system.replace(path, &history.emit());
    }
}
