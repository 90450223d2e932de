//! What a driver's successor inherits: leases and counters of all interfaces, in a memory file that outlives the driver.
//!
//! Two halves are written in turn ([`formats::file::slots`]), each by one call, so that a process killed at any instant leaves
//! the record before or the record after.

use alloc::vec;
use alloc::vec::Vec;

use formats::file::lease::{self, Entry, Leases, Moment};
use formats::file::slots::{self, Record};
use linux::fd::{AsFd, BorrowedFd};
use linux::fs::{self, From};
use linux::{Errno, Result};

use super::Interface;

/// Changes with what a record means.
const VERSION: u32 = 1;

/// The memory and what is in it.
#[derive(Debug)]
pub struct Memory<'a> {
    file: Option<BorrowedFd<'a>>,
    bytes: usize,
    generation: u64,
}

impl<'a> Memory<'a> {
    /// Takes the memory; gives what a predecessor left there, nothing at the first start.
    pub fn open(file: Option<BorrowedFd<'a>>) -> (Self, Vec<Entry>) {
        let bytes = file.and_then(|file| fs::lseek(file, From::End(0)).ok());
        let bytes = bytes.and_then(|bytes| usize::try_from(bytes).ok()).unwrap_or(0);
        let mut memory = Self { file, bytes, generation: 0 };
        let entries = memory.read().unwrap_or_default();
        (memory, entries)
    }

    fn read(&mut self) -> Option<Vec<Entry>> {
        let file = self.file?;
        // At the first start, which is when time matters, there is nothing to be read: the first record goes into the second half.
        let mut tag = [0];
        let second = u64::try_from(slots::offset(self.bytes, 1)).ok()?;
        fs::pread(file, &mut tag, second).ok().filter(|count| *count == 1 && tag != [0])?;
        let mut all = vec![0; self.bytes];
        let mut done = 0;
        while let Some(rest) = all.get_mut(done..).filter(|rest| !rest.is_empty()) {
            match linux::retry(|| fs::pread(file, rest, done as u64)).ok()? {
                0 => break,
                count => done += count,
            }
        }
        let record = slots::newest(&all, VERSION)?;
        self.generation = record.generation;
        Some(lease::parse(record.payload).ok()?.entries)
    }

    /// Reads the bytes of the whole memory, as who wants to see the state has them; `None` when they hold no record.
    pub fn entries(bytes: &[u8]) -> Option<Vec<Entry>> {
        Some(lease::parse(slots::newest(bytes, VERSION)?.payload).ok()?.entries)
    }

    /// Writes the state of all interfaces.
    ///
    /// # Errors
    /// `NOSPC` when there are more interfaces than room; those of `pwrite(2)`. What was written before is still there then.
    pub fn write(&mut self, interfaces: &[Interface]) -> Result<()> {
        let Some(file) = self.file else { return Ok(()) };
        let entries: Vec<Entry> = interfaces.iter().map(Interface::entry).collect();
        // The record stays within one run of the system, so its clock is all there is to say of the time.
        let written = Moment { clock: crate::machine::uptime(), ..Moment::default() };
        let mut payload = Vec::with_capacity(1024);
        lease::emit(&Leases { written, entries }, &mut payload);
        if payload.len() > slots::room(self.bytes) {
            return Err(Errno::NOSPC);
        }
        let generation = self.generation.wrapping_add(1);
        let mut out = Vec::new();
        slots::emit(&mut out, VERSION, Record { generation, payload: &payload });
        let offset = u64::try_from(slots::offset(self.bytes, generation)).map_err(|_| Errno::FBIG)?;
        match linux::retry(|| fs::pwrite(file.as_fd(), &out, offset))? {
            count if count == out.len() => self.generation = generation,
            _ => return Err(Errno::NOSPC),
        }
        Ok(())
    }
}
