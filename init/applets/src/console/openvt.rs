//! `openvt` (kbd's and BusyBox's).

use alloc::vec::Vec;

use linux::Errno;
use linux::console::{activate, active, deallocate, first_free};
use linux::fd::{AsFd, OwnedFd};
use linux::fs::{Mode, OpenFlags, open};
use linux::process::{CloneFlags, Step};

use super::virtual_terminal::{self, number};
use crate::process::launch;
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "openvt",
    summary: "Run a command on a virtual terminal",
    usage: "[OPTION]... [COMMAND [WORD]...]    (a shell)",
    flags: flags![
        Flag::with(b'c', "console", "NUMBER", "on this one, not on the first that is free"),
        Flag::new(b's', "switch", "show it"),
        Flag::new(b'w', "wait", "wait for its end, and show the one of before again"),
        Flag::new(b'l', "login", "as a shell of somebody who logs in"),
        Flag::new(b'f', "force", "even if somebody uses it"),
        Flag::new(b'e', "exec", ""),
        Flag::new(b'v', "verbose", ""),
    ],
    run: Run::Leading(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let failed = |io: &mut Io<'_>, errno: Errno| io.complain(b"console", &errno);
    let wanted = parsed.value(b'c').map(|word| number(io, word)).transpose()?;
    let free = |console: &OwnedFd| {
        first_free(console).and_then(|number| u16::try_from(number).map_err(|_| Errno::NODEV))
    };
    let (number, console) = match wanted {
        // Who names a terminal and only has a command run there needs none to ask.
        Some(number) if !parsed.has(b's') => (number, None),
        _ => {
            let console = virtual_terminal::any().map_err(|errno| failed(io, errno))?;
            let number = wanted.map_or_else(|| free(&console), Ok).map_err(|errno| failed(io, errno))?;
            (number, Some(console))
        }
    };
    let mut path = b"/dev/tty".to_vec();
    query::text::decimal(number.into(), &mut path);
    let flags = OpenFlags::READ_WRITE | OpenFlags::NO_CONTROLLING_TERMINAL | OpenFlags::CLOSE_ON_EXEC;
    let terminal = open(path.as_slice(), flags, Mode::empty()).map_err(|errno| io.complain(&path, &errno))?;
    let shown = console.filter(|_| parsed.has(b's'));
    let former = shown.as_ref().map(active).transpose().map_err(|errno| failed(io, errno))?;
    let shell = io.variable("SHELL").filter(|shell| !shell.is_empty()).unwrap_or(b"/bin/sh");
    let mut words: Vec<&[u8]> = parsed.operands.clone();
    if words.is_empty() {
        words.push(shell);
        if parsed.has(b'l') {
            words.push(b"-l");
        }
    }
    if let Some(console) = &shown {
        activate(console, number).map_err(|errno| failed(io, errno))?;
    }
    let put = |to| Step::Put(terminal.as_fd(), to);
    let steps = [Step::Session, put(0), put(1), put(2), Step::Terminal(0)];
    let child = launch::child(io, &words, &steps, CloneFlags::empty(), None)?;
    drop(terminal);
    if !parsed.has(b'w') {
        return Ok(Status::SUCCESS);
    }
    let status = launch::end(io, child);
    if let Some((console, former)) = shown.zip(former) {
        let _ = activate(&console, former);
        let _ = deallocate(&console, number);
    }
    Ok(status)
}
