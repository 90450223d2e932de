//! `--preserve-root`: the root of all files is left alone, by whatever path it is reached (GNU's).

use io::{Step, Visit};
use linux::fs;

use crate::{Flag, Io, Parsed};

/// The options of commands that leave it alone only if they are asked to.
pub(super) const FLAGS: [Flag; 2] = [
    Flag::new(KEEP, "preserve-root", "with -R: not /, nor what is below it"),
    Flag::new(ANY, "no-preserve-root", "also / (the default)"),
];

/// The key of `--preserve-root`.
pub(super) const KEEP: u8 = 140;
/// The key of `--no-preserve-root`.
pub(super) const ANY: u8 = 141;

/// The device and the inode of what is left alone, if anything is.
pub(super) struct Root(Option<((u32, u32), u64)>);

impl Root {
    /// Gives what options say; without them it is left alone if that is the default.
    pub(super) fn of(parsed: &Parsed<'_>, is_default: bool) -> Self {
        let is_kept = parsed.last_of(&[KEEP, ANY]).map_or(is_default, |key| key == KEEP);
        Self(fs::stat(b"/").ok().filter(|_| is_kept).map(|root| root.identity()))
    }

    /// Says whether it is left alone.
    pub(super) fn is_kept(&self) -> bool {
        self.0.is_some()
    }

    /// Says whether a folder that is entered is left alone, after a complaint.
    pub(super) fn refuses(&self, io: &mut Io<'_>, visit: &Visit<'_>) -> bool {
        let is_root = self.is_kept()
            && visit.step == Step::Enter
            && visit.metadata().is_ok_and(|folder| self.0 == Some(folder.identity()));
        if is_root {
            io.complain(visit.path, &"refusing to go into the root (--no-preserve-root does)");
        }
        is_root
    }
}
