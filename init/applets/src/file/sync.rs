//! `sync` (POSIX; operands, `-d` and `-f` are GNU's).

use linux::fs::{self, Mode, OpenFlags};
use linux::{Errno, retry};

use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "sync",
    summary: "Write what waits in memory to the devices: all, or of each FILE",
    usage: "[OPTION] [FILE]...",
    flags: flags![
        Flag::new(b'd', "data", "of each file the data, and what is needed to read it"),
        Flag::new(b'f', "file-system", "all of the file systems that hold the files"),
    ],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if parsed.operands.is_empty() {
        fs::sync();
        return Ok(Status::SUCCESS);
    }
    let how = match parsed.last_of(b"df") {
        Some(b'd') => How::Data,
        Some(_) => How::FileSystem,
        None => How::File,
    };
    Ok(each(io, &parsed.operands, how))
}

/// What is written.
#[derive(Clone, Copy)]
pub(super) enum How {
    File,
    Data,
    FileSystem,
}

/// Writes what waits for each of these files.
pub(super) fn each(io: &mut Io<'_>, paths: &[&[u8]], how: How) -> Status {
    let mut status = Status::SUCCESS;
    for &path in paths {
        status = status.and(io.report(path, one(path, how)));
    }
    status
}

fn one(path: &[u8], how: How) -> linux::Result<()> {
    // A fifo without a writer must not keep us waiting.
    let flags = OpenFlags::NONBLOCK | OpenFlags::CLOSE_ON_EXEC;
    let open = |access| retry(|| fs::open(path, flags | access, Mode::empty()));
    let file = match open(OpenFlags::READ) {
        Err(Errno::ACCES) => open(OpenFlags::WRITE)?,
        file => file?,
    };
    retry(|| match how {
        How::File => fs::fsync(&file),
        How::Data => fs::fdatasync(&file),
        How::FileSystem => fs::syncfs(&file),
    })
}
