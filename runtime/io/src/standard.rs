//! The three descriptors that every program has.

use core::fmt;

use linux::fd::{AsFd, BorrowedFd, STDERR, STDIN, STDOUT};
use linux::fs::{self, IoSlice, IoSliceMut};
use linux::{Errno, Result, terminal};

use crate::{BufReader, BufWriter, Read, Write};

/// A standard descriptor as a stream that holds nothing back.
#[derive(Clone, Copy, Debug)]
pub struct Standard(BorrowedFd<'static>);

/// Gives standard input, read ahead 8 KiB at a time. A second one does not see what the first has read ahead.
pub const fn stdin() -> BufReader<Standard> {
    BufReader::new(Standard(STDIN))
}

/// Gives standard error: each write goes out at once.
pub const fn stderr() -> Standard {
    Standard(STDERR)
}

/// Gives standard output: on a terminal each line leaves at once, else 8 KiB at a time, the rest at the end.
pub fn stdout() -> StandardOutput {
    let out = Standard(STDOUT);
    StandardOutput(if terminal::is_terminal(STDOUT) { BufWriter::by_line(out) } else { BufWriter::new(out) })
}

impl AsFd for Standard {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0
    }
}

impl Read for Standard {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        fs::read(self.0, buffer)
    }

    fn read_vectored(&mut self, buffers: &mut [IoSliceMut<'_>]) -> Result<usize> {
        fs::readv(self.0, buffers)
    }
}

impl Write for Standard {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        fs::write(self.0, bytes)
    }

    /// Nothing is held back.
    fn flush(&mut self) -> Result<()> {
        Ok(())
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> Result<usize> {
        fs::writev(self.0, slices)
    }
}

impl fmt::Write for Standard {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.write_all(text.as_bytes()).map_err(|_| fmt::Error)
    }
}

/// Standard output, which tells of what was lost.
///
/// What is held back is written when the value is dropped, and no later: whoever ends the process in another way, by
/// `exit_group` or a panic, loses it. Output that could not be written is never lost in silence: `main` had better end with
/// [`status`](Self::status); a value that is dropped says it on standard error. A reader that has gone away (`PIPE`) is
/// told nowhere, since nobody wanted more.
#[derive(Debug)]
pub struct StandardOutput(BufWriter<Standard>);

impl StandardOutput {
    /// Writes what is held back, and gives the exit status of the program: the one given, or 1 if any output was lost, which
    /// it says on standard error.
    pub fn status(mut self, status: i32) -> i32 {
        match self.complain() {
            false => status,
            true if status == 0 => 1,
            true => status,
        }
    }

    /// Writes what is held back; gives the first error that there ever was.
    ///
    /// # Errors
    /// Those of `write(2)`.
    pub fn finish(mut self) -> Result<()> {
        self.lost().map_or(Ok(()), Err)
    }

    /// Writes what is held back; says on standard error if anything is lost, and whether.
    fn complain(&mut self) -> bool {
        let error = self.lost();
        if let Some(errno) = error
            && errno != Errno::PIPE
        {
            // Nobody is left to be told of this one's failure.
            let _ = Write::write_fmt(&mut stderr(), format_args!("standard output: {errno}\n"));
        }
        error.is_some()
    }

    /// Writes what is held back; gives the first error that nobody was told of. What cannot be written is given up.
    fn lost(&mut self) -> Option<Errno> {
        let flushed = self.0.flush();
        self.0.discard();
        self.0.take_error().or(flushed.err())
    }
}

impl Write for StandardOutput {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> Result<()> {
        self.0.flush()
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> Result<usize> {
        self.0.write_vectored(slices)
    }
}

impl fmt::Write for StandardOutput {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.write_str(text)
    }
}

impl Drop for StandardOutput {
    fn drop(&mut self) {
        if !self.0.buffer().is_empty() || self.0.has_failed() {
            self.complain();
        }
    }
}
