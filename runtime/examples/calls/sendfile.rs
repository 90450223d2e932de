//! sendfile(2), copy_file_range(2): from file to file within the kernel.
//!
//! ```text
//! $ calls sendfile
//! sent 16 bytes from the position 8: 89abcdef01234567
//! a range goes as well: 24 bytes
//! ```

use spelunk::io::{Result, Write};
use spelunk::linux::fs::{
    From, MemoryFileFlags, copy_file_range, lseek, memfd_create, pread, pwrite, sendfile,
};

pub(crate) fn run(out: &mut dyn Write) -> Result<()> {
    let new = |name: &str| memfd_create(name, MemoryFileFlags::CLOSE_ON_EXEC);
    let (from, to, copy) = (new("from")?, new("to")?, new("copy")?);
    pwrite(&from, b"0123456789abcdef01234567", 0)?;
    lseek(&from, From::Start(8))?;
    let count = sendfile(&to, &from, 100)?;
    let mut buffer = [0; 32];
    let length = pread(&to, &mut buffer, 0)?;
    let text = buffer.get(..length).and_then(|bytes| str::from_utf8(bytes).ok());
    writeln!(out, "sent {count} bytes from the position 8: {}", text.unwrap_or("?"))?;
    lseek(&from, From::Start(0))?;
    writeln!(out, "a range goes as well: {} bytes", copy_file_range(&from, &copy, 100)?)
}
