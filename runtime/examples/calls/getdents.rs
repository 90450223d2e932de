//! getdents64(2): what is in a directory, however much, through a small buffer.
//!
//! ```text
//! $ calls getdents
//! 300 files by a buffer of 512 bytes, all of them regular: true
//! ```

use alloc::format;

use spelunk::io::{Result, Write};
use spelunk::linux::fs::{self, Directory, FileKind, Mode, OpenFlags, StatxFlags, StatxMask};

pub(crate) fn run(out: &mut dyn Write) -> Result<()> {
    const COUNT: u32 = 300;
    fs::mkdir("many", Mode::octal(0o700))?;
    let how = OpenFlags::READ | OpenFlags::DIRECTORY | OpenFlags::CLOSE_ON_EXEC;
    let directory = fs::open("many", how, Mode::empty())?;
    let make = OpenFlags::WRITE | OpenFlags::CREATE | OpenFlags::CLOSE_ON_EXEC;
    for file in 0..COUNT {
        drop(fs::openat(&directory, format!("{file}").as_str(), make, Mode::octal(0o600))?);
    }
    let (mut count, mut regular, mut buffer) = (0, true, [0; 512]);
    let mut entries = Directory::new(&directory, &mut buffer);
    while let Some(entry) = entries.next() {
        let entry = entry?;
        if entry.is_dot() {
            continue;
        }
        count += 1;
        // Some file systems do not keep the kind with the name.
        let kind = match entry.kind {
            Some(kind) => kind,
            None => fs::statx(&directory, entry.name, StatxFlags::NO_FOLLOW, StatxMask::BASIC)?.kind(),
        };
        regular &= kind == FileKind::Regular;
    }
    writeln!(out, "{count} files by a buffer of 512 bytes, all of them regular: {regular}")?;
    for file in 0..COUNT {
        fs::unlink_at(&directory, format!("{file}").as_str())?;
    }
    fs::rmdir("many")
}
