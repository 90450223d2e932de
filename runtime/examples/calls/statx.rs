//! statx(2): when a file was made, which stat(2) never told; and that not every file system knows.
//!
//! ```text
//! $ calls statx
//! made before it was changed, or with it: true
//! /proc does not know: None
//! ```

use spelunk::io::{Result, Write};
use spelunk::linux::Errno;
use spelunk::linux::fd::CWD;
use spelunk::linux::fs::{self, Mode, OpenFlags, StatxFlags, StatxMask};

pub(crate) fn run(out: &mut dyn Write) -> Result<()> {
    let how = OpenFlags::WRITE | OpenFlags::CREATE | OpenFlags::CLOSE_ON_EXEC;
    fs::write(fs::open("made", how, Mode::octal(0o600))?, b"x")?;
    let mask = StatxMask::BASIC | StatxMask::BIRTH;
    let made = fs::statx(CWD, "made", StatxFlags::empty(), mask)?;
    fs::unlink("made")?;
    let (born, modified) = (made.born().ok_or(Errno::OPNOTSUPP)?, made.modified());
    let is_before = (born.seconds, born.nanoseconds) <= (modified.seconds, modified.nanoseconds);
    writeln!(out, "made before it was changed, or with it: {is_before}")?;
    let process = fs::statx(CWD, "/proc/self/stat", StatxFlags::empty(), mask)?;
    writeln!(out, "/proc does not know: {:?}", process.born())
}
