//! `touch` (POSIX; `-h`, `--time` and `-f` are GNU's). Dates are those of POSIX, with a blank for `T` if one likes, and `@SECONDS`.

use linux::fd::CWD;
use linux::fs::{self, Mode, OpenFlags, SetTime, StatxFlags, StatxMask};
use linux::{Errno, retry};

use super::human::read;
use super::moment::{stamp, zone};
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "touch",
    summary: "Set the times of files; those that are not there are made, empty",
    usage: "[OPTION]... FILE...",
    flags: flags![
        Flag::new(b'a', "", "the time of last access only"),
        Flag::new(b'm', "", "the time of last change only"),
        Flag::with(TIME, "time", "WHICH", "so: access, atime, use; modify, mtime"),
        Flag::new(b'c', "no-create", "make no files"),
        Flag::with(b'd', "date", "DATE", "to DATE: 2026-01-31 12:00:00.5 +01:00, or @SECONDS"),
        Flag::with(b't', "", "STAMP", "to [[CC]YY]MMDDhhmm[.ss]"),
        Flag::with(b'r', "reference", "FILE", "to the times of FILE"),
        Flag::new(b'h', "no-dereference", "of symbolic links themselves"),
        Flag::new(b'f', "", ""),
    ],
    run: Run::Parsed(run),
};

const TIME: u8 = 128;

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if parsed.operands.is_empty() {
        return Ok(parsed.usage(io));
    }
    let follows = !parsed.has(b'h');
    let (mut accessed, mut modified) = times(io, parsed, follows)?;
    let (mut only_accessed, mut only_modified) = (parsed.has(b'a'), parsed.has(b'm'));
    match parsed.value(TIME) {
        None => {}
        Some(b"access" | b"atime" | b"use") => only_accessed = true,
        Some(b"modify" | b"mtime") => only_modified = true,
        Some(word) => return Ok(io.misuse(word, "not a choice here")),
    }
    match (only_accessed, only_modified) {
        (true, false) => modified = SetTime::Keep,
        (false, true) => accessed = SetTime::Keep,
        _ => {}
    }
    let mut status = Status::SUCCESS;
    for &path in &parsed.operands {
        let touched = touch(path, accessed, modified, follows, !parsed.has(b'c') && follows);
        match touched {
            Err(Errno::NOENT) if parsed.has(b'c') => {}
            touched => status = status.and(io.report(path, touched)),
        }
    }
    Ok(status)
}

/// Finds out which times are to be set.
fn times(io: &mut Io<'_>, parsed: &Parsed<'_>, follows: bool) -> Result<(SetTime, SetTime), Status> {
    if let Some(path) = parsed.value(b'r') {
        let flags = if follows { StatxFlags::empty() } else { StatxFlags::NO_FOLLOW };
        let file =
            fs::statx(CWD, path, flags, StatxMask::BASIC).map_err(|errno| io.complain(path, &errno))?;
        return Ok((SetTime::At(file.accessed()), SetTime::At(file.modified())));
    }
    let zone = zone(io);
    let time = match (parsed.value(b'd'), parsed.value(b't')) {
        (Some(text), _) => SetTime::At(read(text, &zone).ok_or_else(|| io.misuse(text, "not a date"))?),
        (None, Some(text)) => SetTime::At(stamp(text, &zone).ok_or_else(|| io.misuse(text, "not a time"))?),
        (None, None) => SetTime::Now,
    };
    Ok((time, time))
}

fn touch(
    path: &[u8],
    accessed: SetTime,
    modified: SetTime,
    follows: bool,
    creates: bool,
) -> linux::Result<()> {
    match retry(|| fs::set_times_at(CWD, path, accessed, modified, follows)) {
        Err(Errno::NOENT) if creates => {}
        touched => return touched,
    }
    let flags = OpenFlags::WRITE
        | OpenFlags::CREATE
        | OpenFlags::NONBLOCK
        | OpenFlags::NO_CONTROLLING_TERMINAL
        | OpenFlags::CLOSE_ON_EXEC;
    let file = retry(|| fs::open(path, flags, Mode::octal(0o666)))?;
    // What was just made has the present as its times.
    if (accessed, modified) == (SetTime::Now, SetTime::Now) {
        return Ok(());
    }
    retry(|| fs::set_open_times(&file, accessed, modified))
}
