//! Names of files that patterns match, sorted by their bytes.

use alloc::rc::Rc;
use alloc::vec::Vec;

use query::sort::sort;

use super::fields::PATTERN;
use crate::run::Shell;
use crate::syntax::{Bytes, is_pattern};

impl Shell<'_> {
    /// Replaces the patterns among fields by the names they match; one that matches none stays as it is.
    pub(super) fn find_files(&mut self, fields: &mut Vec<Bytes>, start: usize) {
        let waiting = fields.split_off(start);
        for field in waiting {
            let mut pieces = field.split(|byte| *byte == PATTERN);
            let (Some([]), Some(pattern), Some(text)) = (pieces.next(), pieces.next(), pieces.next()) else {
                fields.push(field);
                continue;
            };
            let mut found = alloc::vec![Vec::new()];
            self.walk(pattern, &mut found);
            if found.is_empty() {
                fields.push(Rc::from(text));
            } else {
                sort(&mut found);
                fields.extend(found.into_iter().map(Rc::from));
            }
        }
    }

    /// Goes through the parts of a path, a folder a round; in the end the paths that there are.
    fn walk(&self, pattern: &[u8], found: &mut Vec<Vec<u8>>) {
        let mut rest = pattern;
        let mut is_sure = true;
        while !rest.is_empty() {
            let slashes = rest.iter().take_while(|byte| **byte == b'/').count();
            let after = rest.get(slashes..).unwrap_or_default();
            let length = after.iter().position(|byte| *byte == b'/').unwrap_or(after.len());
            let (part, next) = after.split_at(length);
            for path in found.iter_mut() {
                path.extend_from_slice(rest.get(..slashes).unwrap_or_default());
            }
            if is_pattern(part) {
                let folders = core::mem::take(found);
                for folder in folders {
                    self.names_in(&folder, part, found);
                }
                is_sure = true;
            } else if !part.is_empty() {
                let part = unquoted(part);
                found.iter_mut().for_each(|path| path.extend_from_slice(&part));
                is_sure = false;
            } else {
                // A path that ends with a slash is a folder's.
                is_sure = false;
            }
            rest = next;
        }
        if !is_sure {
            found.retain(|path| self.system.stat(path, path.ends_with(b"/")).is_ok());
        }
    }

    fn names_in(&self, folder: &[u8], pattern: &[u8], found: &mut Vec<Vec<u8>>) {
        let matcher = self.matcher();
        let takes_hidden = pattern.starts_with(b".") || pattern.starts_with(b"\\.");
        let mut add = |name: &[u8]| {
            if (takes_hidden || !name.starts_with(b".")) && matcher.matches(pattern, name) {
                found.push([folder, name].concat());
            }
        };
        if takes_hidden {
            add(b".");
            add(b"..");
        }
        // What cannot be read has no names.
        let _ = self.system.list(if folder.is_empty() { b"." } else { folder }, &mut add);
    }
}

/// Gives the text that a pattern without `*`, `?` and `[...]` matches.
fn unquoted(pattern: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(pattern.len());
    let mut bytes = pattern.iter();
    while let Some(byte) = bytes.next() {
        match (byte, bytes.as_slice().first()) {
            (b'\\', Some(next)) => {
                bytes.next();
                text.push(*next);
            }
            _ => text.push(*byte),
        }
    }
    text
}
