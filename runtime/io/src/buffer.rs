//! Fewer calls: reading ahead, and writing when there is enough.

use core::fmt;

use linux::fs::{From, IoSlice};
use linux::{Errno, Result, retry};

use crate::{BufRead, Read, Seek, Write};

/// Reads ahead, `N` bytes a call.
pub struct BufReader<R, const N: usize = 8192> {
    inner: R,
    buffer: [u8; N],
    start: usize,
    end: usize,
}

impl<R: Read, const N: usize> BufReader<R, N> {
    /// Starts with nothing read.
    pub const fn new(inner: R) -> Self {
        Self { inner, buffer: [0; N], start: 0, end: 0 }
    }

    /// Gives what has been read ahead.
    pub fn buffer(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// Gives the source; reading it directly leaves out what has been read ahead.
    pub const fn get_mut(&mut self) -> &mut R {
        &mut self.inner
    }

    /// Gives the source back; what has been read ahead is lost.
    pub fn into_inner(self) -> R {
        self.inner
    }
}

impl<R: Read, const N: usize> Read for BufReader<R, N> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        // As much as fits ours: then it may as well go where it is wanted.
        if self.start == self.end && buffer.len() >= N {
            return self.inner.read(buffer);
        }
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R: Read, const N: usize> BufRead for BufReader<R, N> {
    fn fill_buf(&mut self) -> Result<&[u8]> {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
            self.end = retry(|| self.inner.read(&mut self.buffer))?.min(N);
        }
        Ok(self.buffer())
    }

    fn consume(&mut self, count: usize) {
        self.start = self.end.min(self.start + count);
    }
}

impl<R: Read + Seek, const N: usize> Seek for BufReader<R, N> {
    fn seek(&mut self, to: From) -> Result<u64> {
        // The source is ahead of us by what we hold.
        let to = match to {
            From::Current(offset) => From::Current(offset - (self.end - self.start) as i64),
            other => other,
        };
        let position = self.inner.seek(to)?;
        (self.start, self.end) = (0, 0);
        Ok(position)
    }
}

/// Holds back what is written until there are `N` bytes of it, and no later than its end.
///
/// An error does not lose bytes: what the sink did not take is kept and tried again. It is not lost either: the first one
/// comes again from [`finish`](Self::finish), also if it was met where nobody could be told, as in `core::fmt`.
pub struct BufWriter<W: Write, const N: usize = 8192> {
    inner: W,
    buffer: [u8; N],
    filled: usize,
    by_line: bool,
    error: Option<Errno>,
}

impl<W: Write, const N: usize> BufWriter<W, N> {
    /// Holds back up to `N` bytes.
    pub const fn new(inner: W) -> Self {
        Self::with(inner, false)
    }

    /// Also sends on each whole line, for someone who watches.
    pub const fn by_line(inner: W) -> Self {
        Self::with(inner, true)
    }

    const fn with(inner: W, by_line: bool) -> Self {
        Self { inner, buffer: [0; N], filled: 0, by_line, error: None }
    }

    /// Gives what is held back.
    pub fn buffer(&self) -> &[u8] {
        self.buffer.get(..self.filled).unwrap_or_default()
    }

    /// Gives the sink; writing to it directly overtakes what is held back.
    pub const fn get_mut(&mut self) -> &mut W {
        &mut self.inner
    }

    /// Says whether there was an error that nobody has taken.
    pub const fn has_failed(&self) -> bool {
        self.error.is_some()
    }

    /// Gives the first error, and forgets it.
    pub const fn take_error(&mut self) -> Option<Errno> {
        self.error.take()
    }

    /// Forgets what is held back.
    pub const fn discard(&mut self) {
        self.filled = 0;
    }

    /// Sends everything on and ends; gives the first error that there ever was.
    ///
    /// # Errors
    /// What the sink said.
    pub fn finish(mut self) -> Result<()> {
        let last = self.flush();
        self.discard();
        self.error.take().map_or(last, Err)
    }

    /// Sends on the first `count` of the bytes that are held back.
    fn send(&mut self, count: usize) -> Result<()> {
        let mut sent = 0;
        let ended = loop {
            let rest = self.buffer.get(sent..count).unwrap_or_default();
            if rest.is_empty() {
                break Ok(());
            }
            match retry(|| self.inner.write(rest)) {
                Ok(0) => break Err(Errno::IO),
                Ok(more) => sent += more,
                Err(errno) => break Err(errno),
            }
        };
        self.buffer.copy_within(sent..self.filled, 0);
        self.filled -= sent;
        self.note(ended)
    }

    fn note<T>(&mut self, result: Result<T>) -> Result<T> {
        if let Err(errno) = &result {
            self.error.get_or_insert(*errno);
        }
        result
    }

    /// Holds back as much as there is room for; gives how much that is.
    fn hold(&mut self, bytes: &[u8]) -> usize {
        let room = self.buffer.get_mut(self.filled..).unwrap_or_default();
        let count = bytes.len().min(room.len());
        for (to, from) in room.iter_mut().zip(bytes) {
            *to = *from;
        }
        self.filled += count;
        count
    }
}

impl<W: Write, const N: usize> Write for BufWriter<W, N> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        if self.filled + bytes.len() > N {
            self.send(self.filled)?;
        }
        if bytes.len() >= N {
            let written = retry(|| self.inner.write(bytes));
            return self.note(written);
        }
        let before = self.filled;
        let count = self.hold(bytes);
        let lines = bytes.iter().rposition(|byte| *byte == b'\n').filter(|_| self.by_line);
        if let Some(last) = lines {
            // Taken already, so an error is for the next call, or for the end.
            let _ = self.send(before + last + 1);
        }
        Ok(count)
    }

    fn flush(&mut self) -> Result<()> {
        self.send(self.filled)?;
        let flushed = self.inner.flush();
        self.note(flushed)
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> Result<usize> {
        let total = slices.iter().map(|slice| slice.len()).sum::<usize>();
        if total < N || self.by_line {
            for slice in slices {
                self.write_all(slice)?;
            }
            return Ok(total);
        }
        self.send(self.filled)?;
        let written = self.inner.write_vectored(slices);
        self.note(written)
    }
}

impl<W: Write + Seek, const N: usize> Seek for BufWriter<W, N> {
    fn seek(&mut self, to: From) -> Result<u64> {
        self.flush()?;
        self.inner.seek(to)
    }
}

/// For `core::write!`, and for code that knows nothing of this crate.
impl<W: Write, const N: usize> fmt::Write for BufWriter<W, N> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.write_all(text.as_bytes()).map_err(|_| fmt::Error)
    }
}

impl<W: Write, const N: usize> Drop for BufWriter<W, N> {
    fn drop(&mut self) {
        // Who wants to know calls `finish`; a sink that has failed is not asked again.
        if self.error.is_none() {
            let _ = self.flush();
        }
    }
}

impl<R, const N: usize> fmt::Debug for BufReader<R, N> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "BufReader({} of {N} bytes)", self.end - self.start)
    }
}

impl<W: Write, const N: usize> fmt::Debug for BufWriter<W, N> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "BufWriter({} of {N} bytes, {:?})", self.filled, self.error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    /// Takes three bytes a call and remembers the calls; fails from some call on.
    #[derive(Default)]
    struct Sink {
        bytes: Vec<u8>,
        calls: usize,
        fails_from: Option<usize>,
    }

    impl Write for &mut Sink {
        fn write(&mut self, bytes: &[u8]) -> Result<usize> {
            self.calls += 1;
            if self.fails_from.is_some_and(|first| self.calls >= first) {
                return Err(Errno::NOSPC);
            }
            self.bytes.write(&bytes[..bytes.len().min(3)])
        }

        fn flush(&mut self) -> Result<()> {
            Ok(())
        }
    }

    #[test]
    fn reads_come_out_of_the_buffer() {
        let mut reader = BufReader::<_, 4>::new(b"abcdefgh".as_slice());
        let mut two = [0; 2];
        assert_eq!(reader.read(&mut two), Ok(2));
        assert_eq!((&two, reader.buffer()), (b"ab", b"cd".as_slice()));
        assert_eq!(reader.fill_buf(), Ok(b"cd".as_slice()));
        reader.consume(9);
        let mut large = [0; 9];
        assert_eq!(reader.read(&mut large), Ok(4), "past the buffer");
        assert_eq!(reader.get_mut(), b"");
        assert_eq!(reader.into_inner(), b"");
    }

    #[test]
    fn writes_are_held_back_until_they_are_many_or_it_ends() {
        let mut sink = Sink::default();
        let mut writer = BufWriter::<_, 8>::new(&mut sink);
        for byte in b"abcdefgh" {
            writer.write_all(&[*byte]).unwrap();
        }
        assert_eq!((writer.get_mut().calls, writer.buffer()), (0, b"abcdefgh".as_slice()));
        writer.write_all(b"i").unwrap();
        assert_eq!(writer.get_mut().bytes, b"abcdefgh");
        assert_eq!(writer.write_vectored(&[IoSlice::new(b"j"), IoSlice::new(b"k")]), Ok(2));
        drop(writer);
        assert_eq!(sink.bytes, b"abcdefghijk");
        let mut writer = BufWriter::<_, 8>::new(&mut sink);
        writer.write_all(b"0123456789").unwrap();
        assert_eq!(writer.write_vectored(&[IoSlice::new(b"0123456789")]), Ok(3));
        assert_eq!(writer.finish(), Ok(()));
    }

    #[test]
    fn lines_leave_at_once() {
        let mut sink = Sink::default();
        let mut writer = BufWriter::<_, 16>::by_line(&mut sink);
        write!(writer, "one\ntwo").unwrap();
        assert_eq!(writer.buffer(), b"two");
        assert_eq!(writer.write_vectored(&[IoSlice::new(b"\n")]), Ok(1));
        assert_eq!(writer.buffer(), b"");
    }

    #[test]
    fn an_error_loses_neither_bytes_nor_itself() {
        let mut sink = Sink { fails_from: Some(2), ..Sink::default() };
        let mut writer = BufWriter::<_, 8>::new(&mut sink);
        writer.write_all(b"abcdef").unwrap();
        assert_eq!(writer.flush(), Err(Errno::NOSPC));
        assert_eq!(writer.buffer(), b"def");
        writer.get_mut().fails_from = None;
        assert_eq!(writer.flush(), Ok(()));
        assert_eq!(writer.finish(), Err(Errno::NOSPC), "once lost is remembered");
        assert_eq!(sink.bytes, b"abcdef");
        let mut sink = Sink { fails_from: Some(1), ..Sink::default() };
        let mut writer = BufWriter::<_, 8>::by_line(&mut sink);
        assert_eq!(fmt::Write::write_str(&mut writer, "a\n"), Ok(()));
        assert_eq!(writer.take_error(), Some(Errno::NOSPC));
    }
}
