//! A folder as a place from which paths lead down only.

use alloc::ffi::CString;
use alloc::vec::Vec;

use linux::fd::{AsFd, BorrowedFd, CWD, OwnedFd};
use linux::fs::{self, Directory, FileKind, Mode, OpenFlags, Resolve};
use linux::path::PathArg;
use linux::{Errno, Result, retry};

use crate::{File, OpenOptions, Walk};

/// An open folder. Whatever is opened through it lies below it, whoever renames or links there meanwhile.
#[derive(Debug)]
pub struct Folder(OwnedFd);

/// How a folder is opened to be read.
pub(crate) const FOLDER: OpenFlags =
    OpenFlags::READ.union(OpenFlags::DIRECTORY).union(OpenFlags::CLOSE_ON_EXEC);

impl Folder {
    /// Opens a folder by its path from the current one.
    ///
    /// # Errors
    /// Those of `open(2)` but `INTR`.
    pub fn open(path: impl PathArg) -> Result<Self> {
        retry(|| fs::openat(CWD, &path, FOLDER, Mode::empty())).map(Self)
    }

    /// Opens a file by its path from here.
    ///
    /// From Linux 5.6 the kernel resolves the path below this folder (`openat2(2)`, RESOLVE_BENEATH), symbolic links that
    /// stay there too. Before, and where a sandbox refuses that call, each part is opened by itself, and a symbolic link or
    /// `..` in the path gives `LOOP` or `XDEV`.
    ///
    /// # Errors
    /// Those of `open(2)` but `INTR`; `XDEV` if the path leads out of the folder.
    pub fn open_file(&self, path: impl AsRef<[u8]>, options: &OpenOptions) -> Result<File> {
        self.beneath(path.as_ref(), options.flags()?, options.permissions()).map(File::from)
    }

    /// Opens a folder by its path from here, as [`open_file`](Self::open_file) does a file.
    ///
    /// # Errors
    /// Those of [`open_file`](Self::open_file); `NOTDIR`.
    pub fn open_folder(&self, path: impl AsRef<[u8]>) -> Result<Self> {
        self.beneath(path.as_ref(), FOLDER, Mode::empty()).map(Self)
    }

    /// Makes a folder in this one, unless there is one, and opens it. The name is one part of a path.
    ///
    /// # Errors
    /// Those of `mkdir(2)` but `EXIST`, and of [`open_folder`](Self::open_folder).
    pub fn make_folder(&self, name: impl AsRef<[u8]>, mode: Mode) -> Result<Self> {
        let name = name.as_ref();
        if name.contains(&b'/') {
            return Err(Errno::INVAL);
        }
        match fs::mkdir_at(self, name, mode) {
            Ok(()) | Err(Errno::EXIST) => self.open_folder(name),
            Err(errno) => Err(errno),
        }
    }

    /// Gives the names in the folder, without `.` and `..`, in the order of the file system.
    ///
    /// # Errors
    /// Those of `getdents(2)` but `INTR`.
    pub fn names(&self) -> Result<Vec<Vec<u8>>> {
        // One of its own: the position belongs to the open file.
        let reader = retry(|| fs::openat(self, c".", FOLDER, Mode::empty()))?;
        Ok(entries(&reader, &mut [0; 4096])?.into_iter().map(|(name, _)| name.into_bytes()).collect())
    }

    /// Walks through everything below this folder.
    ///
    /// # Errors
    /// Those of `open(2)` and `getdents(2)`.
    pub fn walk(&self) -> Result<Walk> {
        Walk::at(self, c".")
    }

    /// Removes everything in this folder, and nothing outside it; what others remove meanwhile counts as removed.
    ///
    /// # Errors
    /// Those of `unlink(2)` and `rmdir(2)`; the rest is then still there.
    pub fn clear(&self) -> Result<()> {
        let mut walk = self.walk()?;
        while let Some(visit) = walk.next() {
            let visit = visit.map_err(|failure| failure.errno)?;
            visit.remove()?;
        }
        Ok(())
    }

    fn beneath(&self, path: &[u8], flags: OpenFlags, mode: Mode) -> Result<OwnedFd> {
        let resolve = Resolve::BENEATH | Resolve::NO_MAGIC_LINKS;
        match retry(|| fs::openat2(self, path, flags, mode, resolve)) {
            Err(Errno::NOSYS | Errno::PERM) => self.part_by_part(path, flags, mode),
            // Somebody renames above us just now; the kernel could not be sure (openat2(2)).
            Err(Errno::AGAIN) => retry(|| fs::openat2(self, path, flags, mode, resolve)),
            other => other,
        }
    }

    fn part_by_part(&self, path: &[u8], flags: OpenFlags, mode: Mode) -> Result<OwnedFd> {
        if path.starts_with(b"/") {
            return Err(Errno::XDEV);
        }
        let mut parts = path.split(|byte| *byte == b'/').filter(|part| !part.is_empty()).peekable();
        let mut place: Option<OwnedFd> = None;
        while let Some(part) = parts.next() {
            if part == b".." {
                return Err(Errno::XDEV);
            }
            let flags = if parts.peek().is_some() { FOLDER } else { flags } | OpenFlags::NO_FOLLOW;
            let from = place.as_ref().map_or(self.0.as_fd(), AsFd::as_fd);
            place = Some(retry(|| fs::openat(from, part, flags, mode))?);
        }
        place.ok_or(Errno::NOENT)
    }
}

impl AsFd for Folder {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Reads what an open folder lists, without `.` and `..`: names, and what they stand for where the file system says.
pub(crate) fn entries(folder: &OwnedFd, buffer: &mut [u8]) -> Result<Vec<(CString, Option<FileKind>)>> {
    let mut list = Directory::new(folder, buffer);
    let mut entries = Vec::new();
    loop {
        match list.next() {
            None => return Ok(entries),
            Some(Ok(entry)) if entry.is_dot() => {}
            Some(Ok(entry)) => entries.push((CString::from(entry.name), entry.kind)),
            Some(Err(Errno::INTR)) => {}
            Some(Err(errno)) => return Err(errno),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Write;
    use crate::temporary::TemporaryFolder;

    #[test]
    fn paths_lead_down_only() {
        let place = TemporaryFolder::within(std::env::temp_dir().as_os_str().as_encoded_bytes()).unwrap();
        let folder = place.folder().make_folder("inner", Mode::octal(0o755)).unwrap();
        assert!(place.folder().make_folder("inner", Mode::octal(0o755)).is_ok(), "it is there already");
        assert_eq!(place.folder().make_folder("a/b", Mode::octal(0o755)).unwrap_err(), Errno::INVAL);
        let (write, read) = (OpenOptions::new().write(true).create(true), OpenOptions::new().read(true));
        place.folder().open_file("inner/file", &write).unwrap().write_all(b"x").unwrap();
        fs::symlink_at(c"file", &folder, c"near").unwrap();
        fs::symlink_at(c"../../..", &folder, c"far").unwrap();
        assert!(folder.open_file("near", &read).is_ok());
        for path in ["..", "../inner/file", "far", "far/etc/passwd", "/etc/passwd"] {
            assert_eq!(folder.open_file(path, &read).unwrap_err(), Errno::XDEV, "{path}");
            assert!(folder.part_by_part(path.as_bytes(), FOLDER, Mode::empty()).is_err(), "{path}");
        }
        // As before Linux 5.6.
        assert!(place.folder().part_by_part(b"inner//file", OpenFlags::READ, Mode::empty()).is_ok());
        assert_eq!(folder.part_by_part(b"near", OpenFlags::READ, Mode::empty()).unwrap_err(), Errno::LOOP);
        assert_eq!(folder.part_by_part(b"/", FOLDER, Mode::empty()).unwrap_err(), Errno::XDEV);
        assert_eq!(folder.part_by_part(b"", FOLDER, Mode::empty()).unwrap_err(), Errno::NOENT);
        let mut names = place.folder().open_folder("inner").unwrap().names().unwrap();
        names.sort_unstable();
        assert_eq!(names, [b"far".as_slice(), b"file", b"near"]);
        assert_eq!(Folder::open("/proc/self/exe").unwrap_err(), Errno::NOTDIR);
    }
}
