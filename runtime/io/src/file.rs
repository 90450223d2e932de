//! Files by their paths, and what can be done with an open one.

use core::ops::Range;

use linux::fd::{AsFd, BorrowedFd, CWD, OwnedFd};
use linux::fs::{
    self, From, IoSlice, IoSliceMut, Lock, MemoryFileFlags, Metadata, Mode, OpenFlags, fdatasync, fsync,
};
use linux::path::PathArg;
use linux::{Errno, Result, retry};

use crate::{Read, Seek, Write};

/// An open file, closed when it is dropped and by execve.
#[derive(Debug)]
pub struct File(OwnedFd);

impl File {
    /// Opens a file for reading.
    ///
    /// # Errors
    /// Those of `open(2)` but `INTR`.
    pub fn open(path: impl PathArg) -> Result<Self> {
        OpenOptions::new().read(true).open(path)
    }

    /// Opens a file for writing, made or emptied.
    ///
    /// # Errors
    /// Those of `open(2)` but `INTR`.
    pub fn create(path: impl PathArg) -> Result<Self> {
        OpenOptions::new().write(true).create(true).truncate(true).open(path)
    }

    /// Makes an empty file in memory, to which seals can be added; the name is seen under /proc only.
    ///
    /// # Errors
    /// Those of `memfd_create(2)`.
    #[doc(alias = "memfd_create")]
    pub fn memory(name: impl PathArg) -> Result<Self> {
        let flags = MemoryFileFlags::CLOSE_ON_EXEC | MemoryFileFlags::ALLOW_SEALING;
        match fs::memfd_create(&name, flags | MemoryFileFlags::NO_EXECUTE) {
            // Before Linux 6.3.
            Err(Errno::INVAL) => fs::memfd_create(name, flags),
            other => other,
        }
        .map(Self)
    }

    /// Reads at an offset, without moving the position; gives how many bytes.
    ///
    /// # Errors
    /// Those of `pread(2)`.
    pub fn read_at(&self, buffer: &mut [u8], offset: u64) -> Result<usize> {
        fs::pread(self, buffer, offset)
    }

    /// Fills the buffer from an offset, without moving the position.
    ///
    /// # Errors
    /// Those of `pread(2)` but `INTR`; `NODATA` if the file ends before.
    pub fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> Result<()> {
        let mut done = 0;
        while let Some(rest) = buffer.get_mut(done..).filter(|rest| !rest.is_empty()) {
            match retry(|| self.read_at(rest, offset + done as u64))? {
                0 => return Err(Errno::NODATA),
                count => done += count,
            }
        }
        Ok(())
    }

    /// Writes at an offset, without moving the position; gives how many bytes.
    ///
    /// # Errors
    /// Those of `pwrite(2)`.
    pub fn write_at(&self, bytes: &[u8], offset: u64) -> Result<usize> {
        fs::pwrite(self, bytes, offset)
    }

    /// Writes all bytes at an offset, without moving the position.
    ///
    /// # Errors
    /// Those of `pwrite(2)` but `INTR`; `IO` if the file takes nothing.
    pub fn write_all_at(&self, bytes: &[u8], offset: u64) -> Result<()> {
        let mut done = 0;
        while let Some(rest) = bytes.get(done..).filter(|rest| !rest.is_empty()) {
            match retry(|| self.write_at(rest, offset + done as u64))? {
                0 => return Err(Errno::IO),
                count => done += count,
            }
        }
        Ok(())
    }

    /// Reads into several buffers in turn at an offset, without moving the position.
    ///
    /// # Errors
    /// Those of `preadv(2)`.
    pub fn read_vectored_at(&self, buffers: &mut [IoSliceMut<'_>], offset: u64) -> Result<usize> {
        fs::preadv(self, buffers, offset)
    }

    /// Writes several slices in turn at an offset, without moving the position.
    ///
    /// # Errors
    /// Those of `pwritev(2)`.
    pub fn write_vectored_at(&self, slices: &[IoSlice<'_>], offset: u64) -> Result<usize> {
        fs::pwritev(self, slices, offset)
    }

    /// Gives what is known of the file.
    ///
    /// # Errors
    /// Those of `fstat(2)`.
    pub fn metadata(&self) -> Result<Metadata> {
        fs::fstat(self)
    }

    /// Sets the length; what is added reads as zero.
    ///
    /// # Errors
    /// Those of `ftruncate(2)` but `INTR`.
    pub fn set_length(&self, length: u64) -> Result<()> {
        retry(|| fs::ftruncate(self, length))
    }

    /// Waits until data and metadata are on the device.
    ///
    /// # Errors
    /// Those of `fsync(2)` but `INTR`.
    pub fn sync_all(&self) -> Result<()> {
        retry(|| fsync(self))
    }

    /// Waits until the data is on the device, with as much of the metadata as is needed to read it.
    ///
    /// # Errors
    /// Those of `fdatasync(2)` but `INTR`.
    pub fn sync_data(&self) -> Result<()> {
        retry(|| fdatasync(self))
    }

    /// Takes a lock on a range of bytes, of this open file and not of the process; waits for those who have it.
    ///
    /// # Errors
    /// Those of [`fs::lock_range`] but `INTR` and `AGAIN`.
    pub fn lock(&self, range: Range<u64>, lock: Lock) -> Result<()> {
        retry(|| fs::lock_range(self, range.clone(), lock, true))
    }

    /// The same without waiting; says whether the lock was taken.
    ///
    /// # Errors
    /// Those of [`fs::lock_range`] but `AGAIN`.
    pub fn try_lock(&self, range: Range<u64>, lock: Lock) -> Result<bool> {
        match fs::lock_range(self, range, lock, false) {
            Ok(()) => Ok(true),
            Err(Errno::AGAIN | Errno::ACCES) => Ok(false),
            Err(errno) => Err(errno),
        }
    }

    /// Makes a second descriptor of this open file: they share position and locks.
    ///
    /// # Errors
    /// `MFILE`. See `fcntl(2)`, F_DUPFD_CLOEXEC.
    pub fn try_clone(&self) -> Result<Self> {
        fs::dup(self).map(Self)
    }

    /// Closes the file and says what the kernel says of data written earlier.
    ///
    /// # Errors
    /// `IO`, `NOSPC`, `DQUOT`. See `close(2)`.
    pub fn close(self) -> Result<()> {
        self.0.close()
    }

    /// Gives the descriptor away.
    pub fn into_fd(self) -> OwnedFd {
        self.0
    }
}

impl core::convert::From<OwnedFd> for File {
    fn from(descriptor: OwnedFd) -> Self {
        Self(descriptor)
    }
}

impl AsFd for File {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// The traits of a shared file: the kernel keeps the position.
macro_rules! streams {
    ($($file:ty),*) => {$(
        impl Read for $file {
            fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
                fs::read(&self.0, buffer)
            }

            fn read_vectored(&mut self, buffers: &mut [IoSliceMut<'_>]) -> Result<usize> {
                fs::readv(&self.0, buffers)
            }
        }

        impl Write for $file {
            fn write(&mut self, bytes: &[u8]) -> Result<usize> {
                fs::write(&self.0, bytes)
            }

            /// Nothing is held back on this side of the kernel.
            fn flush(&mut self) -> Result<()> {
                Ok(())
            }

            fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> Result<usize> {
                fs::writev(&self.0, slices)
            }
        }

        impl Seek for $file {
            fn seek(&mut self, to: From) -> Result<u64> {
                fs::lseek(&self.0, to)
            }
        }
    )*};
}

streams!(File, &File);

/// How a file is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenOptions {
    read: bool,
    write: bool,
    flags: OpenFlags,
    mode: Mode,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl OpenOptions {
    /// Opens nothing yet: one of read, write and append must be said. A file that is made can be read and written by all
    /// whom the umask does not keep out.
    pub const fn new() -> Self {
        Self { read: false, write: false, flags: OpenFlags::CLOSE_ON_EXEC, mode: Mode::octal(0o666) }
    }

    /// For reading.
    #[must_use]
    pub const fn read(self, yes: bool) -> Self {
        Self { read: yes, ..self }
    }

    /// For writing.
    #[must_use]
    pub const fn write(self, yes: bool) -> Self {
        Self { write: yes, ..self }
    }

    /// For writing at the end, wherever that is by then.
    #[must_use]
    pub const fn append(self, yes: bool) -> Self {
        Self { write: self.write || yes, ..self.with(OpenFlags::APPEND, yes) }
    }

    /// Empties it.
    #[must_use]
    pub const fn truncate(self, yes: bool) -> Self {
        self.with(OpenFlags::TRUNCATE, yes)
    }

    /// Makes it if there is none.
    #[must_use]
    pub const fn create(self, yes: bool) -> Self {
        self.with(OpenFlags::CREATE, yes)
    }

    /// Makes it, and fails with `EXIST` if there is one.
    #[must_use]
    pub const fn create_new(self, yes: bool) -> Self {
        self.with(OpenFlags::CREATE, yes).with(OpenFlags::EXCLUSIVE, yes)
    }

    /// Sets the permissions of a file that is made, less the umask.
    #[must_use]
    pub const fn mode(self, mode: Mode) -> Self {
        Self { mode, ..self }
    }

    /// Sets or clears any other flag of `open(2)`.
    #[must_use]
    pub const fn with(self, flag: OpenFlags, yes: bool) -> Self {
        let flags = if yes { self.flags.union(flag) } else { self.flags.difference(flag) };
        Self { flags, ..self }
    }

    /// Opens a file by its path from the current directory.
    ///
    /// # Errors
    /// Those of `open(2)` but `INTR`; `INVAL` if neither reading nor writing was asked for.
    pub fn open(&self, path: impl PathArg) -> Result<File> {
        self.open_at(CWD, path)
    }

    /// Opens a file by its path from a directory.
    ///
    /// # Errors
    /// Those of [`open`](Self::open).
    pub fn open_at(&self, directory: impl AsFd, path: impl PathArg) -> Result<File> {
        let flags = self.flags()?;
        retry(|| fs::openat(&directory, &path, flags, self.mode)).map(File)
    }

    /// Gives the flags of `open(2)`.
    pub(crate) fn flags(&self) -> Result<OpenFlags> {
        Ok(self.flags
            | match (self.read, self.write) {
                (true, false) => OpenFlags::READ,
                (false, true) => OpenFlags::WRITE,
                (true, true) => OpenFlags::READ_WRITE,
                (false, false) if self.flags.contains(OpenFlags::PATH) => OpenFlags::READ,
                (false, false) => return Err(Errno::INVAL),
            })
    }

    /// Gives the permissions of a file that is made.
    pub(crate) const fn permissions(&self) -> Mode {
        self.mode
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::temporary::TemporaryFolder;
    use alloc::vec::Vec;
    use linux::fs::Seals;

    fn scratch() -> TemporaryFolder {
        TemporaryFolder::within(std::env::temp_dir().as_os_str().as_encoded_bytes()).unwrap()
    }

    #[test]
    fn options_open_as_they_say() {
        let place = scratch();
        let path = [place.path(), b"/file"].concat();
        assert_eq!(File::open(path.as_slice()).unwrap_err(), Errno::NOENT);
        assert_eq!(OpenOptions::default().open(path.as_slice()).unwrap_err(), Errno::INVAL);
        File::create(path.as_slice()).unwrap().write_all(b"one").unwrap();
        let fresh = OpenOptions::new().write(true).create_new(true);
        assert_eq!(fresh.open(path.as_slice()).unwrap_err(), Errno::EXIST);
        let mut both = OpenOptions::new().read(true).append(true).open_at(&place, "file").unwrap();
        both.write_all(b"two").unwrap();
        both.seek(From::Start(0)).unwrap();
        let mut all = Vec::new();
        both.read_to_end(&mut all).unwrap();
        assert_eq!((all.as_slice(), both.position()), (b"onetwo".as_slice(), Ok(6)));
        let private = OpenOptions::new().write(true).create(true).mode(Mode::octal(0o600));
        let private = private.with(OpenFlags::SYNC, true).open_at(&place, "private").unwrap();
        assert_eq!(private.metadata().unwrap().permissions(), Mode::octal(0o600));
        assert_eq!(File::create(path.as_slice()).unwrap().metadata().unwrap().size(), 0);
    }

    #[test]
    fn positions_of_their_own() {
        let mut file = File::memory("spelunk").unwrap();
        file.write_all_at(b"abcdef", 2).unwrap();
        assert_eq!(file.write_at(b"xy", 0), Ok(2));
        let mut four = [0; 4];
        file.read_exact_at(&mut four, 1).unwrap();
        assert_eq!((&four, file.position()), (b"yabc", Ok(0)));
        assert_eq!(file.read_exact_at(&mut four, 6), Err(Errno::NODATA));
        assert_eq!(file.read_at(&mut four, 7), Ok(1));
        let (mut a, mut b) = ([0; 3], [0; 3]);
        let parts = &mut [IoSliceMut::new(&mut a), IoSliceMut::new(&mut b)];
        assert_eq!(file.read_vectored_at(parts, 1), Ok(6));
        assert_eq!((&a, &b), (b"yab", b"cde"));
        assert_eq!(file.write_vectored_at(&[IoSlice::new(b"12"), IoSlice::new(b"34")], 6), Ok(4));
        assert_eq!(file.write_vectored(&[IoSlice::new(b"X"), IoSlice::new(b"Y")]), Ok(2));
        let parts = &mut [IoSliceMut::new(&mut a), IoSliceMut::new(&mut b)];
        assert_eq!((&file).read_vectored(parts), Ok(6));
        assert_eq!((&a, &b), (b"abc", b"d12"));
        file.set_length(3).unwrap();
        assert_eq!(file.metadata().unwrap().size(), 3);
        file.sync_all().unwrap();
        file.sync_data().unwrap();
        fs::add_seals(&file, Seals::WRITE).unwrap();
        assert_eq!((&file).write(b"no"), Err(Errno::PERM));
        let second = file.try_clone().unwrap();
        assert_eq!(file.close(), Ok(()));
        assert_eq!(File::from(second.into_fd()).read_at(&mut four, 0), Ok(3));
    }

    #[test]
    fn two_opened_files_keep_each_other_out() {
        let place = scratch();
        let options = OpenOptions::new().read(true).write(true).create(true);
        let (one, two) = (options.open_at(&place, "lock").unwrap(), options.open_at(&place, "lock").unwrap());
        one.lock(0..10, Lock::Exclusive).unwrap();
        assert_eq!(two.try_lock(5..20, Lock::Shared), Ok(false));
        assert_eq!(two.try_lock(10..u64::MAX, Lock::Exclusive), Ok(true));
        one.lock(0..10, Lock::Unlock).unwrap();
        assert_eq!(two.try_lock(5..20, Lock::Shared), Ok(true));
    }
}
