//! `su` (util-linux's and BusyBox's). Without `-l` the environment stays but for HOME, SHELL, and, unless the user is root, USER and
//! LOGNAME, which are set here for root too. Who is not root needs the user's password, and a program that root owns and that is
//! set to act for him.

use core::time::Duration;

use alloc::vec::Vec;

use linux::process::{geteuid, getuid};

use super::accounts::Accounts;
use super::password::{self, ask};
use super::session::{Environment, User, record, shell};
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "su",
    summary: "Run a shell as another user (root)",
    usage: "[OPTION]... [-] [USER [WORD]...]",
    flags: flags![
        Flag::new(b'l', "login", "as if he had logged in; so does a dash alone"),
        Flag::with(b'c', "command", "LINE", "have the shell run LINE"),
        Flag::with(b's', "shell", "FILE", "this shell, not his"),
        Flag::with(b'g', "group", "GROUP", "in this group (by root alone)"),
        Flag::new(b'm', "", "leave the environment as it is"),
        Flag::new(b'p', "preserve-environment", "so, too"),
        Flag::new(b'f', "fast", "give the shell -f"),
    ],
    run: Run::Parsed(run),
};

/// How long a wrong password is answered with nothing.
const PAUSE: Duration = Duration::from_secs(3);

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let mut operands = parsed.operands.as_slice();
    let mut is_login = parsed.has(b'l');
    if let [b"-", rest @ ..] = operands {
        (is_login, operands) = (true, rest);
    }
    let (name, words) = match operands {
        [] => (&b"root"[..], operands),
        [name, words @ ..] => (*name, words),
    };
    let is_root = getuid() == 0;
    if geteuid() != 0 {
        return Ok(io.complain(b"", &"this program must act for root"));
    }
    let accounts = Accounts::at(b"");
    let fields = accounts.entry(io, "passwd", name);
    let mut user = fields.ok().as_deref().and_then(User::new);
    if !is_root {
        let kept = password::kept(io, &accounts, name)?;
        let is_open = kept.as_ref().is_some_and(Vec::is_empty);
        let is_right = is_open
            || ask(io, b"Password: ").is_some_and(|given| password::is_right(kept.as_deref(), &given));
        record(io, &[if is_right { b"+ " } else { b"- " }, name]);
        if !is_right {
            linux::time::sleep(PAUSE);
            return Ok(io.complain(b"", &"incorrect password"));
        }
    }
    let Some(user) = &mut user else { return Ok(Status::FAILURE) };
    if let Some(group) = parsed.value(b'g') {
        let number = system::users::Names::read().group_number(group);
        user.group = number.filter(|_| is_root).ok_or_else(|| io.complain(group, &"not this group"))?;
    }
    let keeps = parsed.has_any(b"mp") && !is_login;
    let wanted = parsed.value(b's').or(io.variable("SHELL").filter(|_| keeps));
    let program = match wanted {
        // A shell that is not one for people must not be got round.
        Some(wanted) if is_root || is_listed(&user.shell) => wanted.to_vec(),
        _ => user.shell.clone(),
    };
    let how = match (is_login, keeps) {
        (true, _) => Environment::Fresh,
        (_, true) => Environment::Same,
        _ => Environment::Changed,
    };
    let variables = user.variables(io, how);
    user.become_him().map_err(|errno| io.complain(name, &errno))?;
    if is_login && linux::fs::chdir(user.home.as_slice()).is_err() {
        io.complain(&user.home, &"no folder to begin in");
    }
    let mut all: Vec<&[u8]> = Vec::new();
    all.extend(parsed.has(b'f').then_some(&b"-f"[..]));
    if let Some(line) = parsed.value(b'c') {
        all.extend([b"-c", line]);
    }
    all.extend_from_slice(words);
    Ok(shell(io, &program, &all, is_login, &variables))
}

/// Says whether `/etc/shells` has a shell; without that file, the usual one alone is.
fn is_listed(shell: &[u8]) -> bool {
    match system::file::read(b"/etc/shells") {
        Ok(text) => text.split(|byte| *byte == b'\n').any(|line| line.trim_ascii() == shell),
        Err(_) => matches!(shell, b"/bin/sh" | b"/bin/ash" | b"/bin/bash"),
    }
}
