//! What can be read, written and positioned.

use alloc::vec::Vec;
use core::fmt;

use linux::fs::{From, IoSlice, IoSliceMut};
use linux::{Errno, Result, retry};

/// A source of bytes.
pub trait Read {
    /// Reads at most `buffer.len()` bytes; gives how many, 0 at the end.
    ///
    /// # Errors
    /// What the source says; [`Errno::INTR`] when a signal came first.
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize>;

    /// Reads into several buffers in turn; gives how many bytes in all. One buffer at a time unless the source knows better.
    ///
    /// # Errors
    /// Those of [`read`](Self::read).
    fn read_vectored(&mut self, buffers: &mut [IoSliceMut<'_>]) -> Result<usize> {
        match buffers.iter_mut().find(|buffer| !buffer.is_empty()) {
            Some(buffer) => self.read(buffer),
            None => Ok(0),
        }
    }

    /// Reads until the buffer is full or the source ends; gives how many bytes.
    ///
    /// # Errors
    /// Those of [`read`](Self::read) but `INTR`.
    fn read_full(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let mut done = 0;
        while let Some(rest) = buffer.get_mut(done..).filter(|rest| !rest.is_empty()) {
            match retry(|| self.read(rest))? {
                0 => break,
                count => done += count,
            }
        }
        Ok(done)
    }

    /// Fills the buffer.
    ///
    /// # Errors
    /// Those of [`read`](Self::read) but `INTR`; [`Errno::NODATA`] if the source ended before.
    fn read_exact(&mut self, buffer: &mut [u8]) -> Result<()> {
        if self.read_full(buffer)? == buffer.len() { Ok(()) } else { Err(Errno::NODATA) }
    }

    /// Appends everything up to the end; gives how many bytes. What was read before an error is kept.
    ///
    /// # Errors
    /// Those of [`read`](Self::read) but `INTR`; [`Errno::NOMEM`].
    fn read_to_end(&mut self, into: &mut Vec<u8>) -> Result<usize> {
        /// Most files of /proc come in one such step; longer sources double it.
        const STEP: usize = 4096;
        let start = into.len();
        let mut length = start;
        let ended = loop {
            if into.len() - length < STEP / 2 {
                let more = (into.len() - start).max(STEP);
                if into.try_reserve(more).is_err() {
                    break Err(Errno::NOMEM);
                }
                into.resize(into.len() + more, 0);
            }
            match retry(|| self.read(into.get_mut(length..).unwrap_or_default())) {
                Ok(0) => break Ok(length - start),
                Ok(count) => length += count,
                Err(errno) => break Err(errno),
            }
        };
        into.truncate(length);
        ended
    }

    /// Gives a source that ends after `limit` bytes of this one.
    fn take(self, limit: u64) -> Take<Self>
    where
        Self: Sized,
    {
        Take { inner: self, left: limit }
    }
}

/// A sink for bytes.
pub trait Write {
    /// Writes at most `bytes.len()` bytes; gives how many.
    ///
    /// # Errors
    /// What the sink says; [`Errno::INTR`] when a signal came first.
    fn write(&mut self, bytes: &[u8]) -> Result<usize>;

    /// Sends on what is held back.
    ///
    /// # Errors
    /// What the sink says; what could not be sent stays held back.
    fn flush(&mut self) -> Result<()>;

    /// Writes several slices in turn; gives how many bytes in all. One slice at a time unless the sink knows better.
    ///
    /// # Errors
    /// Those of [`write`](Self::write).
    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> Result<usize> {
        match slices.iter().find(|slice| !slice.is_empty()) {
            Some(slice) => self.write(slice),
            None => Ok(0),
        }
    }

    /// Writes all bytes.
    ///
    /// # Errors
    /// Those of [`write`](Self::write) but `INTR`; [`Errno::IO`] if the sink takes nothing.
    fn write_all(&mut self, mut bytes: &[u8]) -> Result<()> {
        while !bytes.is_empty() {
            match retry(|| self.write(bytes))? {
                0 => return Err(Errno::IO),
                count => bytes = bytes.get(count..).unwrap_or_default(),
            }
        }
        Ok(())
    }

    /// Writes formatted text: what `write!` calls.
    ///
    /// # Errors
    /// Those of [`write_all`](Self::write_all); [`Errno::INVAL`] if a value's own formatting failed.
    fn write_fmt(&mut self, text: fmt::Arguments<'_>) -> Result<()> {
        let mut sink = Formatted { sink: self, ended: Ok(()) };
        match fmt::write(&mut sink, text) {
            Ok(()) => Ok(()),
            Err(_) => Err(sink.ended.err().unwrap_or(Errno::INVAL)),
        }
    }
}

/// Keeps the error that `core::fmt` has no room for.
struct Formatted<'a, W: ?Sized> {
    sink: &'a mut W,
    ended: Result<()>,
}

impl<W: Write + ?Sized> fmt::Write for Formatted<'_, W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.ended = self.sink.write_all(text.as_bytes());
        self.ended.map_err(|_| fmt::Error)
    }
}

/// Something with a position in bytes.
pub trait Seek {
    /// Moves the position; gives the new one, from the start.
    ///
    /// # Errors
    /// `SPIPE` for what has none, `INVAL` before the start.
    fn seek(&mut self, to: From) -> Result<u64>;

    /// Gives the position.
    ///
    /// # Errors
    /// Those of [`seek`](Self::seek).
    fn position(&mut self) -> Result<u64> {
        self.seek(From::Current(0))
    }
}

/// A source that shows what it has read ahead.
pub trait BufRead: Read {
    /// Gives what has been read ahead, reading more first if that is nothing; empty at the end.
    ///
    /// # Errors
    /// Those of [`read`](Read::read) but `INTR`.
    fn fill_buf(&mut self) -> Result<&[u8]>;

    /// Takes off the first `count` bytes of what [`fill_buf`](Self::fill_buf) gave.
    fn consume(&mut self, count: usize);

    /// Appends everything up to and with the first `end`, or to the source's end; gives how many bytes, 0 at the end.
    ///
    /// # Errors
    /// Those of [`fill_buf`](Self::fill_buf).
    fn read_until(&mut self, end: u8, into: &mut Vec<u8>) -> Result<usize> {
        let start = into.len();
        loop {
            let ahead = self.fill_buf()?;
            let found = ahead.iter().position(|byte| *byte == end);
            let count = found.map_or(ahead.len(), |at| at + 1);
            into.extend_from_slice(ahead.get(..count).unwrap_or_default());
            self.consume(count);
            if found.is_some() || count == 0 {
                return Ok(into.len() - start);
            }
        }
    }

    /// Reads the next line into `line`, in place of what was there, without its line feed; gives false at the end.
    ///
    /// # Errors
    /// Those of [`fill_buf`](Self::fill_buf).
    fn read_line(&mut self, line: &mut Vec<u8>) -> Result<bool> {
        line.clear();
        let count = self.read_until(b'\n', line)?;
        line.pop_if(|last| *last == b'\n');
        Ok(count > 0)
    }
}

/// The first bytes of a source; made by [`Read::take`].
#[derive(Debug)]
pub struct Take<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Take<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let count = self.inner.read(buffer.get_mut(..most).unwrap_or_default())?;
        self.left -= count as u64;
        Ok(count)
    }
}

impl<R: Read + ?Sized> Read for &mut R {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        (**self).read(buffer)
    }

    fn read_vectored(&mut self, buffers: &mut [IoSliceMut<'_>]) -> Result<usize> {
        (**self).read_vectored(buffers)
    }
}

impl<W: Write + ?Sized> Write for &mut W {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        (**self).write(bytes)
    }

    fn flush(&mut self) -> Result<()> {
        (**self).flush()
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> Result<usize> {
        (**self).write_vectored(slices)
    }
}

impl<S: Seek + ?Sized> Seek for &mut S {
    fn seek(&mut self, to: From) -> Result<u64> {
        (**self).seek(to)
    }
}

/// Bytes at hand are read from the front.
impl Read for &[u8] {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let (head, rest) = self.split_at(self.len().min(buffer.len()));
        for (to, from) in buffer.iter_mut().zip(head) {
            *to = *from;
        }
        *self = rest;
        Ok(head.len())
    }
}

impl BufRead for &[u8] {
    fn fill_buf(&mut self) -> Result<&[u8]> {
        Ok(self)
    }

    fn consume(&mut self, count: usize) {
        *self = self.get(count..).unwrap_or_default();
    }
}

/// What is written is appended.
impl Write for Vec<u8> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.try_reserve(bytes.len()).map_err(|_| Errno::NOMEM)?;
        self.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one byte a call, and each time an interruption before it.
    struct Reluctant<'a>(&'a [u8], bool);

    impl Read for Reluctant<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
            self.1 = !self.1;
            if self.1 { Err(Errno::INTR) } else { self.0.read(buffer.get_mut(..1).unwrap_or_default()) }
        }
    }

    /// Takes two bytes a call, eight in all.
    struct Small(Vec<u8>);

    impl Write for Small {
        fn write(&mut self, bytes: &[u8]) -> Result<usize> {
            match 8 - self.0.len() {
                0 => Err(Errno::NOSPC),
                room => self.0.write(&bytes[..bytes.len().min(room).min(2)]),
            }
        }

        fn flush(&mut self) -> Result<()> {
            Ok(())
        }
    }

    #[test]
    fn whole_buffers_over_short_and_interrupted_reads() {
        let mut buffer = [0; 4];
        assert_eq!(Reluctant(b"abcdef", false).read_exact(&mut buffer), Ok(()));
        assert_eq!(&buffer, b"abcd");
        assert_eq!(Reluctant(b"abc", false).read_exact(&mut buffer), Err(Errno::NODATA));
        assert_eq!(Reluctant(b"abc", false).read_full(&mut buffer), Ok(3));
        let mut all = b"0".to_vec();
        assert_eq!(Reluctant(b"abc", false).read_to_end(&mut all), Ok(3));
        assert_eq!(all, b"0abc");
        let long = std::vec![7; 100_000];
        all.clear();
        assert_eq!(long.as_slice().take(70_000).read_to_end(&mut all), Ok(70_000));
    }

    #[test]
    fn formatted_text_fails_with_the_sink_s_error() {
        let mut sink = Small(Vec::new());
        assert_eq!(write!(sink, "{}-{}", 123, 456), Ok(()));
        assert_eq!(write!(sink, "{}", 78), Err(Errno::NOSPC));
        assert_eq!(sink.0, b"123-4567");
    }

    #[test]
    fn several_buffers_are_used_in_turn() {
        let (mut a, mut b) = ([0; 2], [0; 2]);
        let mut source: &[u8] = b"abc";
        let count = source.read_vectored(&mut [IoSliceMut::new(&mut a), IoSliceMut::new(&mut b)]);
        assert_eq!((count, &a), (Ok(2), b"ab"));
        let mut sink = Vec::new();
        assert_eq!(sink.write_vectored(&[IoSlice::new(b""), IoSlice::new(b"xy")]), Ok(2));
        assert_eq!(sink, b"xy");
    }

    #[test]
    fn lines_with_and_without_a_last_feed() {
        let mut source: &[u8] = b"one\n\nthree";
        let (mut line, mut lines) = (Vec::new(), Vec::new());
        while source.read_line(&mut line).unwrap() {
            lines.push(line.clone());
        }
        assert_eq!(lines, [b"one".as_slice(), b"", b"three"]);
        assert_eq!((&mut source).read(&mut [0; 3]), Ok(0));
    }
}
