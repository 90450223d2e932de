//! What a word may become: commands, options, files and variables, as the shell knows them.

use alloc::rc::Rc;
use alloc::vec::Vec;

use linux::fs::FileKind;

use super::complete::{Candidate, Wanted, Word};
use super::{Oracle, Surroundings};
use crate::Commands;
use crate::builtins;
use crate::names::continues_name;
use crate::system::System;

/// The shell and the system under it, as they are while a line is typed.
pub(super) struct World<'w> {
    pub(super) system: &'w dyn System,
    pub(super) commands: &'w dyn Commands,
    pub(super) surroundings: &'w Surroundings,
}

fn named(text: &[u8]) -> Candidate {
    Candidate { text: text.to_vec(), end: b" ", help: Vec::new() }
}

impl Oracle for World<'_> {
    fn is_complete(&self, text: &[u8]) -> bool {
        self.surroundings.is_complete(text)
    }

    fn candidates(&self, word: &Word) -> Vec<Candidate> {
        match &word.wanted {
            Wanted::Command => self.commands(&word.part),
            Wanted::Option(command) => self.options(command),
            Wanted::File => self.files(word),
            Wanted::Variable => {
                let variables = self.surroundings.variables.iter();
                variables.map(|(name, _)| Candidate { end: b"", ..named(name) }).collect()
            }
        }
    }
}

impl World<'_> {
    fn commands(&self, part: &[u8]) -> Vec<Candidate> {
        let surroundings = self.surroundings;
        let mut found: Vec<Candidate> =
            builtins::TABLE.iter().map(|builtin| named(builtin.name.as_bytes())).collect();
        found.extend(self.commands.names().iter().map(|name| named(name.as_bytes())));
        found.extend(surroundings.functions.iter().map(|name| named(name)));
        found.extend(surroundings.aliases.keys().map(|name| named(name)));
        for folder in self.variable(b"PATH").split(|byte| *byte == b':') {
            let _ = self.system.list(folder, &mut |name| {
                // Of thousands only those that fit are looked at.
                if name.starts_with(part) && self.system.may(&[folder, b"/", name].concat(), 1) {
                    found.push(named(name));
                }
            });
        }
        found
    }

    fn options(&self, command: &[u8]) -> Vec<Candidate> {
        let options = self.commands.options(command).into_iter();
        options.map(|(text, help)| Candidate { help: help.into(), ..named(text.as_bytes()) }).collect()
    }

    fn files(&self, word: &Word) -> Vec<Candidate> {
        let folder = self.expanded(&word.folder);
        let path = if folder.is_empty() { b".".to_vec() } else { folder.clone() };
        let mut found = Vec::new();
        let _ = self.system.list(&path, &mut |name| {
            let is_hidden = name.starts_with(b".") && !word.part.starts_with(b".");
            if is_hidden || !name.starts_with(&word.part) {
                return;
            }
            let stat = self.system.stat(&[&folder, name].concat(), true);
            let is_folder = stat.is_ok_and(|found| found.kind() == FileKind::Directory);
            found.push(Candidate { end: if is_folder { b"/" } else { b" " }, ..named(name) });
        });
        found
    }

    fn variable(&self, name: &[u8]) -> Rc<[u8]> {
        let variables = &self.surroundings.variables;
        variables
            .iter()
            .find(|(found, _)| **found == *name)
            .map_or_else(|| Rc::from([]), |(_, value)| value.clone())
    }

    /// Expands the tilde and the plain variables of a path.
    fn expanded(&self, path: &[u8]) -> Vec<u8> {
        let mut into = Vec::new();
        let mut rest = path;
        if let Some(after) = path.strip_prefix(b"~") {
            let end = after.iter().position(|byte| *byte == b'/').unwrap_or(after.len());
            let (user, after) = after.split_at(end);
            let home =
                if user.is_empty() { Some(self.variable(b"HOME").to_vec()) } else { self.system.home(user) };
            if let Some(home) = home {
                into = home;
                rest = after;
            }
        }
        while let Some((byte, after)) = rest.split_first() {
            rest = after;
            if *byte != b'$' {
                into.push(*byte);
                continue;
            }
            let name = rest.strip_prefix(b"{").unwrap_or(rest);
            let end = name.iter().position(|byte| !continues_name(*byte)).unwrap_or(name.len());
            let (name, after) = name.split_at(end);
            into.extend_from_slice(&self.variable(name));
            rest = after.strip_prefix(b"}").unwrap_or(after);
        }
        into
    }
}
