//! Which files are searched by their names: `--include`, `--exclude`, `--exclude-from` and `--exclude-dir` (GNU's).

use alloc::vec::Vec;

use text::pattern::Matcher;

use super::{EXCLUDE, EXCLUDE_DIR, EXCLUDE_FROM, INCLUDE};
use crate::source;
use crate::{Io, Parsed, Status};

/// What is said of names.
pub(super) struct Choice {
    matcher: Matcher,
    /// Patterns of files, and whether those that match are wanted, in their order: of several that match the last one counts.
    files: Vec<(Vec<u8>, bool)>,
    /// Patterns of folders that are left out.
    folders: Vec<Vec<u8>>,
}

impl Choice {
    /// Reads what options say.
    pub(super) fn of(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Result<Self, Status> {
        let matcher = Matcher { utf8: io.is_utf8(), folds: false };
        let mut choice = Self { matcher, files: Vec::new(), folders: Vec::new() };
        for &(key, value) in &parsed.options {
            match key {
                INCLUDE | EXCLUDE => choice.files.push((value.to_vec(), key == INCLUDE)),
                EXCLUDE_DIR => choice.folders.push(value.strip_suffix(b"/").unwrap_or(value).to_vec()),
                EXCLUDE_FROM => {
                    let mut text = Vec::new();
                    let result = source::with(io, value, &mut |_, _, input| input.read_all(&mut text));
                    result.map_err(|errno| io.complain(value, &errno))?;
                    let lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end);
                    let patterns = lines.filter(|line| !line.is_empty());
                    choice.files.extend(patterns.map(|pattern| (pattern.to_vec(), false)));
                }
                _ => {}
            }
        }
        Ok(choice)
    }

    /// Says whether a file is searched, by its path, of one in a folder by its name. Where no pattern matches, it is unless only
    /// those that are included are: the first option says so.
    pub(super) fn has_file(&self, path: &[u8]) -> bool {
        let said = self.files.iter().rev().find(|(pattern, _)| self.matches(pattern, path));
        match said.or(self.files.first()) {
            Some((_, is_wanted)) if said.is_some() => *is_wanted,
            Some((_, is_first_wanted)) => !is_first_wanted,
            None => true,
        }
    }

    /// Says whether a folder is gone into, likewise.
    pub(super) fn has_folder(&self, path: &[u8]) -> bool {
        !self.folders.iter().any(|pattern| self.matches(pattern, path))
    }

    fn matches(&self, pattern: &[u8], path: &[u8]) -> bool {
        let base = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
        self.matcher.matches(pattern, base) || self.matcher.matches(pattern, path)
    }
}
