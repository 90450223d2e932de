//! `mv` (POSIX; `-b -n -S -t -T -u -v` are GNU's). From one file system to another things are copied with all that is known of them,
//! exchanged for what was there when they are whole, and then removed.

use alloc::vec::Vec;

use io::{Follow, Walk};
use linux::fd::CWD;
use linux::fs::{self, Access, RenameFlags};
use linux::{Errno, Result, retry};

use super::ask::{ask, say};
use super::backup::{self, Backup};
use super::copy::{Bytes, Copier, Keep, Old, When};
use super::path::{base, parent, terminated, trimmed};
use super::target::Target;
use crate::{Applet, Flag, Input, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "mv",
    summary: "Give files and folders another name or place",
    usage: "[OPTION]... FILE NAME\n[OPTION]... FILE... FOLDER\n[OPTION]... -t FOLDER FILE...",
    flags: flags![
        Flag::new(b'f', "force", "do not ask"),
        Flag::new(b'i', "interactive", "ask before replacing something"),
        Flag::new(b'n', "no-clobber", "replace nothing"),
        Flag::new(b'u', "", "only what is newer than what is there"),
        Flag::may(UPDATE, "update", "WHICH", "so: older (-u), all, none (-n)"),
        backup::FLAG,
        backup::KIND,
        backup::SUFFIX,
        Flag::with(b't', "target-directory", "FOLDER", "into FOLDER"),
        Flag::new(b'T', "no-target-directory", "NAME is no folder to move into"),
        Flag::new(EXCHANGE, "exchange", "the two change places"),
        Flag::new(SLASHES, "strip-trailing-slashes", "links with a slash behind them, too"),
        Flag::new(b'v', "verbose", "say what is moved"),
    ],
    run: Run::Parsed(run),
};

keys! { 128; UPDATE EXCHANGE SLASHES }

struct Mover {
    /// `f`, `i`, `n`, or 0.
    asks: u8,
    only_newer: bool,
    exchanges: bool,
    is_verbose: bool,
    backup: Option<Backup>,
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let update = match (parsed.last_of(&[b'u', UPDATE]), parsed.value(UPDATE)) {
        (Some(b'u'), _) | (_, Some(b"" | b"older")) => b'u',
        (_, Some(b"none")) => b'n',
        (_, Some(b"all") | None) => 0,
        (_, Some(word)) => return Ok(io.misuse(word, "not a choice here")),
    };
    let mover = Mover {
        asks: if update == b'n' { b'n' } else { parsed.last_of(b"fin").unwrap_or(0) },
        only_newer: update == b'u',
        exchanges: parsed.has(EXCHANGE),
        is_verbose: parsed.has(b'v'),
        backup: Backup::new(io, parsed)?,
    };
    let Some(target) = Target::new(io, parsed, &parsed.operands, false)? else { return Ok(parsed.usage(io)) };
    let mut status = Status::SUCCESS;
    for &source in target.sources {
        let source = if parsed.has(SLASHES) { trimmed(source) } else { source };
        status = status.and(mover.operand(io, source, &target.name(source)));
    }
    Ok(status)
}

impl Mover {
    fn operand(&self, io: &mut Io<'_>, source: &[u8], name: &[u8]) -> Status {
        let moved = match self.gives_way(io, source, name) {
            Ok(false) => return Status::SUCCESS,
            Ok(true) => self.rename(source, name),
            Err(errno) => Err(errno),
        };
        let status = match moved {
            Ok(()) => Status::SUCCESS,
            Err(Errno::XDEV) => match self.carry(io, source, name) {
                Status::SUCCESS => Status::SUCCESS,
                failed => return failed,
            },
            // Of the two it is more likely the source that is not there.
            Err(errno) => {
                let at_fault = if fs::lstat(source).is_err() { source } else { name };
                return io.complain(at_fault, &errno);
            }
        };
        if self.is_verbose {
            say(io, &[b"renamed '", source, b"' -> '", name, b"'"]);
        }
        status
    }

    /// Says whether what is there gives way, after keeping it if that was asked for.
    fn gives_way(&self, io: &mut Io<'_>, source: &[u8], name: &[u8]) -> Result<bool> {
        let asks_if_protected = self.asks == 0
            && matches!(&io.input, Input::Descriptor(input) if linux::terminal::size(*input).is_ok());
        if self.exchanges
            || self.asks != b'i' && !asks_if_protected && !self.only_newer && self.backup.is_none()
        {
            return Ok(true);
        }
        let Ok(old) = fs::lstat(name) else { return Ok(true) };
        let new = fs::lstat(source)?;
        if self.only_newer && old.modified() >= new.modified() {
            return Ok(false);
        }
        let is_protected = asks_if_protected
            && old.kind() != fs::FileKind::Symlink
            && fs::access(name, Access::WRITE) == Err(Errno::ACCES);
        let question: &[u8] = if is_protected { b"replace write-protected '" } else { b"overwrite '" };
        if (is_protected || self.asks == b'i') && !ask(io, &[question, name, b"'"]) {
            return Ok(false);
        }
        if let Some(backup) = &self.backup {
            if (old.device(), old.inode()) == (new.device(), new.inode()) && is_same_name(source, name)? {
                return Err(Errno::EXIST);
            }
            backup.keep(name, source)?;
        }
        Ok(true)
    }

    fn rename(&self, source: &[u8], name: &[u8]) -> Result<()> {
        let flags = match (self.exchanges, self.asks) {
            (true, _) => RenameFlags::EXCHANGE,
            (false, b'n') => RenameFlags::NO_REPLACE,
            _ => RenameFlags::empty(),
        };
        match fs::rename_at(CWD, source, CWD, name, flags) {
            Err(Errno::EXIST) if self.asks == b'n' => Ok(()),
            // File systems that do not know the flag.
            Err(Errno::INVAL) if self.asks == b'n' && fs::lstat(name).is_ok() => Ok(()),
            Err(Errno::INVAL) if self.asks == b'n' => fs::rename(source, name),
            Ok(()) if !self.exchanges => self.settle(source, name),
            done => done,
        }
    }

    /// The kernel leaves two names of one file as they are.
    fn settle(&self, source: &[u8], name: &[u8]) -> Result<()> {
        let Ok(left) = fs::lstat(source) else { return Ok(()) };
        let right = fs::lstat(name)?;
        if (left.device(), left.inode()) != (right.device(), right.inode()) || left.is_directory() {
            return Ok(());
        }
        if is_same_name(source, name)? { Err(Errno::EXIST) } else { retry(|| fs::unlink(source)) }
    }

    /// Moves something to another file system.
    fn carry(&self, io: &mut Io<'_>, source: &[u8], name: &[u8]) -> Status {
        let mut copier = Copier {
            is_recursive: true,
            follow: Follow::Never,
            keep: Keep::ALL,
            bytes: Bytes::new(When::Auto, When::Auto),
            old: Old::Replace,
            asks: false,
            only_newer: false,
            links: None,
            stays: false,
            only_attributes: false,
            is_verbose: false,
            backup: None,
            mode: None,
            seen: Vec::new(),
        };
        if self.asks == b'n' && fs::lstat(name).is_ok() {
            return Status::SUCCESS;
        }
        // A folder takes the place of an empty one only, as where it is renamed.
        if fs::lstat(source).is_ok_and(|file| file.is_directory())
            && let Err(errno) = fs::rmdir(name)
            && errno != Errno::NOENT
        {
            return io.complain(name, &errno);
        }
        let status = copier.operand(io, source, name);
        if status != Status::SUCCESS {
            return status;
        }
        remove(io, source)
    }
}

fn is_same_name(left: &[u8], right: &[u8]) -> Result<bool> {
    let folder = |path| fs::stat(parent(path)).map(|folder| (folder.device(), folder.inode()));
    Ok(base(left) == base(right) && folder(left)? == folder(right)?)
}

/// Removes what was copied.
fn remove(io: &mut Io<'_>, source: &[u8]) -> Status {
    let mut walk = Walk::of(&terminated(source), Follow::Never);
    let mut status = Status::SUCCESS;
    while let Some(found) = walk.next() {
        status = status.and(match found {
            Ok(visit) => io.report(visit.path, visit.remove()),
            Err(failure) => io.complain(&failure.path, &failure.errno),
        });
    }
    status
}
