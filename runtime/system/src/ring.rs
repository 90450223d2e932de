//! The ring of a log in a file: what was said last, which any number of readers see while one writer goes on. `syslogd -C` has one for
//! `logread`, process 1 another for `log`.

use alloc::vec::Vec;
use core::ffi::CStr;

use formats::file::ring::{HEAD, Head, whole_lines};
use io::File;
use linux::fd::AsFd;
use linux::fs::{Mode, OpenFlags, Seals, add_seals, open};
use linux::{Errno, Result};

/// Where syslogd keeps its ring.
pub const SYSLOGD: &[u8] = b"/run/syslogd.ring";

/// An open ring.
#[derive(Debug)]
pub struct Ring(File);

impl From<File> for Ring {
    fn from(file: File) -> Self {
        Self(file)
    }
}

impl Ring {
    /// Makes one with a room of so many bytes; what another had is gone.
    ///
    /// # Errors
    /// Those of `open(2)` and `ftruncate(2)`.
    pub fn make(path: &[u8], room: u64) -> Result<Self> {
        let flags = OpenFlags::READ_WRITE | OpenFlags::CREATE | OpenFlags::TRUNCATE | OpenFlags::NO_FOLLOW;
        let file = open(path, flags | OpenFlags::CLOSE_ON_EXEC, Mode::octal(0o640))?;
        Self::begin(file.into(), room)
    }

    /// Makes one in memory, of a fixed size: nobody can take its pages from under a reader.
    ///
    /// # Errors
    /// Those of `memfd_create(2)`.
    pub fn memory(name: &CStr, room: u64) -> Result<Self> {
        let ring = Self::begin(File::memory(name)?, room)?;
        add_seals(&ring.0, Seals::SHRINK | Seals::GROW | Seals::SEAL)?;
        Ok(ring)
    }

    fn begin(file: File, room: u64) -> Result<Self> {
        file.set_length(HEAD as u64 + room)?;
        file.write_all_at(&Head { room, written: 0, claimed: 0, mark: 0 }.emit(), 0)?;
        Ok(Self(file))
    }

    /// Opens one to be read.
    ///
    /// # Errors
    /// Those of `open(2)`.
    pub fn open(path: &[u8]) -> Result<Self> {
        open(path, OpenFlags::READ | OpenFlags::CLOSE_ON_EXEC, Mode::empty()).map(|file| Self(file.into()))
    }

    /// Opens it once more, by its descriptor. Kernels from 6.14 on tell nobody of what is written through the first one of a file in
    /// memory (inotify(7)).
    ///
    /// # Errors
    /// Those of `open(2)`.
    pub fn again(&self) -> Result<Self> {
        let path = alloc::format!("/proc/self/fd/{}", self.0.as_fd().as_raw());
        let file = open(path.as_str(), OpenFlags::READ_WRITE | OpenFlags::CLOSE_ON_EXEC, Mode::empty())?;
        Ok(Self(file.into()))
    }

    /// Gives the file.
    pub const fn file(&self) -> &File {
        &self.0
    }

    fn head(&self) -> Result<Head> {
        let mut bytes = [0; HEAD];
        self.get(&mut bytes, 0)?;
        Head::parse(&bytes).map_err(|_| Errno::INVAL)
    }

    /// Fills a room; a file that ends before is no ring.
    fn get(&self, room: &mut [u8], at: u64) -> Result<()> {
        self.0
            .read_exact_at(room, at)
            .map_err(|errno| if errno == Errno::NODATA { Errno::INVAL } else { errno })
    }

    /// Writes behind what is there.
    ///
    /// # Errors
    /// Those of `pwrite(2)`; `INVAL` if it is no ring.
    pub fn write(&self, bytes: &[u8]) -> Result<()> {
        let mark = self.mark()?;
        self.write_up_to(bytes, mark)
    }

    /// Gives the number that was last written with [`Self::write_up_to`]; 0 at first.
    ///
    /// # Errors
    /// Those of `pread(2)`; `INVAL` if it is no ring.
    pub fn mark(&self) -> Result<u64> {
        self.head().map(|head| head.mark)
    }

    /// Writes behind what is there, and with it, both or none, how far the writer has come in what it reads elsewhere.
    ///
    /// # Errors
    /// Those of `pwrite(2)`; `INVAL` if it is no ring.
    pub fn write_up_to(&self, bytes: &[u8], mark: u64) -> Result<()> {
        let mut head = self.head()?;
        for part in bytes.chunks(usize::try_from(head.room).unwrap_or(usize::MAX)) {
            head.claimed = head.written + part.len() as u64;
            self.0.write_all_at(&head.emit(), 0)?;
            let (at, left) = head.place(head.written);
            let (first, second) = part.split_at(part.len().min(usize::try_from(left).unwrap_or(usize::MAX)));
            self.0.write_all_at(first, at)?;
            self.0.write_all_at(second, head.place(0).0)?;
            head.written = head.claimed;
        }
        head.mark = mark;
        self.0.write_all_at(&head.emit(), 0)
    }

    /// Gives where the end is.
    ///
    /// # Errors
    /// Those of `pread(2)`; `INVAL` if it is no ring.
    pub fn end(&self) -> Result<u64> {
        self.head().map(|head| head.written)
    }

    /// Gives what was written from a place on, and the place behind it; of what is gone by then, the lines that are whole.
    ///
    /// # Errors
    /// Those of `pread(2)`; `INVAL` if it is no ring.
    pub fn read(&self, from: u64) -> Result<(Vec<u8>, u64)> {
        let head = self.head()?;
        // A writer that began anew has written less.
        let from = if from > head.written { 0 } else { from };
        let mut start = from.max(head.oldest());
        let mut is_torn = start > from;
        let count = usize::try_from(head.written.saturating_sub(start)).map_err(|_| Errno::INVAL)?;
        let mut bytes = alloc::vec![0; count];
        let (at, left) = head.place(start);
        let middle = count.min(usize::try_from(left).unwrap_or(usize::MAX));
        let (first, second) = bytes.split_at_mut(middle);
        self.get(first, at)?;
        self.get(second, head.place(0).0)?;
        // What was written over meanwhile is not what it was.
        let oldest = self.head()?.oldest();
        if oldest > start {
            let lost = usize::try_from(oldest - start).unwrap_or(usize::MAX).min(bytes.len());
            bytes.drain(..lost);
            start = oldest;
            is_torn = true;
        }
        if is_torn && start > 0 {
            whole_lines(&mut bytes);
        }
        Ok((bytes, head.written))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_successor_goes_on_where_the_writer_was_killed() {
        let ring = Ring::memory(c"test", 64).unwrap();
        ring.write_up_to(b"one\n", 7).unwrap();
        assert_eq!(ring.mark(), Ok(7));
        // Killed after it had said what it would write over, and half of that.
        let head = ring.head().unwrap();
        ring.0.write_all_at(&Head { claimed: head.written + 8, ..head }.emit(), 0).unwrap();
        ring.0.write_all_at(b"torn", HEAD as u64 + 4).unwrap();
        assert_eq!(ring.read(0), Ok((b"one\n".to_vec(), 4)));
        ring.write_up_to(b"two\n", 8).unwrap();
        assert_eq!(ring.read(0), Ok((b"one\ntwo\n".to_vec(), 8)));
        assert_eq!(ring.read(4), Ok((b"two\n".to_vec(), 8)));
    }

    #[test]
    fn what_goes_round_is_read_by_whole_lines() {
        let ring = Ring::memory(c"test", 16).unwrap();
        let mut expected = Vec::new();
        for number in 0..100_u8 {
            let line = [&b"line "[..], &vec![b'x'; usize::from(number % 5)], b"\n"].concat();
            ring.write(&line).unwrap();
            expected.extend_from_slice(&line);
            let (bytes, end) = ring.read(0).unwrap();
            assert_eq!((end, expected.ends_with(&bytes)), (expected.len() as u64, true));
            assert!(bytes.len() <= 16 && (bytes.is_empty() || bytes.starts_with(b"line")));
        }
    }

    #[test]
    fn its_size_stays() {
        let ring = Ring::memory(c"test", 16).unwrap();
        assert_eq!(ring.0.set_length(3), Err(Errno::PERM));
        assert_eq!(ring.0.set_length(300), Err(Errno::PERM));
    }
}
