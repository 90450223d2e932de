//! `chattr` (e2fsprogs's; BusyBox has the same without `-f`). Words of letters behind `+`, `-` and `=` come before the files.

use alloc::vec::Vec;

use io::Follow;
use linux::Errno;
use linux::fs::{self, FileKind};
use query::text::parse_decimal;

use super::inode_flags::{ALL, FOLDERS, letters, open};
use super::tree::{self, Next};
use crate::{Applet, Arguments, Failure, Flag, Io, Outcome, Run, Status, options};

pub(crate) const APPLET: Applet = Applet {
    name: "chattr",
    summary: "Change the flags that file systems keep for files: aAcCdDeijmPsStTuFx",
    usage: "[OPTION]... +|-|=[LETTER]... FILE...",
    flags: flags![
        Flag::new(b'R', "", "also all that is in folders"),
        Flag::new(b'V', "", "say what is done"),
        Flag::new(b'f', "", "say nothing of what cannot be done"),
        Flag::with(b'v', "", "NUMBER", "set the number of the file's version"),
        Flag::with(b'p', "", "PROJECT", "set the project that the file belongs to"),
    ],
    run: Run::Words(run),
};

/// What is to be done to each file.
#[derive(Default)]
struct Change {
    add: u32,
    remove: u32,
    /// All flags, in place of those before.
    set: Option<u32>,
    version: Option<u32>,
    project: Option<u32>,
    is_deep: bool,
    is_verbose: bool,
    is_silent: bool,
}

fn run(io: &mut Io<'_>, arguments: Arguments<'_>) -> Status {
    match change(io, arguments) {
        Ok(status) | Err(Failure::Said(status)) => status,
        Err(Failure::System(error)) => io.complain(b"", &error),
    }
}

fn change(io: &mut Io<'_>, arguments: Arguments<'_>) -> Outcome {
    let mut change = Change::default();
    let mut has_change = false;
    let mut options = Vec::new();
    let mut words = arguments.words.iter().copied().peekable();
    while let Some(word) =
        words.next_if(|word| matches!(word, [b'+' | b'=', ..] | [b'-', _, ..]) && *word != b"--")
    {
        match word {
            [b'-', b'-', ..] => options.push(word),
            [sign, letters @ ..] => {
                let mut letters = letters;
                while let [letter, rest @ ..] = letters {
                    letters = rest;
                    if *sign == b'-' && matches!(letter, b'R' | b'V' | b'f') {
                        *match letter {
                            b'R' => &mut change.is_deep,
                            b'V' => &mut change.is_verbose,
                            _ => &mut change.is_silent,
                        } = true;
                        continue;
                    }
                    if *sign == b'-' && matches!(letter, b'v' | b'p') {
                        let word = if rest.is_empty() { words.next().unwrap_or_default() } else { rest };
                        let number = parse_decimal(word).and_then(|number| u32::try_from(number).ok());
                        let number = Some(number.ok_or_else(|| io.misuse(word, "is no number"))?);
                        has_change = true;
                        *if *letter == b'v' { &mut change.version } else { &mut change.project } = number;
                        break;
                    }
                    let flag = ALL.iter().find(|flag| flag.letter == *letter && flag.is_settable);
                    let bit = flag.ok_or_else(|| io.misuse(word, "no such flag"))?.bit;
                    match sign {
                        b'+' => change.add |= bit,
                        b'-' => change.remove |= bit,
                        _ => change.set = Some(change.set.unwrap_or(0) | bit),
                    }
                }
                if *sign == b'=' {
                    change.set.get_or_insert(0);
                }
                has_change |= change.set.is_some() || change.add | change.remove != 0;
            }
            [] => {}
        }
    }
    options.extend(words);
    let parsed = options::parse(Arguments { words: &options, ..arguments }, io, false)?;
    if !has_change || parsed.operands.is_empty() {
        return Ok(parsed.usage(io));
    }
    if change.set.is_some() && change.add | change.remove != 0 || change.add & change.remove != 0 {
        return Ok(io.misuse(b"", "these changes are against each other"));
    }
    let mut status = Status::SUCCESS;
    for operand in &parsed.operands {
        status = status.and(change.apply(io, operand));
    }
    Ok(status)
}

impl Change {
    fn apply(&self, io: &mut Io<'_>, operand: &[u8]) -> Status {
        tree::walk(io, operand, Follow::Never, self.is_silent, &mut |io, visit| {
            let next = if self.is_deep { Next::Down } else { Next::Beside };
            let is_entry = visit.step != io::Step::Leave;
            // Below a folder what can have no flags is passed over.
            let is_meant = visit.depth == 0 || matches!(visit.kind, FileKind::Regular | FileKind::Directory);
            if !is_entry || !is_meant {
                return (Status::SUCCESS, next);
            }
            let status = match self.one(io, visit) {
                Err(_) if self.is_silent => Status::FAILURE,
                Err(errno) => io.complain(visit.path, &errno),
                Ok(()) => Status::SUCCESS,
            };
            (status, next)
        })
    }

    fn one(&self, io: &mut Io<'_>, visit: &io::Visit<'_>) -> linux::Result<()> {
        if !matches!(visit.kind, FileKind::Regular | FileKind::Directory) {
            return Err(Errno::OPNOTSUPP);
        }
        let file = open(visit)?;
        if let Some(version) = self.version {
            fs::set_inode_version(&file, version)?;
        }
        if let Some(project) = self.project {
            fs::set_project(&file, project)?;
        }
        if self.set.is_none() && self.add | self.remove == 0 {
            return Ok(());
        }
        let former = fs::inode_flags(&file)?;
        let mut flags = self.set.unwrap_or(former & !self.remove | self.add);
        if visit.kind != FileKind::Directory {
            flags &= !FOLDERS;
        }
        fs::set_inode_flags(&file, flags)?;
        if self.is_verbose {
            io.out.put(b"Flags of ");
            io.out.printable(visit.path);
            io.out.put(b" set as ");
            io.out.put(&letters(flags));
            io.out.put(b"\n");
        }
        Ok(())
    }
}
