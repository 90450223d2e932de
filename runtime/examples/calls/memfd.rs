//! memfd_create(2): a file in memory. It goes with its last descriptor and its last mapping; seals say what nobody may do to it any
//! more.
//!
//! ```text
//! $ calls memfd
//! its name is seen in /proc alone: /memfd:notes (deleted)
//! sealed, writing: operation not permitted
//! sealed, growing: operation not permitted
//! it still reads: kept
//! ```

use alloc::format;

use spelunk::io::{Result, Write};
use spelunk::linux::fd::AsFd;
use spelunk::linux::fs::{
    MemoryFileFlags, Seals, add_seals, ftruncate, memfd_create, pread, readlink, write,
};

pub(crate) fn run(out: &mut dyn Write) -> Result<()> {
    let file = memfd_create("notes", MemoryFileFlags::CLOSE_ON_EXEC | MemoryFileFlags::ALLOW_SEALING)?;
    write(&file, b"kept")?;
    let path = format!("/proc/self/fd/{}", file.as_fd().as_raw());
    let mut buffer = [0; 64];
    let target = readlink(path.as_str(), &mut buffer)?;
    writeln!(out, "its name is seen in /proc alone: {}", str::from_utf8(target).unwrap_or("?"))?;
    add_seals(&file, Seals::WRITE | Seals::GROW | Seals::SHRINK)?;
    if let Err(errno) = write(&file, b"x") {
        writeln!(out, "sealed, writing: {errno}")?;
    }
    if let Err(errno) = ftruncate(&file, 100) {
        writeln!(out, "sealed, growing: {errno}")?;
    }
    let mut bytes = [0; 4];
    pread(&file, &mut bytes, 0)?;
    writeln!(out, "it still reads: {}", str::from_utf8(&bytes).unwrap_or("?"))
}
