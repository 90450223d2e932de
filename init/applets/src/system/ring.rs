//! The ring in which `syslogd -C` keeps what was said last, and from which `logread` shows it: a file in memory, where BusyBox has shared
//! memory of System V.

use alloc::vec::Vec;

use formats::file::ring::{HEAD, Head, whole_lines};
use io::File;
use linux::fs::{Mode, OpenFlags, ftruncate, open};
use linux::{Errno, Result};

/// Where it is.
pub(super) const PATH: &[u8] = b"/run/syslogd.ring";

/// An open ring.
pub(super) struct Ring(File);

impl Ring {
    /// Makes one with a room of so many bytes; what another had is gone.
    pub(super) fn make(path: &[u8], room: u64) -> Result<Self> {
        let flags = OpenFlags::READ_WRITE | OpenFlags::CREATE | OpenFlags::TRUNCATE | OpenFlags::NO_FOLLOW;
        let file = open(path, flags | OpenFlags::CLOSE_ON_EXEC, Mode::octal(0o640))?;
        ftruncate(&file, HEAD as u64 + room)?;
        let ring = Self(file.into());
        ring.0.write_all_at(&Head { room, written: 0, claimed: 0 }.emit(), 0)?;
        Ok(ring)
    }

    /// Opens one to be read.
    pub(super) fn open(path: &[u8]) -> Result<Self> {
        open(path, OpenFlags::READ | OpenFlags::CLOSE_ON_EXEC, Mode::empty()).map(|file| Self(file.into()))
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
    pub(super) fn write(&self, bytes: &[u8]) -> Result<()> {
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
        self.0.write_all_at(&head.emit(), 0)
    }

    /// Gives where the end is.
    pub(super) fn end(&self) -> Result<u64> {
        self.head().map(|head| head.written)
    }

    /// Gives what was written from a place on, and the place behind it; of what is gone by then, the lines that are whole.
    pub(super) fn read(&self, from: u64) -> Result<(Vec<u8>, u64)> {
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
