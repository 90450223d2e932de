//! A file of a log that begins anew when it is long, and whose older parts are kept under names with numbers. One that was taken away
//! or renamed is made anew.

use linux::Result;
use linux::fd::OwnedFd;
use linux::fs::{
    FileKind, Metadata, Mode, OpenFlags, fstat, ftruncate, open, rename, stat, unlink, write_all,
};
use query::text::decimal;

/// A file that begins anew when it is long.
#[derive(Debug)]
pub struct Rotated<'a> {
    path: &'a [u8],
    /// So many bytes are long; 0 for never.
    limit: u64,
    copies: u64,
    mode: Mode,
    open: Option<OwnedFd>,
}

impl<'a> Rotated<'a> {
    /// Makes it; nothing is opened before something is written.
    pub const fn new(path: &'a [u8], limit: u64, copies: u64, mode: Mode) -> Self {
        Self { path, limit, copies, mode, open: None }
    }

    /// Gives its path.
    pub const fn path(&self) -> &'a [u8] {
        self.path
    }

    /// Writes lines behind what is there: all of them, or none.
    ///
    /// # Errors
    /// Those of `open(2)`, `write(2)` and `rename(2)`.
    pub fn write(&mut self, line: &[u8]) -> Result<()> {
        let there = stat(self.path);
        let is_same = |file: &OwnedFd| {
            let same = |found: &Metadata| fstat(file).is_ok_and(|own| own.inode() == found.inode());
            there.as_ref().is_ok_and(same)
        };
        self.open = self.open.take().filter(is_same);
        let mut size = there.as_ref().map_or(0, |found| found.size());
        let is_regular = there.is_ok_and(|found| found.kind() == FileKind::Regular);
        if self.limit > 0 && is_regular && size > 0 && size + line.len() as u64 > self.limit {
            self.rotate()?;
            size = 0;
        }
        if self.open.is_none() {
            let flags = OpenFlags::WRITE | OpenFlags::CREATE | OpenFlags::APPEND | OpenFlags::CLOSE_ON_EXEC;
            let flags = flags | OpenFlags::NO_CONTROLLING_TERMINAL | OpenFlags::NONBLOCK;
            self.open = Some(open(self.path, flags, self.mode)?);
        }
        let Some(file) = &self.open else { return Ok(()) };
        write_all(file, line).inspect_err(|_| {
            // What did not fit whole is taken back; where that cannot be, the beginning of a line stays.
            let _ = ftruncate(file, size);
        })
    }

    /// Gives each file the name of the next older one: FILE.0 is the youngest.
    fn rotate(&mut self) -> Result<()> {
        self.open = None;
        if self.copies == 0 {
            return unlink(self.path);
        }
        let name = |number: u64| {
            let mut name = [self.path, b"."].concat();
            decimal(number, &mut name);
            name
        };
        for number in (1..self.copies).rev() {
            // One that is not there yet is not missed.
            let _ = rename(name(number - 1).as_slice(), name(number).as_slice());
        }
        rename(self.path, name(0).as_slice())
    }
}
