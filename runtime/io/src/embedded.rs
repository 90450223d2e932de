//! Our streams as those of the crate embedded-io.

use core::fmt;

use embedded_io::{ErrorKind, ErrorType};
use linux::Errno;

use crate::{BufRead, From, Read, Seek, Write};

/// Gives a stream of ours the traits of embedded-io.
#[derive(Debug)]
pub struct Embedded<T>(pub T);

/// The kernel's number as an error of embedded-io.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EmbeddedError(pub Errno);

impl fmt::Display for EmbeddedError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}

impl core::error::Error for EmbeddedError {}

impl embedded_io::Error for EmbeddedError {
    fn kind(&self) -> ErrorKind {
        match self.0 {
            Errno::NOENT => ErrorKind::NotFound,
            Errno::ACCES | Errno::PERM => ErrorKind::PermissionDenied,
            Errno::CONNREFUSED => ErrorKind::ConnectionRefused,
            Errno::CONNRESET => ErrorKind::ConnectionReset,
            Errno::CONNABORTED => ErrorKind::ConnectionAborted,
            Errno::NOTCONN => ErrorKind::NotConnected,
            Errno::ADDRINUSE => ErrorKind::AddrInUse,
            Errno::ADDRNOTAVAIL => ErrorKind::AddrNotAvailable,
            Errno::PIPE => ErrorKind::BrokenPipe,
            Errno::EXIST => ErrorKind::AlreadyExists,
            Errno::INVAL => ErrorKind::InvalidInput,
            Errno::TIMEDOUT => ErrorKind::TimedOut,
            Errno::INTR => ErrorKind::Interrupted,
            Errno::OPNOTSUPP | Errno::NOSYS => ErrorKind::Unsupported,
            Errno::NOMEM => ErrorKind::OutOfMemory,
            _ => ErrorKind::Other,
        }
    }
}

impl<T> ErrorType for Embedded<T> {
    type Error = EmbeddedError;
}

impl<T: Read> embedded_io::Read for Embedded<T> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, EmbeddedError> {
        self.0.read(buffer).map_err(EmbeddedError)
    }
}

impl<T: BufRead> embedded_io::BufRead for Embedded<T> {
    fn fill_buf(&mut self) -> Result<&[u8], EmbeddedError> {
        self.0.fill_buf().map_err(EmbeddedError)
    }

    fn consume(&mut self, count: usize) {
        self.0.consume(count);
    }
}

impl<T: Write> embedded_io::Write for Embedded<T> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, EmbeddedError> {
        self.0.write(bytes).map_err(EmbeddedError)
    }

    fn flush(&mut self) -> Result<(), EmbeddedError> {
        self.0.flush().map_err(EmbeddedError)
    }
}

impl<T: Seek> embedded_io::Seek for Embedded<T> {
    fn seek(&mut self, to: embedded_io::SeekFrom) -> Result<u64, EmbeddedError> {
        let to = match to {
            embedded_io::SeekFrom::Start(offset) => From::Start(offset),
            embedded_io::SeekFrom::Current(offset) => From::Current(offset),
            embedded_io::SeekFrom::End(offset) => From::End(offset),
        };
        self.0.seek(to).map_err(EmbeddedError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use embedded_io::{BufRead as _, Error as _, Read as _, Write as _};

    #[test]
    fn streams_have_the_other_crate_s_traits() {
        let mut source = Embedded(b"abc".as_slice());
        let mut two = [0; 2];
        source.read_exact(&mut two).unwrap();
        assert_eq!((&two, source.fill_buf()), (b"ab", Ok(b"c".as_slice())));
        source.consume(1);
        assert!(source.read_exact(&mut two).is_err());
        let mut sink = Embedded(Vec::new());
        sink.write_all(b"xyz").unwrap();
        sink.flush().unwrap();
        assert_eq!(sink.0, b"xyz");
        assert_eq!(EmbeddedError(Errno::NOENT).kind(), ErrorKind::NotFound);
    }
}
