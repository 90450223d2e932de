//! Directories: getdents64(2), mkdir(2), rmdir(2).

use super::{FileKind, Mode};
use crate::fd::{AsFd, CWD};
use crate::path::PathArg;
use crate::{Errno, Result};
use core::ffi::CStr;
use core::mem::offset_of;
use linux_raw_sys::general as kernel;
use linux_raw_sys::general::linux_dirent64;

/// Makes a directory with these permissions less the umask.
///
/// # Errors
/// `EXIST`, `NOENT`, `ACCES`, `NOSPC`, `ROFS`, `MLINK`. See `mkdir(2)`.
pub fn mkdir<P: PathArg>(path: P, mode: Mode) -> Result<()> {
    mkdir_at(CWD, path, mode)
}

/// The same, at a path from a directory.
///
/// # Errors
/// Those of [`mkdir`].
#[doc(alias = "mkdirat")]
pub fn mkdir_at<P: PathArg>(directory: impl AsFd, path: P, mode: Mode) -> Result<()> {
    path.with(&mut |path| {
        // SAFETY: the path is a terminated string that lives through the call.
        unsafe { syscall!(__NR_mkdirat, directory.as_fd(), path.as_ptr(), mode.bits()) }
    })
    .map(drop)
}

/// Removes an empty directory.
///
/// # Errors
/// `NOENT`, `NOTEMPTY`, `NOTDIR`, `BUSY` (a mount point), `ACCES`, `ROFS`. See `rmdir(2)`.
pub fn rmdir<P: PathArg>(path: P) -> Result<()> {
    rmdir_at(CWD, path)
}

/// The same, at a path from a directory.
///
/// # Errors
/// Those of [`rmdir`].
#[doc(alias = "AT_REMOVEDIR")]
pub fn rmdir_at<P: PathArg>(directory: impl AsFd, path: P) -> Result<()> {
    path.with(&mut |path| {
        // SAFETY: the path is a terminated string that lives through the call.
        unsafe { syscall!(__NR_unlinkat, directory.as_fd(), path.as_ptr(), kernel::AT_REMOVEDIR) }
    })
    .map(drop)
}

/// Reads the next entries of a directory into the buffer; none when the iterator is empty at once.
///
/// # Errors
/// `NOTDIR`, `BADF`, `NOENT` (removed), `INVAL` (the buffer is shorter than one entry). See `getdents(2)`.
pub fn getdents64(directory: impl AsFd, buffer: &mut [u8]) -> Result<Entries<'_>> {
    // SAFETY: the kernel writes at most `len` bytes into the borrowed slice.
    let count = unsafe { syscall!(__NR_getdents64, directory.as_fd(), buffer.as_mut_ptr(), buffer.len()) }?;
    Ok(Entries { rest: buffer.get(..count).unwrap_or_default() })
}

/// One entry of a directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// The number of the file within its file system; not of what is mounted on it.
    pub inode: u64,
    /// The kind, as far as the file system keeps it with the name.
    pub kind: EntryKind,
    /// The name: no slash, never empty; `.` and `..` come too.
    pub name: &'a CStr,
}

/// The kind that stands in a directory.
pub type EntryKind = Option<FileKind>;

impl Entry<'_> {
    /// Says whether this is the directory itself or its parent.
    pub fn is_dot(&self) -> bool {
        matches!(self.name.to_bytes(), b"." | b"..")
    }
}

/// The entries that one call has given.
#[derive(Clone, Debug)]
pub struct Entries<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Entries<'a> {
    type Item = Entry<'a>;

    fn next(&mut self) -> Option<Entry<'a>> {
        let length = u16::from_ne_bytes(field(self.rest, offset_of!(linux_dirent64, d_reclen))?);
        let record = self.rest.get(..length.into())?;
        let inode = u64::from_ne_bytes(field(record, offset_of!(linux_dirent64, d_ino))?);
        let [kind] = field(record, offset_of!(linux_dirent64, d_type))?;
        let name = CStr::from_bytes_until_nul(record.get(offset_of!(linux_dirent64, d_name)..)?).ok()?;
        self.rest = self.rest.get(length.into()..)?;
        Some(Entry { inode, kind: FileKind::from_entry(kind), name })
    }
}

/// Copies a field out of a record that may lie at any address.
fn field<const N: usize>(record: &[u8], at: usize) -> Option<[u8; N]> {
    record.get(at..)?.first_chunk().copied()
}

/// A directory that is read to its end through a buffer of the caller's.
///
/// Not an `Iterator`, because an entry borrows the buffer that the next one may fill anew.
#[derive(Debug)]
pub struct Directory<'buffer, F> {
    directory: F,
    buffer: &'buffer mut [u8],
    /// What of the buffer has not been given out.
    start: usize,
    end: usize,
}

impl<'buffer, F: AsFd> Directory<'buffer, F> {
    /// Starts at the directory's position. A buffer of 4 KiB reads about a hundred entries a call; 280 bytes is the least.
    pub fn new(directory: F, buffer: &'buffer mut [u8]) -> Self {
        Self { directory, buffer, start: 0, end: 0 }
    }

    /// Gives the next entry, `.` and `..` too.
    ///
    /// # Errors
    /// Those of [`getdents64`]; `IO` if the kernel's answer makes no sense.
    #[expect(
        clippy::should_implement_trait,
        reason = "the entry borrows the buffer, which Iterator cannot say"
    )]
    pub fn next(&mut self) -> Option<Result<Entry<'_>>> {
        if self.start == self.end {
            match getdents64(&self.directory, self.buffer) {
                Ok(entries) => (self.start, self.end) = (0, entries.rest.len()),
                Err(errno) => return Some(Err(errno)),
            }
            if self.end == 0 {
                return None;
            }
        }
        let mut entries = Entries { rest: self.buffer.get(self.start..self.end)? };
        let entry = entries.next();
        self.start = self.end - if entry.is_some() { entries.rest.len() } else { 0 };
        Some(entry.ok_or(Errno::IO))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two records as a 64-bit little-endian kernel writes them.
    const RECORDS: &[u8] = &[
        2, 0, 0, 0, 0, 0, 0, 0, // inode
        1, 0, 0, 0, 0, 0, 0, 0, // offset
        24, 0, 4, // length, kind: directory
        b'.', 0, 0, 0, 0, // name, padding
        9, 0, 0, 0, 0, 0, 0, 0, //
        2, 0, 0, 0, 0, 0, 0, 0, //
        24, 0, 0, // kind: not said
        b'a', b'b', 0, 0, 0, //
    ];

    #[test]
    #[cfg(all(target_endian = "little", target_pointer_width = "64"))]
    fn records_in_turn() {
        let mut entries = Entries { rest: RECORDS };
        let first = entries.next().unwrap();
        assert_eq!(first, Entry { inode: 2, kind: Some(FileKind::Directory), name: c"." });
        assert!(first.is_dot());
        assert_eq!(entries.next(), Some(Entry { inode: 9, kind: None, name: c"ab" }));
        assert_eq!(entries.next(), None);
    }

    #[test]
    fn cut_records_end_the_list() {
        for length in 0..RECORDS.len() {
            assert!(Entries { rest: &RECORDS[..length] }.count() < 2);
        }
        let mut zero = RECORDS.to_vec();
        zero[16] = 0;
        assert_eq!(Entries { rest: &zero }.count(), 0);
    }
}
