//! `rm` (POSIX; `-d`, `-I`, `-v`, `--one-file-system` and `--preserve-root` are GNU's).
//!
//! Below an operand everything is removed by the descriptor of its folder, so that a folder that somebody exchanges for a
//! link meanwhile leads nowhere else.

use io::{Follow, Step, Visit};
use linux::fd::{AsFd, CWD};
use linux::fs::{self, Access, FileKind, StatxFlags, StatxMask};
use linux::{Errno, retry};

use super::ask::{ask, say};
use super::path::{base, trimmed};
use super::root::{self, Root};
use super::tree::{Next, walk};
use crate::{Applet, Flag, Input, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "rm",
    summary: "Remove files and folders",
    usage: "[OPTION]... FILE...",
    flags: flags![
        Flag::new(b'f', "force", "ask nothing, and say nothing of what is not there"),
        Flag::new(b'i', "", "ask before each"),
        Flag::new(b'I', "", "ask once before more than three files, or folders with all in them"),
        Flag::may(INTERACTIVE, "interactive", "WHEN", "ask: never, once (-I) or always (-i)"),
        Flag::new(b'r', "recursive", "folders with all that is in them"),
        Flag::new(b'R', "", "same as -r"),
        Flag::new(b'd', "dir", "empty folders, too"),
        Flag::new(b'v', "verbose", "say what is removed"),
        Flag::new(ONE, "one-file-system", "leave out folders of other file systems"),
        Flag::may(
            root::KEEP,
            "preserve-root",
            "all",
            "never / (always so); all: no operand of another file system"
        ),
        Flag::new(root::ANY, "no-preserve-root", "also /"),
    ],
    run: Run::Parsed(run),
};

keys! { 128; INTERACTIVE ONE }

#[derive(Clone, Copy, PartialEq, Eq)]
enum Asks {
    Never,
    /// Before removing what may not be written, on a terminal.
    IfProtected,
    Once,
    Always,
}

struct Remover {
    asks: Asks,
    is_forced: bool,
    is_recursive: bool,
    removes_empty: bool,
    is_verbose: bool,
    stays: bool,
    root: Root,
    /// Whether an operand is left out that is of another file system than the folder above it.
    stays_above: bool,
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let remover = Remover {
        asks: asks(io, parsed)?,
        is_forced: matches!(parsed.last_of(&[b'f', b'i', b'I', INTERACTIVE]), Some(b'f')),
        is_recursive: parsed.has_any(b"rR"),
        removes_empty: parsed.has(b'd'),
        is_verbose: parsed.has(b'v'),
        stays: parsed.has(ONE),
        root: Root::of(parsed, true),
        stays_above: match parsed.value(root::KEEP).unwrap_or_default() {
            b"" => false,
            b"all" => true,
            word => return Ok(io.misuse(word, "not a choice here")),
        },
    };
    if parsed.operands.is_empty() {
        return Ok(if remover.is_forced { Status::SUCCESS } else { parsed.usage(io) });
    }
    if remover.asks == Asks::Once && (parsed.operands.len() > 3 || remover.is_recursive) {
        let what: &[u8] = if remover.is_recursive {
            b"remove all of this with what is in it"
        } else {
            b"remove all of this"
        };
        if !ask(io, &[what]) {
            return Ok(Status::SUCCESS);
        }
    }
    Ok(parsed
        .operands
        .iter()
        .fold(Status::SUCCESS, |status, operand| status.and(remover.operand(io, operand))))
}

fn asks(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Result<Asks, Status> {
    let protected = match &io.input {
        Input::Descriptor(input) if linux::terminal::size(*input).is_ok() => Asks::IfProtected,
        _ => Asks::Never,
    };
    Ok(match parsed.last_of(&[b'f', b'i', b'I', INTERACTIVE]) {
        None => protected,
        Some(b'f') => Asks::Never,
        Some(b'i') => Asks::Always,
        Some(b'I') => Asks::Once,
        Some(_) => match parsed.value(INTERACTIVE).unwrap_or_default() {
            b"" | b"always" | b"yes" => Asks::Always,
            b"once" => Asks::Once,
            b"never" | b"no" | b"none" => protected,
            word => return Err(io.misuse(word, "not a choice here")),
        },
    })
}

impl Remover {
    fn operand(&self, io: &mut Io<'_>, operand: &[u8]) -> Status {
        let name = trimmed(operand);
        if matches!(base(name), b"." | b"..") {
            return io.complain(operand, &"refusing to remove . and ..");
        }
        if name == b"/" && self.is_recursive && self.root.is_kept() {
            return io.complain(operand, &"refusing to remove the root (--no-preserve-root does)");
        }
        // A slash at its end asks for a folder.
        if matches!(self.asks, Asks::Never | Asks::Once) && operand.len() == name.len() {
            match retry(|| fs::unlink(operand)) {
                Ok(()) => return self.removed(io, operand, false),
                Err(Errno::ISDIR | Errno::PERM) => {}
                Err(errno) => return self.failed(io, operand, errno),
            }
        }
        let is_folder = match fs::lstat(name) {
            Ok(file) if operand.len() > name.len() && !file.is_directory() => {
                return self.failed(io, operand, Errno::NOTDIR);
            }
            Ok(file) => file.is_directory(),
            Err(errno) => return self.failed(io, operand, errno),
        };
        if is_folder && !self.is_recursive {
            return match self.removes_empty {
                false => io.complain(operand, &Errno::ISDIR),
                true if !self.may(io, operand, CWD, operand, b"remove directory") => Status::SUCCESS,
                true => match retry(|| fs::rmdir(operand)) {
                    Ok(()) => self.removed(io, operand, true),
                    Err(errno) => self.failed(io, operand, errno),
                },
            };
        }
        self.tree(io, operand)
    }

    /// Removes an operand with all that is below it.
    fn tree(&self, io: &mut Io<'_>, operand: &[u8]) -> Status {
        let home = fs::lstat(operand).map(|file| file.device());
        // The depth of the folder that cannot be removed, since something in it was not.
        let mut kept: Option<usize> = None;
        walk(io, operand, Follow::Never, false, &mut |io, visit| {
            let Visit { step, depth, path, .. } = *visit;
            if step == Step::Enter {
                return self.enter(io, visit, home, &mut kept);
            }
            let above = depth.checked_sub(1);
            if step == Step::Leave && kept == Some(depth) {
                kept = above;
                return (Status::SUCCESS, Next::Beside);
            }
            let is_folder = step == Step::Leave;
            let question: &[u8] = if is_folder { b"remove directory" } else { b"remove" };
            if !self.may(io, path, visit.folder, visit.name.to_bytes(), question) {
                kept = above;
                return (Status::SUCCESS, Next::Beside);
            }
            let status = match visit.remove() {
                Ok(()) => self.removed(io, path, is_folder),
                Err(errno) => {
                    kept = above;
                    self.failed(io, path, errno)
                }
            };
            (status, Next::Down)
        })
    }

    /// Decides whether a folder is gone into.
    fn enter(
        &self,
        io: &mut Io<'_>,
        visit: &Visit<'_>,
        home: linux::Result<(u32, u32)>,
        kept: &mut Option<usize>,
    ) -> (Status, Next) {
        let above = visit.depth.checked_sub(1);
        if visit.depth == 0 && self.root.refuses(io, visit) {
            return (Status::FAILURE, Next::Beside);
        }
        if visit.depth == 0 && self.stays_above && is_mounted(visit) {
            let reason = "left out, since the folder above it is of another file system";
            return (io.complain(visit.path, &reason), Next::Beside);
        }
        if self.stays && visit.metadata().map(|folder| folder.device()) != home {
            *kept = above;
            return (io.complain(visit.path, &"left out, since it is of another file system"), Next::Beside);
        }
        if self.asks == Asks::Always && !ask(io, &[b"descend into directory '", visit.path, b"'"]) {
            *kept = above;
            return (Status::SUCCESS, Next::Beside);
        }
        if visit.opened.is_none() {
            // What cannot be read may still be empty.
            *kept = above;
            if retry(|| fs::rmdir_at(visit.folder, visit.name)).is_ok() {
                *kept = None;
                return (self.removed(io, visit.path, true), Next::Beside);
            }
        }
        (Status::SUCCESS, Next::Down)
    }

    /// Asks, if that is to be asked.
    fn may(&self, io: &mut Io<'_>, path: &[u8], folder: impl AsFd, name: &[u8], question: &[u8]) -> bool {
        let look = || fs::statx(&folder, name, StatxFlags::NO_FOLLOW, StatxMask::BASIC);
        let protected = match self.asks {
            Asks::Never | Asks::Once => return true,
            Asks::Always => false,
            Asks::IfProtected => {
                let is_link = look().is_ok_and(|file| file.kind() == FileKind::Symlink);
                if is_link || fs::faccess(&folder, name, Access::WRITE) != Err(Errno::ACCES) {
                    return true;
                }
                true
            }
        };
        let protected: &[u8] = if protected { b" write-protected" } else { b"" };
        let kind: &[u8] = match look().map(|file| (file.kind(), file.size())) {
            _ if question != b"remove" => b"",
            Ok((FileKind::Regular, 0)) => b" regular empty file",
            Ok((FileKind::Regular, _)) => b" regular file",
            Ok((FileKind::Symlink, _)) => b" symbolic link",
            Ok((FileKind::Directory, _)) => b" directory",
            _ => b" special file",
        };
        ask(io, &[question, protected, kind, b" '", path, b"'"])
    }

    fn removed(&self, io: &mut Io<'_>, path: &[u8], is_folder: bool) -> Status {
        if self.is_verbose {
            let what: &[u8] = if is_folder { b"removed directory '" } else { b"removed '" };
            say(io, &[what, path, b"'"]);
        }
        Status::SUCCESS
    }

    fn failed(&self, io: &mut Io<'_>, path: &[u8], errno: Errno) -> Status {
        match errno {
            Errno::NOENT | Errno::NOTDIR if self.is_forced => Status::SUCCESS,
            errno => io.complain(path, &errno),
        }
    }
}

/// Says whether a folder is of another file system than the one above it.
fn is_mounted(visit: &Visit<'_>) -> bool {
    let above = visit.opened.map(|folder| fs::statx(folder, "..", StatxFlags::NO_FOLLOW, StatxMask::BASIC));
    above
        .zip(visit.metadata().ok())
        .is_some_and(|(above, own)| above.is_ok_and(|above| above.device() != own.device()))
}
