//! A file in place of another in one step: a reader finds all of the old one or all of the new one.

use alloc::vec::Vec;
use core::cell::Cell;

use linux::fd::{AsFd, CWD, OwnedFd};
use linux::fs::{self, Metadata, Mode, OpenFlags, RenameFlags};
use linux::{Errno, Result, retry};

use crate::folder::FOLDER;
use crate::temporary::{NAMES, name};
use crate::{File, Write, copy};

/// Whether the file must be on the device when the call returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// A loss of power in the next half minute may bring the file of before back.
    Cache,
    /// It must be there after a loss of power: file and folder are written out, in this order.
    Durable,
}

/// A file that is to take another's place; until [`commit`](Self::commit) nobody sees it, and dropped it is gone.
///
/// It has no name where the file system allows that (O_TMPFILE), so that no crash leaves it behind; else a random one.
#[derive(Debug)]
pub struct Draft {
    file: File,
    folder: OwnedFd,
    /// What it is to be called there.
    target: Vec<u8>,
    /// What it is called now.
    name: Option<Vec<u8>>,
    /// The permissions that it gets with its place, if nobody but its owner may read it until then: those of the one before.
    later: Cell<Option<Mode>>,
}

impl Draft {
    /// Begins a file beside the one at this path, which need not exist. Its permissions are read and write for all whom the
    /// umask does not keep out; where it must have a name from the start, it is its owner's alone until it takes the place of another one,
    /// whose permissions it gets.
    ///
    /// # Errors
    /// Those of `open(2)` but `INTR`; `ISDIR` for a path that ends with a slash.
    pub fn beside(path: impl AsRef<[u8]>) -> Result<Self> {
        let (folder, target) = split(path.as_ref());
        if matches!(target, b"" | b"." | b"..") {
            return Err(Errno::ISDIR);
        }
        let folder = retry(|| fs::openat(CWD, folder, FOLDER, Mode::empty()))?;
        let flags = OpenFlags::READ_WRITE | OpenFlags::TEMPORARY | OpenFlags::CLOSE_ON_EXEC;
        let target = target.to_vec();
        match retry(|| fs::openat(&folder, c".", flags, Mode::octal(0o666))) {
            Ok(file) => Ok(Self { file: file.into(), folder, target, name: None, later: Cell::new(None) }),
            // File systems without such files, and kernels before 3.11, which see a folder opened for writing.
            Err(Errno::OPNOTSUPP | Errno::ISDIR | Errno::INVAL | Errno::NOENT) => {
                let later = old(&folder, &target)?.map(|old| old.permissions());
                let (file, name) = named(&folder, later.map_or(0o666, |_| 0o600))?;
                Ok(Self { file, folder, target, name: Some(name), later: Cell::new(later) })
            }
            Err(errno) => Err(errno),
        }
    }

    /// Gives the file to write to.
    pub const fn file(&mut self) -> &mut File {
        &mut self.file
    }

    /// Gives the file the permissions of the one whose place it takes, and its owner and group where that is allowed; gives
    /// what is known of that one, or nothing if there is none.
    ///
    /// # Errors
    /// Those of `stat(2)` and `fchmod(2)` but `INTR`; `fchown(2)`'s but that and `PERM`.
    pub fn keep_attributes(&self) -> Result<Option<Metadata>> {
        let Some(old) = old(&self.folder, &self.target)? else { return Ok(None) };
        match retry(|| fs::fchown(&self.file, Some(old.user()), Some(old.group()))) {
            // Only root gives files away; what others own, they own.
            Ok(()) | Err(Errno::PERM) => {}
            Err(errno) => return Err(errno),
        }
        // After the owner, whose change takes the set-user bits away.
        retry(|| fs::fchmod(&self.file, old.permissions()))?;
        self.later.set(None);
        Ok(Some(old))
    }

    /// Puts the file in its place.
    ///
    /// # Errors
    /// Those of `fsync(2)`, `link(2)` and `rename(2)`: the old file is still there then, but for an error of the folder's
    /// own `fsync`, after which either may survive a loss of power.
    pub fn commit(mut self, durability: Durability) -> Result<()> {
        if let Some(permissions) = self.later.take() {
            retry(|| fs::fchmod(&self.file, permissions))?;
        }
        if durability == Durability::Durable {
            self.file.sync_all()?;
        }
        if self.name.is_none() && self.give_name()? {
            return self.sync_folder(durability);
        }
        let name = self.name.as_deref().ok_or(Errno::NOENT)?;
        let (target, none) = (self.target.as_slice(), RenameFlags::empty());
        retry(|| fs::rename_at(&self.folder, name, &self.folder, target, none))?;
        self.name = None;
        self.sync_folder(durability)
    }

    /// Gives a file without a name its own if that is free, and says so; else a temporary one, since a link replaces nothing.
    fn give_name(&mut self) -> Result<bool> {
        match self.link(&self.target) {
            Ok(()) => return Ok(true),
            Err(Errno::EXIST) => {}
            Err(Errno::NOENT | Errno::PERM | Errno::ACCES | Errno::XDEV) => {
                return self.write_again().map(|()| false);
            }
            Err(errno) => return Err(errno),
        }
        for _ in 0..NAMES {
            let name = name();
            match self.link(&name) {
                Ok(()) => {
                    self.name = Some(name);
                    return Ok(false);
                }
                Err(Errno::EXIST) => {}
                Err(errno) => return Err(errno),
            }
        }
        Err(Errno::EXIST)
    }

    /// By the descriptor itself, which takes a privilege before Linux 6.10, else by its place in /proc.
    fn link(&self, name: &[u8]) -> Result<()> {
        match retry(|| fs::link_at(&self.file, c"", &self.folder, name, false)) {
            Err(Errno::NOENT | Errno::PERM | Errno::INVAL) => {
                let path = alloc::format!("/proc/self/fd/{}", self.file.as_fd().as_raw());
                retry(|| fs::link_at(CWD, path.as_str(), &self.folder, name, true))
            }
            other => other,
        }
    }

    /// Writes the file anew under a name, where neither way leads to one (no privilege and no /proc).
    fn write_again(&mut self) -> Result<()> {
        let (file, name) = named(&self.folder, 0o600)?;
        fs::lseek(&self.file, fs::From::Start(0))?;
        copy::files(&self.file, &file)?;
        let permissions = self.file.metadata()?.permissions();
        retry(|| fs::fchmod(&file, permissions))?;
        file.sync_all()?;
        (self.file, self.name) = (file, Some(name));
        Ok(())
    }

    fn sync_folder(&self, durability: Durability) -> Result<()> {
        match durability {
            Durability::Durable => retry(|| fs::fsync(&self.folder)),
            Durability::Cache => Ok(()),
        }
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if let Some(name) = self.name.take() {
            // Nobody is left to be told.
            let _ = retry(|| fs::unlink_at(&self.folder, name.as_slice()));
        }
    }
}

/// Writes a file in place of the one before, with that one's permissions and, where that is allowed, its owner.
///
/// # Errors
/// Those of [`Draft::beside`], `write(2)` and [`Draft::commit`].
pub fn replace(path: impl AsRef<[u8]>, bytes: &[u8], durability: Durability) -> Result<()> {
    let mut draft = Draft::beside(path)?;
    draft.file().write_all(bytes)?;
    draft.keep_attributes()?;
    draft.commit(durability)
}

/// Looks at the file whose place is to be taken.
fn old(folder: &OwnedFd, target: &[u8]) -> Result<Option<Metadata>> {
    match retry(|| fs::statx(folder, target, fs::StatxFlags::empty(), fs::StatxMask::BASIC)) {
        Ok(old) => Ok(Some(old)),
        Err(Errno::NOENT) => Ok(None),
        Err(errno) => Err(errno),
    }
}

/// Makes a file with a random name.
fn named(folder: &OwnedFd, permissions: u32) -> Result<(File, Vec<u8>)> {
    let options = crate::OpenOptions::new().read(true).write(true).create_new(true);
    let options = options.mode(Mode::octal(permissions));
    for _ in 0..NAMES {
        let name = name();
        match options.open_at(folder, name.as_slice()) {
            Err(Errno::EXIST) => {}
            other => return other.map(|file| (file, name)),
        }
    }
    Err(Errno::EXIST)
}

/// Splits a path into its folder and the last name.
fn split(path: &[u8]) -> (&[u8], &[u8]) {
    match path.iter().rposition(|byte| *byte == b'/') {
        Some(0) => (b"/", path.get(1..).unwrap_or_default()),
        Some(at) => (path.get(..at).unwrap_or_default(), path.get(at + 1..).unwrap_or_default()),
        None => (b".", path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::temporary::TemporaryFolder;
    use crate::{OpenOptions, Read};

    fn scratch() -> (TemporaryFolder, Vec<u8>) {
        let place = TemporaryFolder::within(std::env::temp_dir().as_os_str().as_encoded_bytes()).unwrap();
        let path = [place.path(), b"/file"].concat();
        (place, path)
    }

    fn content(path: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        File::open(path).unwrap().read_to_end(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn a_reader_finds_the_old_or_the_new_and_the_folder_nothing_else() {
        let (place, path) = scratch();
        replace(&path, b"first", Durability::Durable).unwrap();
        fs::chmod(path.as_slice(), Mode::octal(0o640)).unwrap();
        let mut old = File::open(path.as_slice()).unwrap();
        replace(&path, b"second", Durability::Cache).unwrap();
        let mut bytes = Vec::new();
        old.read_to_end(&mut bytes).unwrap();
        assert_eq!(
            (bytes.as_slice(), content(&path).as_slice()),
            (b"first".as_slice(), b"second".as_slice())
        );
        let new = fs::stat(path.as_slice()).unwrap();
        assert_eq!((new.permissions(), new.user()), (Mode::octal(0o640), linux::process::geteuid()));
        assert_eq!(place.folder().names().unwrap(), [b"file"]);
        assert_eq!(Draft::beside([place.path(), b"/"].concat()).unwrap_err(), Errno::ISDIR);
        assert_eq!(Draft::beside("/nowhere/file").unwrap_err(), Errno::NOENT);
    }

    #[test]
    fn a_draft_that_is_dropped_leaves_all_as_it_was() {
        let (place, path) = scratch();
        let mut draft = Draft::beside(&path).unwrap();
        draft.file().write_all(b"never").unwrap();
        assert_eq!(draft.keep_attributes().unwrap().map(|old| old.size()), None);
        drop(draft);
        assert_eq!(place.folder().names().unwrap().len(), 0);
    }

    #[test]
    fn names_are_used_where_files_without_one_cannot_be() {
        let (place, path) = scratch();
        for start in [b"1".as_slice(), b"22"] {
            let mut draft = Draft::beside(&path).unwrap();
            draft.file().write_all(start).unwrap();
            // As where no link can be made, or by a file system that knows no such files.
            draft.write_again().unwrap();
            assert!(place.folder().names().unwrap().len() > usize::from(start.len() > 1));
            draft.commit(Durability::Durable).unwrap();
            assert_eq!((content(&path).as_slice(), place.folder().names().unwrap().len()), (start, 1));
        }
        let mut draft = Draft::beside(&path).unwrap();
        draft.write_again().unwrap();
        drop(draft);
        assert_eq!(place.folder().names().unwrap(), [b"file"]);
        let free = OpenOptions::new().write(true).create_new(true);
        assert_eq!(free.open_at(&place, "file").unwrap_err(), Errno::EXIST);
    }

    #[test]
    fn the_last_name_of_a_path() {
        assert_eq!(split(b"/file"), (b"/".as_slice(), b"file".as_slice()));
        assert_eq!(split(b"a/b/c"), (b"a/b".as_slice(), b"c".as_slice()));
        assert_eq!(split(b"c"), (b".".as_slice(), b"c".as_slice()));
    }
}
