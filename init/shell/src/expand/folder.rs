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
            let before = fields.len();
            self.walk(pattern, fields);
            if fields.len() == before {
                fields.push(Rc::from(text));
            }
        }
    }

    /// Goes through the parts of a path, a folder a round; adds the paths that there are, sorted.
    fn walk(&self, pattern: &[u8], fields: &mut Vec<Bytes>) {
        let mut found = alloc::vec![Vec::new()];
        let mut rest = pattern;
        let mut is_sure = true;
        while !rest.is_empty() {
            let slashes = rest.iter().take_while(|byte| **byte == b'/').count();
            let after = rest.get(slashes..).unwrap_or_default();
            let length = after.iter().position(|byte| *byte == b'/').unwrap_or(after.len());
            let (part, next) = after.split_at(length);
            for path in &mut found {
                path.extend_from_slice(rest.get(..slashes).unwrap_or_default());
            }
            if is_pattern(part) && next.is_empty() {
                // They end with slashes now, so that none begins another: in their order their names are in order, too.
                sort(&mut found);
                for folder in found {
                    self.names_in(&folder, part).put_sorted(&folder, fields);
                }
                return;
            }
            if is_pattern(part) {
                let mut paths = Vec::new();
                for folder in found {
                    paths.extend(self.names_in(&folder, part).iter().map(|name| [&folder, name].concat()));
                }
                found = paths;
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
        sort(&mut found);
        fields.extend(found.into_iter().map(Rc::from));
    }

    fn names_in(&self, folder: &[u8], pattern: &[u8]) -> Names {
        let mut names = Names::default();
        let matcher = self.matcher();
        let takes_hidden = pattern.starts_with(b".") || pattern.starts_with(b"\\.");
        let mut add = |name: &[u8]| {
            if (takes_hidden || !name.starts_with(b".")) && matcher.matches(pattern, name) {
                names.push(name);
            }
        };
        if takes_hidden {
            add(b".");
            add(b"..");
        }
        // What cannot be read has no names.
        let _ = self.system.list(if folder.is_empty() { b"." } else { folder }, &mut add);
        names
    }
}

/// Names of a folder, one behind the other, since there may be many.
#[derive(Default)]
struct Names {
    text: Vec<u8>,
    /// Where each ends.
    ends: Vec<usize>,
}

/// The number of a name, and eight bytes of it that mostly tell it from others, as a number in their order.
struct Row {
    key: u64,
    number: usize,
}

impl Names {
    fn push(&mut self, name: &[u8]) {
        self.text.extend_from_slice(name);
        self.ends.push(self.text.len());
    }

    fn name(&self, number: usize) -> &[u8] {
        let end = |number: usize| self.ends.get(number).copied().unwrap_or(0);
        let start = number.checked_sub(1).map_or(0, end);
        self.text.get(start..end(number)).unwrap_or_default()
    }

    fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.ends.len()).map(|number| self.name(number))
    }

    /// Adds paths, sorted.
    fn put_sorted(&self, folder: &[u8], fields: &mut Vec<Bytes>) {
        let rows = self.sorted();
        fields.reserve(rows.len());
        let mut path = folder.to_vec();
        for row in rows {
            path.truncate(folder.len());
            path.extend_from_slice(self.name(row.number));
            fields.push(Rc::from(&path[..]));
        }
    }

    fn sorted(&self) -> Vec<Row> {
        // What all begin with tells none from another.
        let mut common = self.name(0);
        for name in self.iter() {
            if !name.starts_with(common) {
                let length = common.iter().zip(name).take_while(|(one, other)| one == other).count();
                common = common.get(..length).unwrap_or_default();
            }
        }
        let key = |name: &[u8]| key(name.get(common.len()..).unwrap_or_default());
        let mut rows: Vec<Row> =
            self.iter().enumerate().map(|(number, name)| Row { key: key(name), number }).collect();
        // That of `core`: it compares without calls, which for thousands of names is worth its copy.
        rows.sort_unstable_by(|left, right| {
            left.key.cmp(&right.key).then_with(|| self.name(left.number).cmp(self.name(right.number)))
        });
        rows
    }
}

/// Gives the first bytes as a number; where there are fewer, zeroes, which no name holds.
fn key(text: &[u8]) -> u64 {
    match text.first_chunk() {
        Some(bytes) => u64::from_be_bytes(*bytes),
        None => text.iter().fold(0, |key, byte| key << 8 | u64::from(*byte)) << (64 - 8 * text.len()).min(63),
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
