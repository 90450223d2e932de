//! Everything below a folder, by descriptors: no path is looked up twice, so nobody can exchange a part of one under us.
//!
//! A folder is read whole when it is entered, so that its entries may be removed on the way. Of a deep tree only the lowest
//! [`OPEN`] folders are held open; a higher one is opened again by `..` from the one below, and must then be the same one.
//! Symbolic links are told and never followed. A folder that lies within itself (a bind mount) is told as an error. What
//! vanishes between the reading of its name and the look at it is left out.

use alloc::vec::Vec;
use core::ffi::CStr;
use core::fmt;

use alloc::ffi::CString;
use linux::fd::{AsFd, BorrowedFd, OwnedFd};
use linux::fs::{self, FileKind, Mode, OpenFlags};
use linux::path::PathArg;
use linux::{Errno, Result, retry};

use crate::folder::{FOLDER, entries};

/// How many folders are held open at most.
const OPEN: usize = 16;

/// What is being visited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A folder, before what is in it. [`Walk::skip`] leaves that out.
    Enter,
    /// The same folder, after it.
    Leave,
    /// Anything else.
    Entry,
}

/// A place on the way.
#[derive(Clone, Copy)]
pub struct Visit<'a> {
    /// What is being visited.
    pub step: Step,
    /// The folder that holds it.
    pub folder: BorrowedFd<'a>,
    /// Its name there.
    pub name: &'a CStr,
    /// The names from below the first folder, joined by slashes.
    pub path: &'a [u8],
    /// Its kind; a symbolic link is one.
    pub kind: FileKind,
    /// How deep it lies: 1 in the first folder.
    pub depth: usize,
}

/// A place that could not be visited; the walk goes on beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The names from below the first folder, joined by slashes.
    pub path: Vec<u8>,
    /// Why not.
    pub errno: Errno,
}

/// A walk through everything below a folder, that folder not counted.
#[derive(Debug)]
pub struct Walk {
    levels: Vec<Level>,
    path: Vec<u8>,
    /// The folder just told, which is entered next.
    next: Option<(CString, OwnedFd)>,
    /// The folder just left: its name, which its parent's visit borrows.
    name: CString,
}

/// A folder that is being walked through.
#[derive(Debug)]
struct Level {
    /// None while it is closed.
    folder: Option<OwnedFd>,
    /// Its device and number.
    identity: ((u32, u32), u64),
    /// Its own name in the level above.
    name: CString,
    /// What is still to come, the last first.
    entries: Vec<(CString, Option<FileKind>)>,
    /// Bytes of the path that lead here.
    path: usize,
}

impl Level {
    fn new(folder: OwnedFd, name: CString, path: usize) -> Result<Self> {
        let mut entries = entries(&folder)?;
        entries.reverse();
        let identity = identity(&folder)?;
        Ok(Self { folder: Some(folder), identity, name, entries, path })
    }
}

fn identity(folder: &OwnedFd) -> Result<((u32, u32), u64)> {
    let data = retry(|| fs::fstat(folder))?;
    Ok((data.device(), data.inode()))
}

impl Walk {
    /// Begins at a path from a directory.
    ///
    /// # Errors
    /// Those of `open(2)` and `getdents(2)` but `INTR`.
    pub fn at(directory: impl AsFd, path: impl PathArg) -> Result<Self> {
        let folder = retry(|| fs::openat(&directory, &path, FOLDER, Mode::empty()))?;
        let first = Level::new(folder, CString::default(), 0)?;
        Ok(Self { levels: alloc::vec![first], path: Vec::new(), next: None, name: CString::default() })
    }

    /// Gives the next place, or why one could not be visited; nothing at the end.
    #[expect(
        clippy::should_implement_trait,
        reason = "the visit borrows the walk's descriptors, which Iterator cannot say"
    )]
    pub fn next(&mut self) -> Option<core::result::Result<Visit<'_>, Failure>> {
        if let Some((name, folder)) = self.next.take()
            && let Err(errno) = self.enter(name, folder)
        {
            return Some(Err(Failure { path: self.path.clone(), errno }));
        }
        loop {
            let level = self.levels.last_mut()?;
            self.path.truncate(level.path);
            let Some((name, kind)) = level.entries.pop() else {
                // The first folder is not left: nobody was told that it was entered.
                return if self.levels.len() > 1 { Some(self.leave()) } else { None };
            };
            if !self.path.is_empty() {
                self.path.push(b'/');
            }
            self.path.extend_from_slice(name.to_bytes());
            self.name = name;
            match self.look(kind) {
                Ok(Some(kind)) => return Some(Ok(self.visit(kind))),
                Ok(None) => {}
                Err(errno) => return Some(Err(Failure { path: self.path.clone(), errno })),
            }
        }
    }

    /// Leaves out what is in the folder that was just told as [`Step::Enter`], and its [`Step::Leave`].
    pub fn skip(&mut self) {
        self.next = None;
    }

    /// Finds what the name stands for; a folder is opened. None if it has vanished.
    fn look(&mut self, kind: Option<FileKind>) -> Result<Option<FileKind>> {
        let Some(Level { folder: Some(folder), .. }) = self.levels.last() else { return Err(Errno::BADF) };
        if kind.is_none_or(|kind| kind == FileKind::Directory) {
            let name = self.name.as_c_str();
            match retry(|| fs::openat(folder, name, FOLDER | OpenFlags::NO_FOLLOW, Mode::empty())) {
                Ok(opened) => {
                    self.next = Some((self.name.clone(), opened));
                    return Ok(Some(FileKind::Directory));
                }
                Err(Errno::NOENT) => return Ok(None),
                // It is something else, or has become it: a file, a link.
                Err(Errno::NOTDIR | Errno::LOOP) => {}
                Err(errno) => return Err(errno),
            }
        } else if kind.is_some() {
            return Ok(kind);
        }
        let (flags, mask) = (fs::StatxFlags::NO_FOLLOW, fs::StatxMask::BASIC);
        match retry(|| fs::statx(folder, self.name.as_c_str(), flags, mask)) {
            Ok(data) => Ok(Some(data.kind())),
            Err(Errno::NOENT) => Ok(None),
            Err(errno) => Err(errno),
        }
    }

    fn visit(&self, kind: FileKind) -> Visit<'_> {
        let step = if self.next.is_some() { Step::Enter } else { Step::Entry };
        self.tell(step, kind, self.levels.len())
    }

    /// Goes back to the level above, and tells of the folder that it leaves.
    fn leave(&mut self) -> core::result::Result<Visit<'_>, Failure> {
        let left = self.levels.pop();
        self.path.truncate(left.as_ref().map_or(0, |level| level.path));
        let reopened = self.reopen(left.as_ref().and_then(|level| level.folder.as_ref()));
        self.name = left.map(|level| level.name).unwrap_or_default();
        if let Err(errno) = reopened {
            // Somebody has moved the tree away from under us: there is no way back to the rest.
            self.levels.clear();
            return Err(Failure { path: self.path.clone(), errno });
        }
        Ok(self.tell(Step::Leave, FileKind::Directory, self.levels.len()))
    }

    fn tell(&self, step: Step, kind: FileKind, depth: usize) -> Visit<'_> {
        let folder = self.levels.last().and_then(|level| level.folder.as_ref());
        // The last level is always open.
        let folder = folder.map_or(linux::fd::CWD, AsFd::as_fd);
        Visit { step, folder, name: &self.name, path: &self.path, kind, depth }
    }

    fn enter(&mut self, name: CString, folder: OwnedFd) -> Result<()> {
        let level = Level::new(folder, name, self.path.len())?;
        if self.levels.iter().any(|above| above.identity == level.identity) {
            return Err(Errno::LOOP);
        }
        self.levels.push(level);
        let count = self.levels.len();
        if let Some(high) = count.checked_sub(OPEN + 1).and_then(|at| self.levels.get_mut(at)) {
            high.folder = None;
        }
        Ok(())
    }

    /// Opens the last level again if it was closed, from the one below it.
    fn reopen(&mut self, below: Option<&OwnedFd>) -> Result<()> {
        let Some(level) = self.levels.last_mut().filter(|level| level.folder.is_none()) else {
            return Ok(());
        };
        let below = below.ok_or(Errno::BADF)?;
        let folder = retry(|| fs::openat(below, c"..", FOLDER, Mode::empty()))?;
        if identity(&folder)? != level.identity {
            return Err(Errno::STALE);
        }
        level.folder = Some(folder);
        Ok(())
    }
}

impl Visit<'_> {
    /// Removes what is visited: a folder when it is left, everything else at once. What has vanished counts as removed.
    ///
    /// # Errors
    /// Those of `unlink(2)` and `rmdir(2)` but `NOENT`.
    pub fn remove(&self) -> Result<()> {
        let removed = match self.step {
            Step::Enter => Ok(()),
            Step::Leave => retry(|| fs::rmdir_at(self.folder, self.name)),
            Step::Entry => retry(|| fs::unlink_at(self.folder, self.name)),
        };
        match removed {
            Err(Errno::NOENT) => Ok(()),
            other => other,
        }
    }
}

impl fmt::Debug for Visit<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?} {}", self.step, self.path.escape_ascii())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::temporary::TemporaryFolder;
    use crate::{Folder, OpenOptions};
    use std::string::String;

    fn scratch() -> TemporaryFolder {
        TemporaryFolder::within(std::env::temp_dir().as_os_str().as_encoded_bytes()).unwrap()
    }

    fn tree(place: &Folder) {
        let inner = place.make_folder("b", Mode::octal(0o755)).unwrap();
        inner.make_folder("empty", Mode::octal(0o755)).unwrap();
        let file = OpenOptions::new().write(true).create(true);
        for (folder, name) in [(place, "a"), (&inner, "x"), (&inner, "y")] {
            folder.open_file(name, &file).unwrap();
        }
        fs::symlink_at(c"..", &inner, c"up").unwrap();
    }

    fn told(walk: &mut Walk, skip: &[u8]) -> Vec<String> {
        let mut lines = Vec::new();
        while let Some(visit) = walk.next() {
            let visit = visit.unwrap();
            lines.push(std::format!("{visit:?} {} {:?}", visit.depth, visit.kind));
            if visit.path == skip {
                walk.skip();
            }
        }
        lines.sort_unstable();
        lines
    }

    #[test]
    fn everything_is_told_once_and_links_are_not_followed() {
        let place = scratch();
        tree(place.folder());
        let lines = told(&mut place.folder().walk().unwrap(), b"");
        let expected = [
            "Enter b 1 Directory",
            "Enter b/empty 2 Directory",
            "Entry a 1 Regular",
            "Entry b/up 2 Symlink",
            "Entry b/x 2 Regular",
            "Entry b/y 2 Regular",
            "Leave b 1 Directory",
            "Leave b/empty 2 Directory",
        ];
        assert_eq!(lines, expected);
        let lines = told(&mut Walk::at(linux::fd::CWD, place.path()).unwrap(), b"b");
        assert_eq!(lines, ["Enter b 1 Directory", "Entry a 1 Regular"]);
    }

    #[test]
    fn what_vanishes_on_the_way_is_left_out() {
        let place = scratch();
        tree(place.folder());
        let mut walk = place.folder().walk().unwrap();
        // Read by now, all of it.
        place.folder().clear().unwrap();
        let file = walk.next().map(|visit| visit.map(|visit| visit.kind));
        assert!(matches!(file, None | Some(Ok(FileKind::Regular))), "{file:?}");
        assert!(walk.next().is_none());
    }

    #[test]
    fn a_deep_tree_takes_few_descriptors_and_is_removed_whole() {
        const DEPTH: usize = 100;
        let place = scratch();
        let mut folder = place.folder().make_folder("d", Mode::octal(0o755)).unwrap();
        for _ in 1..DEPTH {
            folder = folder.make_folder("d", Mode::octal(0o755)).unwrap();
        }
        let mut walk = place.folder().walk().unwrap();
        let (mut deepest, mut left, mut open) = (0, 0, 0);
        while let Some(visit) = walk.next() {
            let visit = visit.unwrap();
            deepest = deepest.max(visit.depth);
            left += usize::from(visit.step == Step::Leave);
            open = open.max(walk.levels.iter().filter(|level| level.folder.is_some()).count());
        }
        assert_eq!((deepest, left), (DEPTH, DEPTH));
        assert!(open <= OPEN + 1, "{open}");
        place.folder().clear().unwrap();
        assert_eq!(place.folder().names().unwrap(), Vec::<Vec<u8>>::new());
    }

    #[test]
    fn a_folder_that_is_moved_away_ends_the_walk() {
        let (place, elsewhere) = (scratch(), scratch());
        let mut folder = place.folder().make_folder("d", Mode::octal(0o755)).unwrap();
        for _ in 0..OPEN + 1 {
            folder = folder.make_folder("d", Mode::octal(0o755)).unwrap();
        }
        let mut walk = place.folder().walk().unwrap();
        while walk.levels.len() < OPEN + 2 {
            walk.next().unwrap().unwrap();
        }
        let (from, to) = ([place.path(), b"/d/d"].concat(), [elsewhere.path(), b"/d"].concat());
        fs::rename(from.as_slice(), to.as_slice()).unwrap();
        let failure = loop {
            match walk.next() {
                Some(Ok(_)) => {}
                Some(Err(failure)) => break failure,
                None => panic!("nobody noticed"),
            }
        };
        assert_eq!(failure.errno, Errno::STALE);
        assert!(walk.next().is_none());
    }
}
