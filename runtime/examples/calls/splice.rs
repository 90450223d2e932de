//! splice(2): bytes go from a file through a pipe to a socket, and never through this program.
//!
//! ```text
//! $ calls splice
//! 11 bytes into the pipe, 11 out of it
//! the socket's other end reads: hello world
//! with no pipe at either end: invalid argument
//! ```

use spelunk::io::{Result, Write};
use spelunk::linux::fs::{MemoryFileFlags, PipeFlags, memfd_create, pipe, pwrite, read, splice};
use spelunk::linux::net::{Family, SocketFlags, SocketKind, socketpair};

pub(crate) fn run(out: &mut dyn Write) -> Result<()> {
    let file = memfd_create("hello", MemoryFileFlags::CLOSE_ON_EXEC)?;
    // The position stays at the start.
    pwrite(&file, b"hello world", 0)?;
    let (reader, writer) = pipe(PipeFlags::CLOSE_ON_EXEC)?;
    let (near, far) = socketpair(Family::UNIX, SocketKind::STREAM, SocketFlags::CLOSE_ON_EXEC)?;
    let (into, from) = (splice(&file, &writer, 4096)?, splice(&reader, &near, 4096)?);
    writeln!(out, "{into} bytes into the pipe, {from} out of it")?;
    let mut buffer = [0; 32];
    let count = read(&far, &mut buffer)?;
    let text = buffer.get(..count).and_then(|bytes| str::from_utf8(bytes).ok());
    writeln!(out, "the socket's other end reads: {}", text.unwrap_or("?"))?;
    match splice(&file, &near, 4096) {
        Ok(count) => writeln!(out, "{count} bytes went"),
        Err(errno) => writeln!(out, "with no pipe at either end: {errno}"),
    }
}
