//! Everything below a folder, by descriptors: no path is looked up twice, so nobody can exchange a part of one under us.
//!
//! A folder is read whole when it is entered, so that its entries may be removed on the way. Of a deep tree only the lowest
//! [`OPEN`] folders are held open; a higher one is opened again by `..` from the one below, and must then be the same one.
//! Symbolic links are told and not followed, unless [`Follow`] says so. A folder that lies within itself (a bind mount, a
//! link) is told as an error. What vanishes between the reading of its name and the look at it is left out.

use alloc::vec::Vec;
use core::ffi::CStr;
use core::fmt;

use alloc::ffi::CString;
use linux::fd::{AsFd, BorrowedFd, OwnedFd};
use linux::fs::{self, FileKind, Metadata, Mode, OpenFlags, StatxFlags, StatxMask};
use linux::path::PathArg;
use linux::{Errno, Result, retry};

use crate::folder::{FOLDER, entries};

/// How many folders are held open at most.
const OPEN: usize = 16;

/// As many bytes of a folder are read at once: the kernel is asked twice for most.
const BUFFER: usize = 32 << 10;

/// Which symbolic links stand for what they lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follow {
    /// None.
    Never,
    /// The one that the walk begins at.
    First,
    /// All; the folders above one that was reached by a link stay open.
    Always,
}

/// What is being visited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A folder, before what is in it. [`Walk::skip`] leaves that out. One that cannot be opened is told, too, without
    /// [`Visit::opened`]: the next step tries again, and then tells why not.
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
    /// The names from below the first folder, joined by slashes; in a walk by [`Walk::of`], with its path before them.
    pub path: &'a [u8],
    /// Its kind; a symbolic link is one, unless it is followed and leads somewhere.
    pub kind: FileKind,
    /// How deep it lies: 1 in the first folder.
    pub depth: usize,
    /// The folder itself, where one is entered that can be opened.
    pub opened: Option<BorrowedFd<'a>>,
    /// Whether a symbolic link here stands for what it leads to.
    pub follows: bool,
}

/// A place that could not be visited; the walk goes on beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The names from below the first folder, joined by slashes.
    pub path: Vec<u8>,
    /// Why not.
    pub errno: Errno,
}

/// A walk through everything below a folder.
#[derive(Debug)]
pub struct Walk {
    levels: Vec<Level>,
    path: Vec<u8>,
    /// Whether the first level is no folder, but holds the one place at which the walk begins.
    tells_first: bool,
    follow: Follow,
    buffer: Vec<u8>,
    /// The folder just told, which is entered next.
    next: Option<Next>,
    /// The folder just left: its name, which its parent's visit borrows.
    name: CString,
}

/// A folder that was told.
#[derive(Debug)]
struct Next {
    name: CString,
    /// None if it could not be opened.
    folder: Option<OwnedFd>,
    /// Whether its name is, or may be, a symbolic link's.
    by_link: bool,
}

/// A folder that is being walked through.
#[derive(Debug)]
struct Level {
    /// None while it is closed.
    folder: Option<OwnedFd>,
    /// Whether a link led here, so that `..` leads elsewhere.
    by_link: bool,
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
    fn new(folder: OwnedFd, name: CString, path: usize, buffer: &mut Vec<u8>) -> Result<Self> {
        buffer.resize(BUFFER, 0);
        let mut entries = entries(&folder, buffer)?;
        entries.reverse();
        let identity = retry(|| fs::fstat(&folder))?.identity();
        Ok(Self { folder: Some(folder), by_link: false, identity, name, entries, path })
    }
}

impl Walk {
    /// Begins at a path from a directory.
    ///
    /// # Errors
    /// Those of `open(2)` and `getdents(2)` but `INTR`.
    pub fn at(directory: impl AsFd, path: impl PathArg) -> Result<Self> {
        let folder = retry(|| fs::openat(&directory, &path, FOLDER, Mode::empty()))?;
        let mut walk = Self::from(Vec::new(), Follow::Never, false);
        walk.levels.push(Level::new(folder, CString::default(), 0, &mut walk.buffer)?);
        Ok(walk)
    }

    /// Begins with a path from the current directory, which is told first, at depth 0, and need not be a folder.
    pub fn of(path: &CStr, follow: Follow) -> Self {
        let level = Level {
            folder: None,
            by_link: false,
            identity: Default::default(),
            name: CString::default(),
            entries: alloc::vec![(CString::from(path), None)],
            path: 0,
        };
        Self::from(alloc::vec![level], follow, true)
    }

    fn from(levels: Vec<Level>, follow: Follow, tells_first: bool) -> Self {
        let (path, buffer, name) = (Vec::new(), Vec::new(), CString::default());
        Self { levels, path, tells_first, follow, buffer, next: None, name }
    }

    /// Gives the next place, or why one could not be visited; nothing at the end.
    #[expect(
        clippy::should_implement_trait,
        reason = "the visit borrows the walk's descriptors, which Iterator cannot say"
    )]
    pub fn next(&mut self) -> Option<core::result::Result<Visit<'_>, Failure>> {
        if let Some(next) = self.next.take()
            && let Err(errno) = self.enter(next)
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
            if !matches!(self.path.last(), None | Some(b'/')) {
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

    /// Says whether a symbolic link at this depth is followed.
    fn follows(&self, depth: usize) -> bool {
        match self.follow {
            Follow::Never => false,
            Follow::First => depth == 0,
            Follow::Always => true,
        }
    }

    fn depth(&self) -> usize {
        self.levels.len() - usize::from(self.tells_first && !self.levels.is_empty())
    }

    /// Gives the folder of the last level.
    fn folder(&self) -> BorrowedFd<'_> {
        let folder = self.levels.last().and_then(|level| level.folder.as_ref());
        // The last level is always open, but for one that is no folder.
        folder.map_or(linux::fd::CWD, AsFd::as_fd)
    }

    /// Finds what the name stands for; a folder is opened. None if it has vanished.
    fn look(&mut self, kind: Option<FileKind>) -> Result<Option<FileKind>> {
        let depth = self.depth();
        let (folder, name, follows) = (self.folder(), self.name.as_c_str(), self.follows(depth));
        let is_link = kind == Some(FileKind::Symlink);
        if kind.is_none_or(|kind| kind == FileKind::Directory) || is_link && follows {
            let flags = if follows { FOLDER } else { FOLDER | OpenFlags::NO_FOLLOW };
            let by_link = follows && kind != Some(FileKind::Directory);
            match retry(|| fs::openat(folder, name, flags, Mode::empty())) {
                Ok(opened) => {
                    self.next = Some(Next { name: self.name.clone(), folder: Some(opened), by_link });
                    return Ok(Some(FileKind::Directory));
                }
                // Gone, but for a link that leads nowhere, and for what was asked for by name.
                Err(Errno::NOENT) if depth > 0 && !is_link => return Ok(None),
                // A link that leads to itself.
                Err(Errno::LOOP) if is_link && follows => return Err(Errno::LOOP),
                // It is something else, or has become it: a file, a link. Or it is not to be opened by us.
                Err(_) => {}
            }
        } else if kind.is_some() {
            return Ok(kind);
        }
        match self.metadata(follows) {
            Ok(data) => {
                if data.is_directory() {
                    self.next = Some(Next { name: self.name.clone(), folder: None, by_link: follows });
                }
                Ok(Some(data.kind()))
            }
            Err(Errno::NOENT) if depth > 0 => Ok(None),
            Err(errno) => Err(errno),
        }
    }

    /// Looks at the place, for a link that leads nowhere at the link.
    fn metadata(&self, follows: bool) -> Result<Metadata> {
        look(self.folder(), &self.name, follows)
    }

    fn visit(&self, kind: FileKind) -> Visit<'_> {
        let step = if self.next.is_some() { Step::Enter } else { Step::Entry };
        self.tell(step, kind)
    }

    /// Goes back to the level above, and tells of the folder that it leaves.
    fn leave(&mut self) -> core::result::Result<Visit<'_>, Failure> {
        let left = self.levels.pop();
        self.path.truncate(left.as_ref().map_or(0, |level| level.path));
        let reopened = self.reopen(left.as_ref());
        self.name = left.map(|level| level.name).unwrap_or_default();
        if let Err(errno) = reopened {
            // Somebody has moved the tree away from under us: there is no way back to the rest.
            self.levels.clear();
            return Err(Failure { path: self.path.clone(), errno });
        }
        Ok(self.tell(Step::Leave, FileKind::Directory))
    }

    fn tell(&self, step: Step, kind: FileKind) -> Visit<'_> {
        let depth = self.depth();
        let opened = self.next.as_ref().and_then(|next| next.folder.as_ref()).map(AsFd::as_fd);
        let (folder, follows) = (self.folder(), self.follows(depth));
        Visit { step, folder, name: &self.name, path: &self.path, kind, depth, opened, follows }
    }

    fn enter(&mut self, next: Next) -> Result<()> {
        let folder = match next.folder {
            Some(folder) => folder,
            None => {
                let flags = if next.by_link { FOLDER } else { FOLDER | OpenFlags::NO_FOLLOW };
                retry(|| fs::openat(self.folder(), next.name.as_c_str(), flags, Mode::empty()))?
            }
        };
        let mut level = Level::new(folder, next.name, self.path.len(), &mut self.buffer)?;
        level.by_link = next.by_link;
        if self.levels.iter().any(|above| above.identity == level.identity) {
            return Err(Errno::LOOP);
        }
        self.levels.push(level);
        if let Some(high) = self.levels.len().checked_sub(OPEN + 1)
            && let Some([level, below, ..]) = self.levels.get_mut(high..)
            // From below a link `..` would not lead back.
            && !below.by_link
        {
            level.folder = None;
        }
        Ok(())
    }

    /// Opens the last level again if it was closed, from the one below it.
    fn reopen(&mut self, below: Option<&Level>) -> Result<()> {
        let is_no_folder = self.tells_first && self.levels.len() == 1;
        let Some(level) = self.levels.last_mut().filter(|level| level.folder.is_none() && !is_no_folder)
        else {
            return Ok(());
        };
        let below = below.and_then(|level| level.folder.as_ref()).ok_or(Errno::BADF)?;
        let folder = retry(|| fs::openat(below, c"..", FOLDER, Mode::empty()))?;
        if retry(|| fs::fstat(&folder))?.identity() != level.identity {
            return Err(Errno::STALE);
        }
        level.folder = Some(folder);
        Ok(())
    }
}

fn look(folder: BorrowedFd<'_>, name: &CStr, follows: bool) -> Result<Metadata> {
    let ask = |flags| retry(|| fs::statx(folder, name, flags, StatxMask::BASIC));
    if follows && let Ok(data) = ask(StatxFlags::empty()) {
        return Ok(data);
    }
    ask(StatxFlags::NO_FOLLOW)
}

impl Visit<'_> {
    /// Looks at what is visited; a link that leads nowhere is looked at itself.
    ///
    /// # Errors
    /// Those of `statx(2)` but `INTR`.
    pub fn metadata(&self) -> Result<Metadata> {
        match self.opened {
            Some(folder) => retry(|| fs::fstat(folder)),
            None => look(self.folder, self.name, self.follows && self.kind != FileKind::Symlink),
        }
    }

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
    fn from_a_path_on_and_through_links() {
        let place = scratch();
        tree(place.folder());
        fs::symlink_at(c"b", place.folder(), c"link").unwrap();
        fs::symlink_at(c"nowhere", place.folder(), c"lost").unwrap();
        let at = |name: &[u8]| CString::new([place.path(), name].concat()).unwrap();
        let kinds = |path: &CStr, follow| {
            let (mut walk, mut lines) = (Walk::of(path, follow), Vec::new());
            while let Some(found) = walk.next() {
                lines.push(match found {
                    Ok(visit) => {
                        assert!(visit.metadata().is_ok(), "{visit:?}");
                        std::format!("{:?} {:?} {}", visit.step, visit.kind, visit.depth)
                    }
                    Err(failure) => std::format!("{}", failure.errno),
                });
            }
            lines.sort_unstable();
            lines
        };
        assert_eq!(kinds(&at(b"/a"), Follow::Never), ["Entry Regular 0"]);
        assert_eq!(kinds(&at(b"/link"), Follow::Never), ["Entry Symlink 0"]);
        assert_eq!(kinds(&at(b"/lost"), Follow::Always), ["Entry Symlink 0"]);
        assert_eq!(kinds(&at(b"/none"), Follow::Always), ["no such file or directory"]);
        let inside = [
            "Entry Regular 1",
            "Entry Regular 1",
            "Entry Symlink 1",
            "Leave Directory 0",
            "Leave Directory 1",
        ];
        let expected = |first: [&'static str; 2]| [&first[..], &inside].concat();
        assert_eq!(kinds(&at(b"/link"), Follow::First), expected(["Enter Directory 0", "Enter Directory 1"]));
        // `up` leads back to where we are.
        let looped = kinds(&at(b"/b"), Follow::Always);
        assert!(looped.iter().any(|line| line.contains("symbolic links")), "{looped:?}");
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
