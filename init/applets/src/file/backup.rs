//! What was there before stays under another name: `-b`, `--backup` and `-S` of `cp`, `mv`, `ln` and `install` (GNU).

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
#[derive(Clone, Copy)]
pub(super) struct Backup<'a> {
    /// Numbered; None: if there is one with a number.
    numbered: Option<bool>,
    suffix: &'a [u8],
}

impl<'a> Backup<'a> {
    /// Gives nothing if nothing is kept.
    pub(super) fn new(io: &mut Io<'_>, parsed: &Parsed<'a>) -> Result<Option<Self>, Status> {
        let suffix = parsed.value(b'S').unwrap_or(b"~");
        let numbered = match parsed.value(BACKUP) {
            Some(b"none" | b"off") => return Ok(None),
            Some(b"simple" | b"never") => Some(false),
            Some(b"numbered" | b"t") => Some(true),
            Some(b"" | b"existing" | b"nil") => None,
            Some(word) => return Err(io.misuse(word, "not a choice here")),
            None if parsed.has_any(b"bS") => None,
            None => return Ok(None),
        };
        Ok(Some(Self { numbered, suffix }))
    }

    /// Gives what is there another name; nothing there is well, too.
    pub(super) fn keep(&self, name: &[u8]) -> linux::Result<()> {
        let highest = if self.numbered == Some(false) { None } else { highest(name)? };
        let kept = match (self.numbered, highest) {
            (Some(true), _) | (None, Some(_)) => {
                let mut kept = [name, b".~"].concat();
                query::text::decimal(highest.unwrap_or(0) + 1, &mut kept);
                kept.push(b'~');
                kept
            }
            _ => [name, self.suffix].concat(),
        };
        match fs::rename(name, kept.as_slice()) {
            Err(Errno::NOENT) => Ok(()),
            renamed => renamed,
        }
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
