//! The copying itself.

use alloc::vec::Vec;

use linux::fd::BorrowedFd;
use linux::fs::{FileKind, From, fdatasync, fstat, fsync, ftruncate, lseek, read, write};
use linux::signal::{self, Signal};
use linux::{Errno, retry};

use super::ebcdic;
use super::lines::{Lines, Way};
use super::report::Tally;
use super::{Report, Settings, Words, pass};
use crate::{Io, Status};

/// The status of a command that SIGINT has ended.
const INTERRUPTED: Status = Status(130);

pub(super) struct Copy<'s, 'a> {
    settings: &'s Settings<'a>,
    input: BorrowedFd<'s>,
    output: BorrowedFd<'s>,
    tally: Tally,
    /// What was read, and then what is written of it.
    block: Vec<u8>,
    /// What becomes of lines or records, if anything.
    lines: Option<Lines>,
    /// What bytes become before all else, and behind.
    before: Option<[u8; 256]>,
    behind: Option<[u8; 256]>,
    /// What waits until it makes a block of the output.
    waiting: Vec<u8>,
    /// Whether the output ends with a hole that its size does not know of.
    ends_with_hole: bool,
    /// Whether nothing more can be written.
    is_broken: bool,
    status: Status,
    is_over: bool,
}

impl<'s, 'a> Copy<'s, 'a> {
    pub(super) fn new(settings: &'s Settings<'a>, input: BorrowedFd<'s>, output: BorrowedFd<'s>) -> Self {
        let (block, waiting) = (Vec::new(), Vec::new());
        let tally = Tally::new();
        let status = Status::SUCCESS;
        let way = if settings.words.has(Words::BLOCK) {
            Some(Way::ToRecords)
        } else if settings.words.has(Words::UNBLOCK) {
            Some(Way::ToLines)
        } else {
            None
        };
        Self {
            settings,
            input,
            output,
            tally,
            block,
            // As GNU's: without a size of records there is nothing to convert.
            lines: way.filter(|_| settings.record > 0).map(|way| Lines::new(way, settings.record)),
            before: ebcdic::before(settings.words),
            behind: ebcdic::behind(settings.words),
            waiting,
            ends_with_hole: false,
            is_broken: false,
            status,
            is_over: false,
        }
    }

    pub(super) fn run(mut self, io: &mut Io<'_>) -> Status {
        for signal in [Signal::USR1, Signal::INT] {
            // Without a handler they do what they do by themselves.
            let _ = signal::note(signal);
        }
        if self.block.try_reserve_exact(self.settings.input_block).is_err() {
            return io.complain(b"", &Errno::NOMEM);
        }
        self.begin(io);
        while !self.is_over {
            self.turn(io);
        }
        if let Some(lines) = &mut self.lines {
            self.block = lines.end();
            self.pass_on(io);
        }
        let waiting = core::mem::take(&mut self.waiting);
        if !waiting.is_empty() {
            self.put(io, &waiting);
        }
        self.finish(io);
        self.tally.say(io, self.settings.status);
        self.status
    }

    /// Passes over what is skipped in the input and the output.
    fn begin(&mut self, io: &mut Io<'_>) {
        let (skip, seek) = (self.settings.skip, self.settings.seek);
        if skip > 0 {
            match pass(self.input, skip) {
                Ok(true) => {}
                Ok(false) => self.read_over(io, skip),
                Err(errno) => self.fail(io, self.settings.input_name(), errno),
            }
        }
        if seek > 0 {
            match pass(self.output, seek) {
                Ok(true) => {}
                Ok(false) => self.fail(io, self.settings.output_name(), Errno::SPIPE),
                Err(errno) => self.fail(io, self.settings.output_name(), errno),
            }
        }
    }

    /// Reads what a stream without positions has and is not wanted.
    fn read_over(&mut self, io: &mut Io<'_>, mut left: u64) {
        while left > 0 && !self.is_over {
            let most = usize::try_from(left).unwrap_or(usize::MAX).min(self.settings.input_block);
            match self.fill(io, most) {
                Ok(0) => break,
                Ok(count) => left -= count as u64,
                Err(errno) => self.fail(io, self.settings.input_name(), errno),
            }
        }
    }

    fn fail(&mut self, io: &mut Io<'_>, name: &[u8], errno: Errno) {
        self.status = io.complain(name, &errno);
        self.is_over = true;
    }

    /// Reads a block and writes it.
    fn turn(&mut self, io: &mut Io<'_>) {
        let words = self.settings.words;
        let size = self.settings.input_block;
        let most = match self.settings.count {
            Some(count) if words.has(Words::COUNT_BYTES) => {
                let left = count.saturating_sub(self.tally.read_bytes);
                usize::try_from(left).unwrap_or(usize::MAX).min(size)
            }
            Some(count) if self.tally.read.whole + self.tally.read.partial >= count => 0,
            _ => size,
        };
        if most == 0 {
            self.is_over = true;
            return;
        }
        match self.fill(io, most) {
            Ok(0) => {
                self.is_over = true;
                return;
            }
            Ok(count) => {
                self.tally.read.count(count, size);
                self.tally.read_bytes += count as u64;
            }
            Err(errno) if words.has(Words::NOERROR) => {
                self.status = io.complain(self.settings.input_name(), &errno);
                self.tally.say(io, self.settings.status);
                // What cannot be read is passed over, and with `sync` zeros stand for it.
                self.is_over = !pass(self.input, size as u64).unwrap_or(false);
                self.block.clear();
                if self.is_over || !words.has(Words::SYNC) {
                    return;
                }
                self.tally.read.partial += 1;
            }
            Err(errno) => return self.fail(io, self.settings.input_name(), errno),
        }
        self.convert();
        self.pass_on(io);
        if self.settings.status == Report::Progress {
            self.tally.say_progress(io);
        }
    }

    /// Reads up to so many bytes, after telling of signals that have come; all of them if blocks are to be whole.
    fn fill(&mut self, io: &mut Io<'_>, most: usize) -> linux::Result<usize> {
        self.block.resize(most, 0);
        let mut length = 0;
        while length < most {
            self.heed(io);
            if self.is_over {
                break;
            }
            match read(self.input, self.block.get_mut(length..).unwrap_or_default()) {
                Ok(0) => break,
                Ok(count) => length += count,
                Err(Errno::INTR) => continue,
                Err(errno) if length == 0 => return Err(errno),
                Err(_) => break,
            }
            if !self.settings.words.has(Words::FULLBLOCK) {
                break;
            }
        }
        self.block.truncate(length);
        Ok(length)
    }

    /// Does what signals that have come ask for.
    fn heed(&mut self, io: &mut Io<'_>) {
        if !signal::has_noted() {
            return;
        }
        let noted = signal::take_noted();
        if noted.contains(Signal::INT) {
            self.is_over = true;
            self.status = INTERRUPTED;
        } else if noted.contains(Signal::USR1) {
            self.tally.say(io, self.settings.status);
        }
    }

    /// Converts the block that was read.
    fn convert(&mut self) {
        let words = self.settings.words;
        // First of all: what is filled is filled with the blanks of ASCII.
        ebcdic::exchange(&mut self.block, self.before.as_ref());
        if words.has(Words::SYNC) {
            let filler = if self.lines.is_some() { b' ' } else { 0 };
            self.block.resize(self.settings.input_block, filler);
        }
        if words.has(Words::SWAB) {
            self.block.chunks_exact_mut(2).for_each(|pair| pair.reverse());
        }
        if words.has(Words::LCASE) {
            self.block.make_ascii_lowercase();
        } else if words.has(Words::UCASE) {
            self.block.make_ascii_uppercase();
        }
        if let Some(lines) = &mut self.lines {
            self.block = lines.convert(&self.block);
            self.tally.truncated = lines.truncated;
        }
    }

    /// Writes the block, or as many blocks of the output as there are by now.
    fn pass_on(&mut self, io: &mut Io<'_>) {
        let size = self.settings.output_block;
        ebcdic::exchange(&mut self.block, self.behind.as_ref());
        let block = core::mem::take(&mut self.block);
        if self.settings.is_plain || self.waiting.is_empty() && block.len() == size {
            self.put(io, &block);
        } else {
            self.waiting.extend_from_slice(&block);
            let waiting = core::mem::take(&mut self.waiting);
            let mut blocks = waiting.chunks_exact(size);
            for block in blocks.by_ref() {
                self.put(io, block);
            }
            self.waiting = blocks.remainder().to_vec();
        }
        self.block = block;
    }

    /// Writes one block.
    fn put(&mut self, io: &mut Io<'_>, block: &[u8]) {
        if self.is_broken {
            return;
        }
        let is_hole = self.settings.words.has(Words::SPARSE) && block.iter().all(|&byte| byte == 0);
        if is_hole && pass(self.output, block.len() as u64).unwrap_or(false) {
            self.ends_with_hole = true;
            self.tally.written.count(block.len(), self.settings.output_block);
            self.tally.bytes += block.len() as u64;
            return;
        }
        let mut rest = block;
        while !rest.is_empty() {
            match write(self.output, rest) {
                Ok(count) if count > 0 => {
                    rest = rest.get(count..).unwrap_or_default();
                    self.tally.bytes += count as u64;
                }
                Err(Errno::INTR) => self.heed(io),
                // The end of a device is no multiple of blocks past the cache.
                Err(Errno::INVAL) if self.leaves_direct() => {}
                result => {
                    if rest.len() < block.len() {
                        self.tally.written.partial += 1;
                    }
                    self.is_broken = true;
                    return self.fail(io, self.settings.output_name(), result.err().unwrap_or(Errno::IO));
                }
            }
        }
        self.ends_with_hole = false;
        self.tally.written.count(block.len(), self.settings.output_block);
    }

    /// Has the last, shorter block go through the cache; says whether it did not before.
    fn leaves_direct(&self) -> bool {
        use linux::fs::{OpenFlags, set_status_flags, status_flags};
        let flags = status_flags(self.output).unwrap_or(OpenFlags::empty());
        flags.contains(OpenFlags::DIRECT) && set_status_flags(self.output, flags - OpenFlags::DIRECT).is_ok()
    }

    /// Gives the output its size, and waits until it is where it belongs, if that was asked for.
    fn finish(&mut self, io: &mut Io<'_>) {
        let words = self.settings.words;
        let mut result = Ok(());
        if self.ends_with_hole && fstat(self.output).is_ok_and(|file| file.kind() == FileKind::Regular) {
            result = lseek(self.output, From::Current(0)).and_then(|end| ftruncate(self.output, end));
        }
        if words.has(Words::FSYNC) {
            result = result.and_then(|()| retry(|| fsync(self.output)));
        } else if words.has(Words::FDATASYNC) {
            result = result.and_then(|()| retry(|| fdatasync(self.output)));
        }
        self.status = self.status.and(io.report(self.settings.output_name(), result));
    }
}
