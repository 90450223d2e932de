//! `chmod` (POSIX; `-c -f -v`, `--reference` and `--preserve-root` are GNU's). Below an operand symbolic links are left alone, and a
//! file that is exchanged for one meanwhile is not changed through it.

use alloc::vec::Vec;

use io::{Follow, Step, Visit};
use linux::fd::{AsFd, BorrowedFd, CWD};
use linux::fs::{self, FileKind, Mode, OpenFlags};
use linux::{Errno, Result, retry};

use super::ask::say;
use super::mode::{Change, letters};
use super::root::{FLAGS, Root};
use super::tree::{Next, walk};
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "chmod",
    summary: "Change permissions",
    usage: "[OPTION]... MODE FILE...    (u=rwx,go-w,a+X or 755)\n[OPTION]... --reference=FILE FILE...",
    flags: flags![
        ..FLAGS,
        Flag::new(b'R', "recursive", "also of what is in folders"),
        Flag::new(b'c', "changes", "say what has changed"),
        Flag::new(b'v', "verbose", "say what is looked at"),
        Flag::new(b'f', "silent", "say nothing of most failures"),
        Flag::new(QUIET, "quiet", ""),
        Flag::with(REFERENCE, "reference", "FILE", "as those of FILE"),
        // Modes that begin with a dash.
        Flag::may(b'r', "", "", ""),
        Flag::may(b'w', "", "", ""),
        Flag::may(b'x', "", "", ""),
        Flag::may(b'X', "", "", ""),
        Flag::may(b's', "", "", ""),
        Flag::may(b't', "", "", ""),
        Flag::may(b'u', "", "", ""),
        Flag::may(b'g', "", "", ""),
        Flag::may(b'o', "", "", ""),
    ],
    run: Run::Parsed(run),
};

keys! { 128; QUIET REFERENCE }

/// The keys of options that are the first letter of a mode.
const LETTERS: &[u8] = b"rwxXstugo";

struct Changer {
    change: Change,
    mask: u32,
    says_changes: bool,
    says_all: bool,
    is_silent: bool,
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let mut operands = parsed.operands.as_slice();
    let dashed = parsed.options.iter().find(|(key, _)| LETTERS.contains(key));
    let change = match (parsed.value(REFERENCE), dashed) {
        (Some(path), _) => {
            let file = fs::stat(path).map_err(|errno| io.complain(path, &errno))?;
            Change::To { bits: file.permissions().bits(), all: true }
        }
        (None, dashed) => {
            let text = match (dashed, operands) {
                (Some((key, rest)), _) => [b"-", core::slice::from_ref(key), rest].concat(),
                (None, [mode, files @ ..]) => {
                    operands = files;
                    mode.to_vec()
                }
                (None, []) => return Ok(parsed.usage(io)),
            };
            Change::parse(&text).ok_or_else(|| io.misuse(&text, "not a mode"))?
        }
    };
    if operands.is_empty() {
        return Ok(parsed.usage(io));
    }
    let changer = Changer {
        change,
        mask: super::mode::mask(),
        says_changes: parsed.has_any(b"cv"),
        says_all: parsed.has(b'v'),
        is_silent: parsed.has_any(&[b'f', QUIET]),
    };
    let root = Root::of(parsed, false);
    let mut status = Status::SUCCESS;
    for &operand in operands {
        status = status.and(match parsed.has(b'R') {
            true => walk(io, operand, Follow::First, changer.is_silent, &mut |io, visit| match root
                .refuses(io, visit)
            {
                true => (Status::FAILURE, Next::Beside),
                false => (changer.visit(io, visit), Next::Down),
            }),
            false => changer.operand(io, operand),
        });
    }
    Ok(status)
}

impl Changer {
    /// Changes what a path leads to.
    fn operand(&self, io: &mut Io<'_>, path: &[u8]) -> Status {
        let result = fs::stat(path).and_then(|file| {
            let new = self.change.apply(file.mode_bits() & 0o7777, file.is_directory(), self.mask);
            fs::chmod(path, Mode::octal(new))?;
            Ok((file.mode_bits(), new))
        });
        self.tell(io, path, result)
    }

    fn visit(&self, io: &mut Io<'_>, visit: &Visit<'_>) -> Status {
        if visit.step == Step::Leave || visit.kind == FileKind::Symlink && visit.depth > 0 {
            return Status::SUCCESS;
        }
        let result = visit.metadata().and_then(|file| {
            let new = self.change.apply(file.mode_bits() & 0o7777, file.is_directory(), self.mask);
            match visit.opened {
                Some(folder) => fs::fchmod(folder, Mode::octal(new)),
                None if visit.follows => fs::chmod_at(visit.folder, visit.name, Mode::octal(new)),
                None => set(visit.folder, visit.name.to_bytes(), Mode::octal(new)),
            }?;
            Ok((file.mode_bits(), new))
        });
        self.tell(io, visit.path, result)
    }

    fn tell(&self, io: &mut Io<'_>, path: &[u8], result: Result<(u32, u32)>) -> Status {
        let (old, new) = match result {
            Ok((old, new)) => (old & 0o7777, new),
            Err(_) if self.is_silent => return Status::FAILURE,
            Err(errno) => return io.complain(path, &errno),
        };
        let shown = |mode: u32| {
            let mut text = Vec::new();
            text.push(b'0');
            for shift in [6, 3, 0] {
                text.push(b'0' + (mode >> shift & 7) as u8);
            }
            if mode > 0o777
                && let Some(first) = text.first_mut()
            {
                *first = b'0' + (mode >> 9 & 7) as u8;
            }
            [&text, b" (".as_slice(), &letters(mode), b")"].concat()
        };
        if old != new && self.says_changes {
            say(io, &[b"mode of '", path, b"' changed from ", &shown(old), b" to ", &shown(new)]);
        } else if old == new && self.says_all {
            say(io, &[b"mode of '", path, b"' retained as ", &shown(old)]);
        }
        Status::SUCCESS
    }
}

/// Sets the permissions of a file by its name in a folder, but not through a link.
pub(super) fn set(folder: BorrowedFd<'_>, name: &[u8], mode: Mode) -> Result<()> {
    match fs::chmod_itself(folder, name, mode) {
        Err(Errno::NOSYS | Errno::PERM) => {}
        done => return done,
    }
    // Before Linux 6.6: what the descriptor stands for cannot be exchanged.
    let flags = OpenFlags::PATH | OpenFlags::NO_FOLLOW | OpenFlags::CLOSE_ON_EXEC;
    let file = retry(|| fs::openat(folder, name, flags, Mode::empty()))?;
    if fs::fstat(&file)?.kind() == FileKind::Symlink {
        return Err(Errno::OPNOTSUPP);
    }
    let path = alloc::format!("/proc/self/fd/{}", file.as_fd().as_raw());
    match fs::chmod_at(CWD, path.as_str(), mode) {
        // No /proc: then there is no other way.
        Err(Errno::NOENT) => fs::chmod_at(folder, name, mode),
        done => done,
    }
}
