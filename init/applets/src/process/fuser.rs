//! `fuser` (POSIX; `-k -m -s -v` are those of psmisc and BusyBox). As with those, the numbers go to standard output, and the
//! name and the letters that say how it is used to standard error: `c` folder, `e` program, `r` root folder, `m` mapped.

use alloc::vec::Vec;

use linux::process::{Pid, getpid, kill};
use query::{Rows, Value};
use system::processes;

use super::{select, signals};
use crate::{Applet, Arguments, Flag, Io, JSON, Outcome, Run, Status, options};

pub(crate) const APPLET: Applet = Applet {
    name: "fuser",
    summary: "Print the numbers of the processes that use files",
    usage: "[-SIGNAL] [OPTION]... FILE...",
    flags: flags![
        Flag::new(b'm', "mount", "all files of the same file system"),
        Flag::new(b'c', "", ""),
        Flag::new(b'k', "kill", "send them a signal (KILL)"),
        Flag::new(b's', "silent", "only the status"),
        Flag::new(b'u', "user", "with the names of their users"),
        Flag::new(b'f', "", ""),
        Flag::rows("file pid:n uses"),
    ],
    run: Run::Words(run),
};

/// The links of a process, and their letters.
const LINKS: [(&[u8], u8); 3] = [(b"cwd", b'c'), (b"exe", b'e'), (b"root", b'r')];

fn run(io: &mut Io<'_>, arguments: Arguments<'_>) -> Status {
    let outcome = show(io, arguments);
    io.settle(outcome)
}

fn show(io: &mut Io<'_>, arguments: Arguments<'_>) -> Outcome {
    let mut words: Vec<&[u8]> = arguments.words.to_vec();
    let signal = select::take_signal(&mut words).unwrap_or(b"KILL");
    let parsed = options::parse(Arguments { words: &words, ..arguments }, io, false)?;
    if parsed.operands.is_empty() {
        return Ok(parsed.usage(io));
    }
    let all = processes::all()?;
    let names = system::users::Names::read();
    let mut rows = Rows::named("file pid uses");
    let mut status = Status::SUCCESS;
    for name in &parsed.operands {
        let file = match linux::fs::stat(*name) {
            Ok(file) => file,
            Err(errno) => {
                status = status.and(io.complain(name, &errno));
                continue;
            }
        };
        let is_meant = |other: &linux::fs::Metadata| {
            other.device() == file.device() && (parsed.has_any(b"mc") || other.inode() == file.inode())
        };
        let is_shown = !parsed.has_any(&[b's', JSON]);
        let mut has_any = false;
        for process in &all {
            let letters = uses(process.pid, &is_meant);
            let Some(letters) = letters else { continue };
            if !has_any && is_shown {
                io.err.printable(name);
                io.err.put(b":");
                io.err.flush();
            }
            has_any = true;
            if is_shown {
                io.out.put(b" ");
                io.out.number(process.pid.into());
                io.out.flush();
                io.err.put(&letters);
                if parsed.has(b'u') {
                    io.err.put(b"(");
                    io.err.put(&names.user(process.user));
                    io.err.put(b")");
                }
                io.err.flush();
            }
            rows.push([Value::text(name), Value::Number(process.pid.into()), Value::text(&letters)]);
            if parsed.has(b'k')
                && process.pid != getpid().get().unsigned_abs()
                && let Some(pid) = Pid::new(process.pid.cast_signed())
            {
                let _ = kill(pid, signals::parse(signal).flatten());
            }
        }
        if has_any && is_shown {
            io.err.put(b"\n");
        }
        status = status.and(Status::from(has_any));
    }
    if parsed.has(JSON) {
        rows.json(&mut io.out);
    }
    Ok(status)
}

/// Gives the letters that say how a process uses a file; nothing if it does not.
fn uses(pid: u32, is_meant: &dyn Fn(&linux::fs::Metadata) -> bool) -> Option<Vec<u8>> {
    let is_at = |name: &[u8]| {
        linux::fs::stat(processes::path(pid, name).as_slice()).is_ok_and(|file| is_meant(&file))
    };
    let mut letters: Vec<u8> = LINKS.iter().filter(|link| is_at(link.0)).map(|link| link.1).collect();
    let mut is_open = false;
    for (folder, letter) in [(&b"fd"[..], None), (b"map_files", Some(b'm'))] {
        // Of others' processes the folder cannot be read.
        let names = system::folder::names(&processes::path(pid, folder)).unwrap_or_default();
        if names.iter().any(|name| is_at(&[folder, b"/", name].concat())) {
            match letter {
                None => is_open = true,
                Some(letter) if !letters.contains(&b'e') => letters.push(letter),
                Some(_) => {}
            }
        }
    }
    (is_open || !letters.is_empty()).then_some(letters)
}
