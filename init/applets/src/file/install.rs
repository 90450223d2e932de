//! `install` (GNU; BusyBox has `-c -d -D -g -m -o -p -t -T -v`). A file is exchanged for the new one when that is whole.

use alloc::vec::Vec;

use io::Follow;
use linux::fs::{self, Mode, SetTime};
use linux::process::CloneFlags;
use system::users::Names;

use super::backup::{self, Backup};
use super::copy::{Bytes, Copier, Keep, Old, When};
use super::mode::Change;
use super::owner::Owner;
use super::path::parent;
use super::target::Target;
use crate::process::launch;
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "install",
    summary: "Copy files with owner and permissions, or make folders",
    usage: "[OPTION]... FILE NAME\n[OPTION]... FILE... FOLDER\n[OPTION]... -t FOLDER FILE...\n-d [OPTION]... FOLDER...",
    flags: flags![
        Flag::with(b'm', "mode", "MODE", "permissions, as chmod takes them; 755 without it"),
        Flag::with(b'o', "owner", "USER", "owner"),
        Flag::with(b'g', "group", "GROUP", "group"),
        Flag::new(b'd', "directory", "make folders, with those above them"),
        Flag::new(b'D', "", "make the folders above NAME, or FOLDER of -t"),
        Flag::new(b'p', "preserve-timestamps", "keep times"),
        Flag::new(b'C', "compare", "leave alone what is the same already"),
        backup::FLAG,
        backup::KIND,
        backup::SUFFIX,
        Flag::with(b't', "target-directory", "FOLDER", "into FOLDER"),
        Flag::new(b'T', "no-target-directory", "NAME is no folder to copy into"),
        Flag::new(b's', "strip", "take the symbols out of programs, by strip"),
        Flag::with(STRIP, "strip-program", "PROGRAM", "by PROGRAM"),
        Flag::new(b'v', "verbose", "say what is copied"),
        Flag::new(b'c', "", ""),
    ],
    run: Run::Parsed(run),
};

const STRIP: u8 = 128;

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let (mode, owner) = wanted(io, parsed)?;
    if parsed.has(b'd') {
        if parsed.operands.is_empty() {
            return Ok(parsed.usage(io));
        }
        let mut status = Status::SUCCESS;
        for &folder in &parsed.operands {
            let made = super::mkdir::make_all(folder)
                .and_then(|()| settle(folder, owner, mode.applied(0o755, true)));
            status = status.and(io.report(folder, made));
        }
        return Ok(status);
    }
    if parsed.has(b'D') {
        let folder = parsed.value(b't').or(parsed.operands.last().map(|name| parent(name)));
        let made = super::mkdir::make_all(folder.unwrap_or(b"."));
        if made.is_err() {
            return Ok(io.report(folder.unwrap_or_default(), made));
        }
    }
    let Some(target) = Target::new(io, parsed, &parsed.operands, false)? else { return Ok(parsed.usage(io)) };
    let mode = mode.applied(0, false);
    // A strip writes the file anew, and nobody else may run it before it has its owner.
    let is_settled_last = owner != Owner::default() || parsed.has(b's');
    let mut copier = Copier {
        is_recursive: false,
        follow: Follow::First,
        keep: Keep { times: parsed.has(b'p'), ..Keep::default() },
        bytes: Bytes::new(When::Auto, When::Auto),
        old: Old::Replace,
        asks: false,
        only_newer: false,
        links: None,
        stays: false,
        only_attributes: false,
        is_verbose: parsed.has(b'v'),
        backup: Backup::new(io, parsed)?,
        mode: Some(if is_settled_last { Mode::octal(0o600) } else { mode }),
        seen: Vec::new(),
    };
    let mut status = Status::SUCCESS;
    for &source in target.sources {
        let name = target.name(source);
        if parsed.has(b'C') && is_same(source, &name, owner, mode) {
            continue;
        }
        let mut done = copier.operand(io, source, &name);
        if done == Status::SUCCESS && parsed.has(b's') {
            done = strip(io, parsed.value(STRIP).unwrap_or(b"strip"), &name);
        }
        if done == Status::SUCCESS && is_settled_last {
            let settled = settle(&name, owner, mode).and_then(|()| match parsed.has(b'p') {
                true => fs::stat(source).and_then(|file| {
                    fs::set_times(name.as_slice(), SetTime::At(file.accessed()), SetTime::At(file.modified()))
                }),
                false => Ok(()),
            });
            done = io.report(&name, settled);
        }
        status = status.and(done);
    }
    Ok(status)
}

/// Has a program strip a file; one that could not be stripped is not left there.
fn strip(io: &mut Io<'_>, program: &[u8], name: &[u8]) -> Status {
    let child = launch::child(io, &[program, name], &[], CloneFlags::empty(), None);
    let status = match child.map(launch::wait) {
        Ok(Ok(ended)) => launch::status(ended),
        Ok(Err(errno)) => io.complain(program, &errno),
        Err(status) => status,
    };
    if status == Status::SUCCESS {
        return status;
    }
    let _ = fs::unlink(name);
    io.complain(name, &"could not be stripped")
}

fn wanted(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Result<(Change, Owner), Status> {
    let text = parsed.value(b'm').unwrap_or(b"755");
    let mode = Change::parse(text).ok_or_else(|| io.misuse(text, "not a mode"))?;
    if !parsed.has_any(b"og") {
        return Ok((mode, Owner::default()));
    }
    let names = Names::read();
    let mut owner = Owner::default();
    if let Some(text) = parsed.value(b'o') {
        owner.user = Some(names.find_user(text).ok_or_else(|| io.complain(text, &"no such user"))?);
    }
    if let Some(text) = parsed.value(b'g') {
        owner.group = Some(names.find_group(text).ok_or_else(|| io.complain(text, &"no such group"))?);
    }
    Ok((mode, owner))
}

/// Gives it its owner, then its permissions, which a change of the owner takes bits from.
fn settle(path: &[u8], owner: Owner, mode: Mode) -> linux::Result<()> {
    if owner != Owner::default() {
        fs::chown(path, owner.user, owner.group)?;
    }
    fs::chmod(path, mode)
}

/// Says whether a file is there already as it should be.
fn is_same(source: &[u8], name: &[u8], owner: Owner, mode: Mode) -> bool {
    let (Ok(new), Ok(old)) = (fs::stat(source), fs::lstat(name)) else { return false };
    new.size() == old.size()
        && old.permissions() == mode
        && owner.is_of(&old)
        && system::file::read(source).is_ok_and(|new| system::file::read(name).is_ok_and(|old| new == old))
}
