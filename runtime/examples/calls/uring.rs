//! io_uring(7): what is to be done goes into a ring, what came of it comes out of another. Full and empty are told apart by numbers
//! that run on, and are masked only to find a place.
//!
//! ```text
//! $ calls uring
//! entry 42 read 5 bytes: hello
//! a ring of 8 is full after 8 entries; all came back: true
//! ```

use spelunk::io::{Result, Write};
use spelunk::linux::Errno;
use spelunk::linux::fd::AsFd;
use spelunk::linux::fs::{MemoryFileFlags, memfd_create, pwrite};
use spelunk::linux::retry;
use spelunk::linux::uring::{Entry, Ring, Setup};

pub(crate) fn run(out: &mut dyn Write) -> Result<()> {
    let ring = Ring::new(8, &Setup::PLAIN)?;
    let file = memfd_create("hello", MemoryFileFlags::CLOSE_ON_EXEC)?;
    pwrite(&file, b"hello", 0)?;
    let mut buffer = [0; 16];
    let entry = Entry::read(file.as_fd().as_raw(), buffer.as_mut_ptr(), 16, Some(0)).key(42);
    // SAFETY: the file and the buffer are there until the completion is.
    if !unsafe { ring.push(&entry) } {
        return Err(Errno::BUSY);
    }
    retry(|| ring.submit_and_wait(None))?;
    let done = ring.complete().ok_or(Errno::IO)?;
    let count = done.result()? as usize;
    let text = buffer.get(..count).and_then(|bytes| str::from_utf8(bytes).ok());
    writeln!(out, "entry {} read {count} bytes: {}", done.key, text.unwrap_or("?"))?;

    let mut pushed = 0;
    // SAFETY: it does nothing.
    while unsafe { ring.push(&Entry::nop().key(pushed)) } {
        pushed += 1;
    }
    let mut came = 0;
    while came < pushed {
        retry(|| ring.submit_and_wait(None))?;
        while let Some(done) = ring.complete() {
            done.result()?;
            came += 1;
        }
    }
    writeln!(out, "a ring of 8 is full after {pushed} entries; all came back: {}", came == pushed)
}
