//! `mkdir` (POSIX; `-v` is GNU's).

use alloc::vec::Vec;

use linux::Errno;
use linux::fs::{self, Mode};

use super::ask::say;
use super::mode::{Change, mask, without_mask};
use super::path::{join, names, trimmed};
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "mkdir",
    summary: "Make folders",
    usage: "[OPTION]... FOLDER...",
    flags: flags![
        Flag::with(b'm', "mode", "MODE", "permissions, as chmod takes them"),
        Flag::new(b'p', "parents", "with those above it; one that is there already will do"),
        Flag::new(b'v', "verbose", "say what is made"),
    ],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if parsed.operands.is_empty() {
        return Ok(parsed.usage(io));
    }
    let mode = match parsed.value(b'm') {
        Some(text) => {
            let change = Change::parse(text).ok_or_else(|| io.misuse(text, "not a mode"))?;
            Some(change.applied(0o777, false))
        }
        None => None,
    };
    let is_verbose = parsed.has(b'v');
    let mut status = Status::SUCCESS;
    for &path in &parsed.operands {
        let made = match parsed.has(b'p') {
            true => with_parents(io, path, mode, is_verbose),
            false => make(io, path, mode, is_verbose),
        };
        status = status.and(io.report(path, made));
    }
    Ok(status)
}

fn make(io: &mut Io<'_>, path: &[u8], mode: Option<Mode>, is_verbose: bool) -> linux::Result<()> {
    make_folder(path, mode)?;
    if is_verbose {
        say(io, &[b"mkdir: created directory '", path, b"'"]);
    }
    Ok(())
}

/// Makes one folder; with a mode it has exactly that one.
pub(super) fn make_folder(path: &[u8], mode: Option<Mode>) -> linux::Result<()> {
    let Some(mode) = mode else { return fs::mkdir(path, Mode::octal(0o777)) };
    without_mask(|| fs::mkdir(path, mode))?;
    // The kernel leaves these out.
    if mode.intersects(Mode::SET_USER | Mode::SET_GROUP) { fs::chmod(path, mode) } else { Ok(()) }
}

/// Makes a folder with those above it; one that is there already will do.
pub(crate) fn make_all(path: &[u8]) -> linux::Result<()> {
    let mut so_far = if path.starts_with(b"/") { b"/".to_vec() } else { Vec::new() };
    for name in names(path) {
        so_far = join(&so_far, name);
        match make_folder(&so_far, None) {
            Err(errno) if is_there(&so_far).is_err() => return Err(errno),
            _ => {}
        }
    }
    Ok(())
}

fn with_parents(io: &mut Io<'_>, path: &[u8], mode: Option<Mode>, is_verbose: bool) -> linux::Result<()> {
    let path = trimmed(path);
    // Most often only the last one is missing.
    match make(io, path, mode, is_verbose) {
        Err(Errno::NOENT) if !path.is_empty() => {}
        Err(Errno::EXIST) => return is_there(path),
        made => return made,
    }
    // Whatever the mask says, the next one must be made in it (POSIX).
    let above = Some(Mode::octal(0o777 & !mask() | 0o300));
    let mut so_far = if path.starts_with(b"/") { b"/".to_vec() } else { Vec::new() };
    let mut parts = names(path).peekable();
    while let Some(name) = parts.next() {
        so_far = join(&so_far, name);
        let made = make(io, &so_far, if parts.peek().is_some() { above } else { mode }, is_verbose);
        match made {
            // Somewhere above it may also be one that we may not make another one in.
            Err(errno) if is_there(&so_far).is_err() => return Err(errno),
            _ => {}
        }
    }
    Ok(())
}

fn is_there(path: &[u8]) -> linux::Result<()> {
    if fs::stat(path)?.is_directory() { Ok(()) } else { Err(Errno::EXIST) }
}
