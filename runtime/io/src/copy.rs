//! Moving bytes from one place to another with as little work as the two allow.

use alloc::vec::Vec;

use linux::fd::{AsFd, BorrowedFd};
use linux::fs::{copy_file_range, read, sendfile, splice, write_all};
use linux::{Errno, Result, retry};

use crate::{Read, Write};

/// How the kernel moves bytes without showing them.
struct Way {
    /// Moves at most so many; 0 at the end.
    step: fn(BorrowedFd<'_>, BorrowedFd<'_>, usize) -> Result<usize>,
    /// Errors that say "not between these two", after which the next way is tried.
    refusals: &'static [Errno],
}

/// In the order of cheapness: the first may share blocks, the second goes through the page cache, the third moves pages of
/// a pipe. What is refused depends on the file systems, the kernel and what watches over it:
/// `XDEV` (before Linux 5.3, and between kinds of file systems), `INVAL` (pipes, terminals, a file that appends, overlapping
/// ranges), `NOSYS` and `PERM` (old kernels, sandboxes), `OPNOTSUPP` (network file systems), `BADF` (a file that appends),
/// `ISDIR` is told by reading, `OVERFLOW` (offsets that the way cannot say), `IO` (some network file systems of old).
const WAYS: [Way; 3] = [
    Way {
        step: |from, to, count| copy_file_range(from, to, count),
        refusals: &[
            Errno::XDEV,
            Errno::INVAL,
            Errno::NOSYS,
            Errno::PERM,
            Errno::OPNOTSUPP,
            Errno::BADF,
            Errno::OVERFLOW,
            Errno::IO,
        ],
    },
    Way {
        step: |from, to, count| sendfile(to, from, count),
        refusals: &[Errno::INVAL, Errno::NOSYS, Errno::PERM, Errno::OVERFLOW, Errno::SPIPE],
    },
    Way {
        step: |from, to, count| splice(from, to, count),
        refusals: &[Errno::INVAL, Errno::NOSYS, Errno::PERM, Errno::BADF],
    },
];

/// The most that is asked of one call: each can be interrupted between two.
const MOST: usize = 1 << 30;

/// Room for what must be read and written after all: where the cost of calls no longer shows.
const BUFFER: usize = 64 << 10;

/// Copies everything from the position of one open file to that of another; gives how many bytes.
///
/// The kernel moves them where it can: `copy_file_range`, else `sendfile`, else `splice`, else through a buffer, which is
/// taken from the heap only then. Files that claim to be empty (those of /proc) are read to their end.
///
/// # Errors
/// Those of `read(2)` and `write(2)` but `INTR`; [`Errno::NOMEM`]. What has been copied by then shows in the positions.
pub fn files(from: impl AsFd, to: impl AsFd) -> Result<u64> {
    let (from, to) = (from.as_fd(), to.as_fd());
    let mut total = 0;
    for way in &WAYS {
        let before = total;
        loop {
            match retry(|| (way.step)(from, to, MOST)) {
                // Whoever has moved something knows the end; else the file may only claim to be empty.
                Ok(0) if total > before => return Ok(total),
                Ok(0) => break,
                Ok(count) => total += count as u64,
                Err(errno) if way.refusals.contains(&errno) => break,
                Err(errno) => return Err(errno),
            }
        }
    }
    let mut buffer = Vec::new();
    buffer.try_reserve_exact(BUFFER).map_err(|_| Errno::NOMEM)?;
    buffer.resize(BUFFER, 0);
    loop {
        match retry(|| read(from, &mut buffer))? {
            0 => return Ok(total),
            count => {
                write_all(to, buffer.get(..count).unwrap_or_default())?;
                total += count as u64;
            }
        }
    }
}

/// Copies everything from a source to a sink through the caller's buffer; gives how many bytes. The sink is not flushed.
///
/// # Errors
/// Those of the two but `INTR`; [`Errno::INVAL`] for an empty buffer.
pub fn streams(
    from: &mut (impl Read + ?Sized),
    to: &mut (impl Write + ?Sized),
    buffer: &mut [u8],
) -> Result<u64> {
    if buffer.is_empty() {
        return Err(Errno::INVAL);
    }
    let mut total = 0;
    loop {
        match retry(|| from.read(buffer))? {
            0 => return Ok(total),
            count => {
                to.write_all(buffer.get(..count).unwrap_or_default())?;
                total += count as u64;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::temporary::TemporaryFolder;
    use crate::{File, OpenOptions, Seek};
    use linux::fs::{From, PipeFlags, pipe};

    fn sample() -> Vec<u8> {
        (0..300_000_u32).map(|index| (index % 251) as u8).collect()
    }

    fn memory(bytes: &[u8]) -> File {
        let mut file = File::memory("copy").unwrap();
        file.write_all(bytes).unwrap();
        file.seek(From::Start(0)).unwrap();
        file
    }

    fn content(file: &File) -> Vec<u8> {
        let mut bytes = Vec::new();
        (&mut &*file).seek(From::Start(0)).unwrap();
        (&mut &*file).read_to_end(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn between_files_pipes_and_files_that_claim_to_be_empty() {
        let bytes = sample();
        let (from, to) = (memory(&bytes), memory(b""));
        assert_eq!(files(&from, &to), Ok(300_000));
        assert_eq!(content(&to), bytes);
        assert_eq!(files(&from, &to), Ok(0), "at the end");

        let proc = File::open("/proc/self/status").unwrap();
        let to = memory(b"");
        assert!(files(&proc, &to).unwrap() > 100);
        assert!(content(&to).starts_with(b"Name:"));

        let (reader, writer) = pipe(PipeFlags::CLOSE_ON_EXEC).unwrap();
        let feeder = std::thread::spawn(move || files(memory(&sample()), writer));
        let to = memory(b"");
        assert_eq!(files(&reader, &to), Ok(300_000));
        assert_eq!((feeder.join().unwrap(), content(&to)), (Ok(300_000), bytes));
    }

    #[test]
    fn to_a_file_that_appends_and_from_one_that_cannot_be_read() {
        let place = TemporaryFolder::within(std::env::temp_dir().as_os_str().as_encoded_bytes()).unwrap();
        let log = OpenOptions::new().read(true).append(true).create(true).open_at(&place, "log").unwrap();
        for _ in 0..2 {
            assert_eq!(files(memory(b"line\n"), &log), Ok(5));
        }
        assert_eq!(content(&log), b"line\nline\n");
        let unreadable = OpenOptions::new().write(true).open_at(&place, "log").unwrap();
        assert_eq!(files(&unreadable, memory(b"")), Err(Errno::BADF));
        assert_eq!(files(place.folder(), memory(b"")), Err(Errno::ISDIR));
        assert_eq!(files(memory(b"x"), File::open("/dev/null").unwrap()), Err(Errno::BADF));
    }

    #[test]
    fn streams_go_through_the_buffer_given() {
        let (bytes, mut sink) = (sample(), Vec::new());
        assert_eq!(streams(&mut bytes.as_slice(), &mut sink, &mut [0; 1000]), Ok(300_000));
        assert_eq!(sink, bytes);
        assert_eq!(streams(&mut b"".as_slice(), &mut sink, &mut []), Err(Errno::INVAL));
    }
}
