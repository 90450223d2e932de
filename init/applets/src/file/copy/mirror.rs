//! The folders of a copy in the making, from the target down to where the walk is. As of the walk's own, only the lowest are held
//! open; a higher one is opened again by `..` from below it, and must then be the same one.

use alloc::vec::Vec;

use linux::fd::{AsFd, BorrowedFd, CWD, OwnedFd};
use linux::fs::{self, Metadata, Mode, OpenFlags};
use linux::{Errno, Result, retry};

use super::Identity;

/// How many folders are held open at most.
const OPEN: usize = 16;

#[derive(Default)]
pub(super) struct Mirror {
    levels: Vec<Level>,
    /// The device of the first source.
    device: Option<(u32, u32)>,
    root: Option<Identity>,
}

struct Level {
    /// None while it is closed.
    folder: Option<OwnedFd>,
    identity: Identity,
    source: Metadata,
    made: bool,
}

impl Mirror {
    /// Gives the lowest folder, and whether it was made for this copy.
    pub(super) fn folder(&self) -> Result<(BorrowedFd<'_>, bool)> {
        match self.levels.last() {
            None => Ok((CWD, false)),
            Some(level) => Ok((level.folder.as_ref().ok_or(Errno::STALE)?.as_fd(), level.made)),
        }
    }

    /// Gives how many folders there are from the target down.
    pub(super) fn depth(&self) -> usize {
        self.levels.len()
    }

    /// Says whether this is the folder that all is copied into.
    pub(super) fn is_root(&self, folder: Identity) -> bool {
        self.root == Some(folder)
    }

    /// Says whether a device is another one than that of the first source.
    pub(super) fn is_elsewhere(&self, device: (u32, u32)) -> bool {
        self.device.is_some_and(|home| home != device)
    }

    /// Goes down into a folder, the copy of `source`; `made` says that it was not there before.
    pub(super) fn push(&mut self, folder: OwnedFd, source: Metadata, made: bool) -> Result<()> {
        let identity = retry(|| fs::fstat(&folder))?.identity();
        self.root.get_or_insert(identity);
        self.device.get_or_insert(source.device());
        self.levels.push(Level { folder: Some(folder), identity, source, made });
        if let Some(high) = self.levels.len().checked_sub(OPEN + 1).and_then(|at| self.levels.get_mut(at)) {
            high.folder = None;
        }
        Ok(())
    }

    /// Goes up; gives the folder left, what it is the copy of, and whether it was made.
    pub(super) fn pop(&mut self) -> Result<(OwnedFd, Metadata, bool)> {
        let Level { folder: Some(folder), source, made, .. } = self.levels.pop().ok_or(Errno::BADF)? else {
            return Err(Errno::BADF);
        };
        if let Some(level) = self.levels.last_mut().filter(|level| level.folder.is_none()) {
            let flags = OpenFlags::READ | OpenFlags::DIRECTORY | OpenFlags::CLOSE_ON_EXEC;
            let above = retry(|| fs::openat(&folder, c"..", flags, Mode::empty()))?;
            if fs::fstat(&above)?.identity() != level.identity {
                // Somebody has moved the copy away from under us.
                return Err(Errno::STALE);
            }
            level.folder = Some(above);
        }
        Ok((folder, source, made))
    }
}
