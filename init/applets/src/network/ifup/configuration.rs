//! The file and those that it names.

use alloc::vec::Vec;

use formats::etc::interfaces::{self, Entry, Interface};
use text::pattern::Matcher;

use crate::{Failure, Io};

/// So many files at most: one that names itself has an end.
const MOST_FILES: usize = 256;

/// The texts of the files, with lines joined.
pub(super) struct Configuration(Vec<(Vec<u8>, Vec<u8>)>);

/// What they say.
pub(super) struct Parts<'a>(Vec<Entry<'a>>);

impl Configuration {
    /// Reads a file and those that it names.
    pub(super) fn read(io: &mut Io<'_>, path: &[u8]) -> Result<Self, Failure> {
        let mut files = Vec::new();
        let mut waiting = Vec::from([path.to_vec()]);
        while let Some(path) = waiting.pop() {
            if files.len() == MOST_FILES {
                return Err(io.complain(&path, &"too many files").into());
            }
            let text = interfaces::join(&system::file::read(&path)?);
            let folder = path.iter().rposition(|byte| *byte == b'/').map_or(&b""[..], |at| &path[..=at]);
            let entries = interfaces::parse(&text).map_err(|error| io.complain(&path, &error))?;
            // The last is read next.
            for entry in entries.iter().rev() {
                let mut found = match entry {
                    Entry::Source(pattern) => expand(&absolute(folder, pattern)),
                    Entry::SourceFolder(name) => expand(&[&absolute(folder, name)[..], b"/*"].concat()),
                    _ => continue,
                };
                if matches!(entry, Entry::SourceFolder(_)) {
                    found.retain(|path| is_plain(path));
                }
                found.reverse();
                waiting.extend(found);
            }
            files.push((path, text));
        }
        Ok(Self(files))
    }

    /// Gives what the files say.
    pub(super) fn parts(&self, io: &mut Io<'_>) -> Result<Parts<'_>, Failure> {
        let mut parts = Vec::new();
        for (path, text) in &self.0 {
            parts.extend(interfaces::parse(text).map_err(|error| io.complain(path, &error))?);
        }
        Ok(Parts(parts))
    }
}

impl<'a> Parts<'a> {
    /// Gives the names that are marked so (`auto`, or a class).
    pub(super) fn members(&self, class: &[u8]) -> impl Iterator<Item = &'a [u8]> {
        let groups = self.0.iter().filter_map(move |entry| match entry {
            Entry::Group { class: known, names } if *known == class => Some(names.iter().copied()),
            _ => None,
        });
        groups.flatten()
    }

    /// Gives what is said of a name.
    pub(super) fn interfaces(&self, name: &[u8]) -> impl Iterator<Item = &Interface<'a>> {
        self.0.iter().filter_map(move |entry| match entry {
            Entry::Interface(interface) if interface.name == name => Some(interface),
            _ => None,
        })
    }
}

/// Says whether a name matches a pattern.
pub(super) fn matches(pattern: &[u8], name: &[u8]) -> bool {
    Matcher { utf8: false, folds: false }.matches(pattern, name)
}

fn absolute(folder: &[u8], path: &[u8]) -> Vec<u8> {
    if path.starts_with(b"/") { path.to_vec() } else { [folder, path].concat() }
}

/// Gives the files that a pattern means, which may stand in the last part of a path, in the order of their names.
fn expand(path: &[u8]) -> Vec<Vec<u8>> {
    let at = path.iter().rposition(|byte| *byte == b'/').map_or(0, |at| at + 1);
    let (folder, pattern) = path.split_at(at);
    if !pattern.iter().any(|byte| b"*?[".contains(byte)) {
        return Vec::from([path.to_vec()]);
    }
    let mut names = system::folder::names(if folder.is_empty() { b"." } else { folder }).unwrap_or_default();
    names.retain(|name| !name.starts_with(b".") && matches(pattern, name));
    query::sort::sort_by(&mut names, Ord::cmp);
    names.into_iter().map(|name| [folder, &name].concat()).collect()
}

/// Says whether a file of a folder is meant: not what editors and packages leave behind.
fn is_plain(path: &[u8]) -> bool {
    let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    name.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}
