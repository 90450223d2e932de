//! getxattr(2), setxattr(2): notes that a file carries. Those of users are for regular files and directories.
//!
//! ```text
//! $ calls attributes
//! user.checksum is 5d41402a
//! it must be new, and is there: file exists
//! a buffer of 2 bytes: result out of range
//! taken away: no data available
//! ```

use spelunk::io::{Result, Write};
use spelunk::linux::fs::{self, Mode, OpenFlags, SetAttribute};

const NAME: &str = "user.checksum";

pub(crate) fn run(out: &mut dyn Write) -> Result<()> {
    let how = OpenFlags::READ_WRITE | OpenFlags::CREATE | OpenFlags::CLOSE_ON_EXEC;
    let file = fs::open("noted", how, Mode::octal(0o600))?;
    fs::fsetxattr(&file, NAME, b"5d41402a", SetAttribute::Any)?;
    let mut buffer = [0; 64];
    let count = fs::fgetxattr(&file, NAME, &mut buffer)?;
    let value = buffer.get(..count).and_then(|value| str::from_utf8(value).ok());
    writeln!(out, "{NAME} is {}", value.unwrap_or("?"))?;
    if let Err(errno) = fs::fsetxattr(&file, NAME, b"0", SetAttribute::Create) {
        writeln!(out, "it must be new, and is there: {errno}")?;
    }
    if let Err(errno) = fs::fgetxattr(&file, NAME, &mut [0; 2]) {
        writeln!(out, "a buffer of 2 bytes: {errno}")?;
    }
    fs::fremovexattr(&file, NAME)?;
    if let Err(errno) = fs::fgetxattr(&file, NAME, &mut buffer) {
        writeln!(out, "taken away: {errno}")?;
    }
    fs::unlink("noted")
}
