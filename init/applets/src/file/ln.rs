//! `ln` (POSIX; `-b -S -i -n -r -t -T -v` are GNU's). With `-f` the old name is exchanged in one step: at no moment is there none.

use alloc::vec::Vec;

use linux::fd::CWD;
use linux::fs::{self, RenameFlags};
use linux::{Errno, Result};

use super::ask::{ask, say};
use super::backup::{self, Backup};
use super::path::{base, join, parent, trimmed};
use super::random::unused;
use super::resolve::{Needs, relative, resolve};
use super::target::Target;
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "ln",
    summary: "Make links",
    usage: "[OPTION]... FILE NAME\n[OPTION]... FILE... FOLDER\n[OPTION]... FILE    (into the current folder)\n[OPTION]... -t FOLDER FILE...",
    flags: flags![
        Flag::new(b's', "symbolic", "symbolic links"),
        Flag::new(b'f', "force", "in place of what is there"),
        Flag::new(b'i', "interactive", "ask before that"),
        Flag::new(b'n', "no-dereference", "a link to a folder is no folder to put links into"),
        Flag::new(b'T', "no-target-directory", "NAME is no folder to put links into"),
        Flag::with(b't', "target-directory", "FOLDER", "put links into FOLDER"),
        Flag::new(b'r', "relative", "with -s: from where the link is"),
        Flag::new(b'L', "logical", "link what symbolic links lead to"),
        Flag::new(b'P', "physical", "link symbolic links themselves (so without -L)"),
        backup::FLAG,
        backup::KIND,
        backup::SUFFIX,
        Flag::new(b'v', "verbose", "say what is made"),
    ],
    run: Run::Parsed(run),
};

struct Linker {
    is_symbolic: bool,
    is_relative: bool,
    follows: bool,
    asks: bool,
    replaces: bool,
    is_verbose: bool,
    backup: Option<Backup>,
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let linker = Linker {
        is_symbolic: parsed.has(b's'),
        is_relative: parsed.has(b'r'),
        follows: parsed.last_of(b"LP") == Some(b'L'),
        asks: parsed.last_of(b"fi") == Some(b'i'),
        replaces: parsed.has_any(b"fi"),
        is_verbose: parsed.has(b'v'),
        backup: Backup::new(io, parsed)?,
    };
    if linker.is_relative && !linker.is_symbolic {
        return Ok(io.misuse(b"-r", "only for symbolic links"));
    }
    let here: [&[u8]; 2];
    let operands = match parsed.operands.as_slice() {
        [file] if !parsed.has_any(b"tT") => {
            here = [file, b"."];
            here.as_slice()
        }
        operands => operands,
    };
    let Some(target) = Target::new(io, parsed, operands, parsed.has(b'n'))? else {
        return Ok(parsed.usage(io));
    };
    let mut status = Status::SUCCESS;
    for &file in target.sources {
        let name = target.name(file);
        let made = linker.link(io, file, &name);
        status = status.and(io.report(&name, made));
    }
    Ok(status)
}

impl Linker {
    fn link(&self, io: &mut Io<'_>, file: &[u8], name: &[u8]) -> Result<()> {
        let text = if self.is_relative { self.relative(file, name)? } else { file.to_vec() };
        match self.make(&text, name) {
            Err(Errno::EXIST) if self.replaces || self.backup.is_some() => {
                if self.asks && !ask(io, &[b"replace '", name, b"'"]) {
                    return Ok(());
                }
                self.replace(file, &text, name)?;
            }
            made => made?,
        }
        if self.is_verbose {
            let arrow: &[u8] = if self.is_symbolic { b"' -> '" } else { b"' => '" };
            say(io, &[b"'", name, arrow, &text, b"'"]);
        }
        Ok(())
    }

    fn make(&self, text: &[u8], name: &[u8]) -> Result<()> {
        match self.is_symbolic {
            true => fs::symlink(text, name),
            false => fs::link_at(CWD, text, CWD, name, self.follows),
        }
    }

    fn replace(&self, file: &[u8], text: &[u8], name: &[u8]) -> Result<()> {
        let old = fs::lstat(name)?;
        if old.is_directory() {
            return Err(Errno::ISDIR);
        }
        let identity = |file: &fs::Metadata| (file.device(), file.inode());
        let is_same = fs::lstat(file).is_ok_and(|file| identity(&file) == identity(&old));
        if is_same && !self.is_symbolic {
            // The two are one already, perhaps by the same name, which would be lost.
            return if is_same_name(file, name)? { Err(Errno::EXIST) } else { Ok(()) };
        }
        if is_same && is_same_name(file, name)? {
            return Err(Errno::EXIST);
        }
        if let Some(backup) = &self.backup {
            backup.keep(name, file)?;
        }
        let place = join(parent(name), b".ln");
        let ((), temporary) = unused((&place, 8, b""), &mut |place| self.make(text, place))?;
        let renamed = fs::rename_at(CWD, temporary.as_slice(), CWD, name, RenameFlags::empty());
        if renamed.is_err() {
            let _ = fs::unlink(temporary.as_slice());
        }
        renamed
    }

    fn relative(&self, file: &[u8], name: &[u8]) -> Result<Vec<u8>> {
        let folder = resolve(parent(name), Needs::Nothing, true)?;
        Ok(relative(&folder, &resolve(file, Needs::Nothing, true)?))
    }
}

fn is_same_name(left: &[u8], right: &[u8]) -> Result<bool> {
    let folder = |path| fs::stat(parent(path)).map(|folder| (folder.device(), folder.inode()));
    Ok(base(trimmed(left)) == base(trimmed(right)) && folder(left)? == folder(right)?)
}
