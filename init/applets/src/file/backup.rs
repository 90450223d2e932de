//! What was there before stays under another name: `-b`, `--backup` and `-S` of `cp`, `mv`, `ln` and `install` (GNU), with what
//! `VERSION_CONTROL` and `SIMPLE_BACKUP_SUFFIX` say where the options do not.

use alloc::vec::Vec;

use linux::Errno;
use linux::fs::{self, Directory, Mode, OpenFlags};

use super::path::{base, parent};
use crate::{Flag, Io, Parsed, Status};

/// The declaration of `-b`.
pub(super) const FLAG: Flag = Flag::new(b'b', "", "keep what was there under another name");
/// The declaration of `--backup`.
pub(super) const KIND: Flag =
    Flag::may(BACKUP, "backup", "KIND", "so: simple (a~), numbered (a.~1~), existing or none");
/// The declaration of `-S`.
pub(super) const SUFFIX: Flag = Flag::with(b'S', "suffix", "SUFFIX", "keep it with SUFFIX instead of ~");

const BACKUP: u8 = 160;

/// How what was there is kept.
pub(super) struct Backup {
    kind: Kind,
    suffix: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Nothing,
    Simple,
    Numbered,
    /// Numbered if there is one with a number.
    Existing,
}

/// The words for kinds; they may be abbreviated.
const KINDS: [(&[u8], Kind); 8] = [
    (b"none", Kind::Nothing),
    (b"off", Kind::Nothing),
    (b"simple", Kind::Simple),
    (b"never", Kind::Simple),
    (b"existing", Kind::Existing),
    (b"nil", Kind::Existing),
    (b"numbered", Kind::Numbered),
    (b"t", Kind::Numbered),
];

impl Kind {
    fn named(word: &[u8]) -> Option<Self> {
        let mut kinds = KINDS.iter().filter(|(name, _)| name.starts_with(word)).map(|(_, kind)| *kind);
        kinds.next().filter(|kind| kinds.all(|other| other == *kind))
    }
}

impl Backup {
    /// Gives nothing if nothing is kept.
    pub(super) fn new(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Result<Option<Self>, Status> {
        if !parsed.has_any(&[b'b', b'S', BACKUP]) {
            return Ok(None);
        }
        let word = parsed.value(BACKUP).filter(|word| !word.is_empty());
        let word = word.or(io.variable("VERSION_CONTROL").filter(|word| !word.is_empty()));
        let kind = match word {
            None => Kind::Existing,
            Some(word) => Kind::named(word).ok_or_else(|| io.misuse(word, "not a choice here"))?,
        };
        let suffix = parsed.value(b'S').or(io.variable("SIMPLE_BACKUP_SUFFIX"));
        // It shall not lead into another folder.
        let suffix = suffix.filter(|suffix| !suffix.is_empty() && !suffix.contains(&b'/'));
        let suffix = suffix.unwrap_or(b"~").to_vec();
        Ok((kind != Kind::Nothing).then_some(Self { kind, suffix }))
    }

    /// Gives what is there another name; nothing there is well, too.
    ///
    /// # Errors
    /// [`Errno::EXIST`] if that is the name of what is to take its place, which would be lost.
    pub(super) fn keep(&self, name: &[u8], source: &[u8]) -> linux::Result<()> {
        let kept = self.name(name)?;
        let identity = |path: &[u8]| fs::lstat(path).map(|file| file.identity());
        if identity(kept.as_slice()).is_ok_and(|kept| identity(source) == Ok(kept)) {
            return Err(Errno::EXIST);
        }
        match fs::rename(name, kept.as_slice()) {
            Err(Errno::NOENT) => Ok(()),
            renamed => renamed,
        }
    }

    /// Gives the name under which something is kept.
    pub(super) fn name(&self, name: &[u8]) -> linux::Result<Vec<u8>> {
        let highest = if self.kind == Kind::Simple { None } else { highest(name)? };
        Ok(match (self.kind, highest) {
            (Kind::Numbered, _) | (Kind::Existing, Some(_)) => {
                let mut kept = [name, b".~"].concat();
                query::text::decimal(highest.unwrap_or(0) + 1, &mut kept);
                kept.push(b'~');
                kept
            }
            _ => [name, self.suffix.as_slice()].concat(),
        })
    }
}

/// Finds the highest number that something of this name was kept with.
fn highest(name: &[u8]) -> linux::Result<Option<u64>> {
    let flags = OpenFlags::READ | OpenFlags::DIRECTORY | OpenFlags::CLOSE_ON_EXEC;
    let folder = fs::open(parent(name), flags, Mode::empty())?;
    let mut buffer: Vec<u8> = alloc::vec![0; 4096];
    let mut entries = Directory::new(&folder, &mut buffer);
    let mut highest = None;
    while let Some(entry) = entries.next() {
        let number = entry?
            .name
            .to_bytes()
            .strip_prefix(base(name))
            .and_then(|rest| query::text::parse_decimal(rest.strip_prefix(b".~")?.strip_suffix(b"~")?));
        highest = highest.max(number);
    }
    Ok(highest)
}

#[cfg(test)]
mod tests {
    use super::Kind;

    #[test]
    fn a_kind_may_be_abbreviated() {
        let named = |word: &str| Kind::named(word.as_bytes());
        assert!(named("nu") == Some(Kind::Numbered) && named("t") == Some(Kind::Numbered));
        assert!(named("o") == Some(Kind::Nothing) && named("e") == Some(Kind::Existing));
        assert!(named("n").is_none() && named("x").is_none() && named("simpler").is_none());
    }
}
