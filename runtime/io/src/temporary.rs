//! Files and folders that go away by themselves.

use alloc::vec::Vec;

use linux::fd::{AsFd, BorrowedFd, CWD};
use linux::fs::{self, Mode, OpenFlags};
use linux::path::PathArg;
use linux::random::{RandomFlags, getrandom};
use linux::{Errno, Result, process, retry, time};

use crate::{File, Folder};

/// How many names are tried: that two meet is as likely as a fault of the machine, so more than one is taken by malice.
pub(crate) const NAMES: usize = 16;

/// Fills bytes with chance, of which nobody guesses the name of a file.
pub fn chance(bytes: &mut [u8]) {
    if getrandom(bytes, RandomFlags::NONBLOCK) == Ok(bytes.len()) {
        return;
    }
    // Before the kernel has collected chance: different from others of this machine, but not a secret.
    let moment = time::boottime().as_nanos() as u64;
    let number = u64::from(process::getpid().get().cast_unsigned()).rotate_left(32);
    let mut state = moment ^ number;
    for byte in bytes {
        state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        *byte = (state >> 56) as u8;
    }
}

/// Makes a name that nobody guesses: `.` and 32 letters and digits of 128 random bits.
pub(crate) fn name() -> Vec<u8> {
    const LETTERS: &[u8; 32] = b"0123456789abcdefghijkmnpqrstuvwx";
    let mut random = [0; 16];
    chance(&mut random);
    let digits = random.iter().flat_map(|byte| [byte >> 4, byte & 15 | 16]);
    let letters = digits.filter_map(|digit| LETTERS.get(usize::from(digit)).copied());
    core::iter::once(b'.').chain(letters).collect()
}

/// Makes a file without a name in a folder (O_TMPFILE): nobody else can open it, and it ends with its last descriptor.
///
/// # Errors
/// `OPNOTSUPP` where the file system has no such files (then [`File::memory`] may do); those of `open(2)` but `INTR`.
#[doc(alias = "O_TMPFILE")]
#[doc(alias = "tmpfile")]
pub fn file(folder: impl PathArg) -> Result<File> {
    let flags =
        OpenFlags::READ_WRITE | OpenFlags::TEMPORARY | OpenFlags::CLOSE_ON_EXEC | OpenFlags::EXCLUSIVE;
    retry(|| fs::openat(CWD, &folder, flags, Mode::octal(0o600))).map(File::from)
}

/// A folder that is removed with all that is in it when it is dropped.
#[derive(Debug)]
pub struct TemporaryFolder {
    folder: Folder,
    path: Vec<u8>,
}

impl TemporaryFolder {
    /// Makes a folder for this user alone within another one, often `/tmp`.
    ///
    /// # Errors
    /// Those of `mkdir(2)` and `open(2)`.
    #[doc(alias = "mkdtemp")]
    pub fn within(folder: impl AsRef<[u8]>) -> Result<Self> {
        for _ in 0..NAMES {
            let path = [folder.as_ref(), b"/", &name()].concat();
            match fs::mkdir(path.as_slice(), Mode::octal(0o700)) {
                Ok(()) => {
                    let opened = Folder::open(path.as_slice()).inspect_err(|_| {
                        // Nobody else knows its name.
                        let _ = fs::rmdir(path.as_slice());
                    });
                    return opened.map(|folder| Self { folder, path });
                }
                Err(Errno::EXIST) => {}
                Err(errno) => return Err(errno),
            }
        }
        Err(Errno::EXIST)
    }

    /// Gives the path, as it was made.
    pub fn path(&self) -> &[u8] {
        &self.path
    }

    /// Gives the folder.
    pub const fn folder(&self) -> &Folder {
        &self.folder
    }
}

impl AsFd for TemporaryFolder {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.folder.as_fd()
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        // What stays behind is in nobody's way.
        let _ = self.folder.clear();
        let _ = fs::rmdir(self.path.as_slice());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{OpenOptions, Write};

    #[test]
    fn names_differ_and_are_plain() {
        let (one, other) = (name(), name());
        assert_ne!(one, other);
        assert_eq!(one.len(), 33);
        assert!(one.iter().skip(1).all(u8::is_ascii_alphanumeric));
    }

    #[test]
    fn a_folder_goes_with_all_that_is_in_it_and_nothing_else() {
        let outer = TemporaryFolder::within(std::env::temp_dir().as_os_str().as_encoded_bytes()).unwrap();
        let create = OpenOptions::new().write(true).create(true);
        outer.folder().open_file("kept", &create).unwrap();
        let inner = TemporaryFolder::within(outer.path()).unwrap();
        assert_eq!(fs::fstat(&inner).unwrap().permissions(), Mode::octal(0o700));
        fs::symlink_at(c"../kept", &inner, c"link").unwrap();
        inner.folder().make_folder("deep", Mode::octal(0o700)).unwrap().open_file("file", &create).unwrap();
        drop(inner);
        assert_eq!(outer.folder().names().unwrap(), [b"kept"]);
        assert_eq!(TemporaryFolder::within("/nowhere").unwrap_err(), Errno::NOENT);
    }

    #[test]
    fn a_file_without_a_name_takes_none() {
        let place = TemporaryFolder::within(std::env::temp_dir().as_os_str().as_encoded_bytes()).unwrap();
        match file(place.path()) {
            Ok(mut file) => file.write_all(b"secret").unwrap(),
            Err(errno) => assert_eq!(errno, Errno::OPNOTSUPP),
        }
        assert_eq!(place.folder().names().unwrap().len(), 0);
    }
}
