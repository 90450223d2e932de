//! `who` (POSIX; the names of GNU's options): who is logged in, by the record that logins keep. A machine without one has
//! nobody to name.

use alloc::vec::Vec;

use linux::fs::Mode;
use query::{Rows, Value};
use system::sessions::{Session, Sessions};

use super::terminal;
use crate::zone::Zone;
use crate::{Applet, Flag, Io, JSON, Outcome, Output, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "who",
    summary: "Show who is logged in",
    usage: "[OPTION]... [FILE]\nam i",
    flags: flags![
        Flag::new(b'a', "all", "the boot, the logins, and whether they take messages"),
        Flag::new(b'b', "boot", "when the machine was started"),
        Flag::new(b'H', "heading", "a line of titles"),
        Flag::new(b'm', "", "only the login on this terminal (also: am i)"),
        Flag::new(b'q', "count", "names in one line, and how many"),
        Flag::new(b's', "short", "name, terminal and time (the default)"),
        Flag::new(b'T', "mesg", "whether they take messages: + - or ?"),
        Flag::new(b'w', "message", ""),
        Flag::new(b'u', "users", "how long they have typed nothing, and their processes"),
        Flag::rows("user line since:n host pid:n idle:n?"),
    ],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let (mut sessions, is_own) = match parsed.operands.as_slice() {
        [] => (Sessions::now(), parsed.has(b'm')),
        [file] => (Sessions::parse(&system::file::read(file)?), parsed.has(b'm')),
        [_, _] => (Sessions::now(), true),
        [_, _, extra, ..] => return Ok(io.misuse(extra, "one file is expected")),
    };
    if is_own {
        let path = io.input.descriptor().and_then(terminal::name).unwrap_or_default();
        let line = path.strip_prefix(b"/dev/").unwrap_or_default();
        sessions.logins.retain(|login| login.line == line);
    }
    if parsed.has(JSON) {
        let mut rows = Rows::named("user line since host pid idle");
        for login in &sessions.logins {
            rows.push(row(login));
        }
        rows.json(&mut io.out);
    } else if parsed.has(b'q') {
        count(&sessions.logins, &mut io.out);
    } else {
        list(&sessions, parsed, &Zone::of(io, true), &mut io.out);
    }
    Ok(Status::SUCCESS)
}

fn row(login: &Session) -> [Value; 6] {
    let idle = terminal_of(login).map(|found| found.1);
    [
        Value::text(&login.user),
        Value::text(&login.line),
        Value::Signed(login.since),
        Value::text(&login.host),
        Value::Number(login.pid.into()),
        idle.map_or(Value::Unknown, Value::Number),
    ]
}

/// Says whether a login's terminal takes messages, and for how many seconds nothing has been typed there.
pub(super) fn terminal_of(login: &Session) -> Option<(bool, u64)> {
    let file = linux::fs::stat([b"/dev/", login.line.as_slice()].concat().as_slice()).ok()?;
    let idle = system::machine::now().saturating_sub(file.accessed().seconds);
    Some((file.permissions().contains(Mode::octal(0o020)), idle.try_into().unwrap_or(0)))
}

fn count(logins: &[Session], out: &mut Output<'_>) {
    for (index, login) in logins.iter().enumerate() {
        out.put(if index > 0 { b" " } else { b"" });
        out.printable(&login.user);
    }
    out.put(b"\n# users=");
    out.number(logins.len() as u64);
    out.put(b"\n");
}

fn list(sessions: &Sessions, parsed: &Parsed<'_>, zone: &Zone, out: &mut Output<'_>) {
    let (says_messages, says_idle) = (parsed.has_any(b"aTw"), parsed.has_any(b"au"));
    if parsed.has(b'H') {
        let idle: &[u8] = if says_idle { b"IDLE          PID COMMENT" } else { b"COMMENT" };
        columns(&[b"NAME", if says_messages { b" " } else { b"" }, b"LINE", b"TIME        ", idle], out);
    }
    if let Some(boot) = sessions.boot.as_ref().filter(|_| parsed.has_any(b"ab")) {
        columns(
            &[b"", if says_messages { b" " } else { b"" }, b"system boot", &time(boot.since, zone), b""],
            out,
        );
    }
    if parsed.has(b'b') && !parsed.has_any(b"au") {
        return;
    }
    for login in &sessions.logins {
        let terminal = terminal_of(login);
        let mark: &[u8] = match (says_messages, terminal) {
            (false, _) => b"",
            (_, Some((true, _))) => b"+",
            (_, Some((false, _))) => b"-",
            (_, None) => b"?",
        };
        let mut rest = Vec::new();
        if says_idle {
            idle(terminal.map(|found| found.1), &mut rest);
            let mut pid = Vec::new();
            query::text::decimal(login.pid.into(), &mut pid);
            rest.resize(rest.len() + 12_usize.saturating_sub(pid.len()), b' ');
            rest.extend_from_slice(&pid);
            rest.push(b' ');
        }
        if !login.host.is_empty() {
            rest.push(b'(');
            query::text::printable(&login.host, &mut rest);
            rest.push(b')');
        }
        columns(&[&login.user, mark, &login.line, &time(login.since, zone), &rest], out);
    }
}

/// Prints name, mark, terminal, time and the rest, each in its place.
fn columns(parts: &[&[u8]; 5], out: &mut Output<'_>) {
    let mut line = Vec::new();
    let [name, mark, terminal, time, rest] = parts;
    for (part, width) in [(name, 8), (mark, mark.len()), (terminal, 12), (time, 12)] {
        if !line.is_empty() && width > 0 {
            line.push(b' ');
        }
        let length = line.len();
        query::text::printable(part, &mut line);
        line.resize(line.len().max(length + width), b' ');
    }
    line.push(b' ');
    line.extend_from_slice(rest);
    out.put(line.trim_ascii_end());
    out.put(b"\n");
}

/// Gives `Nov 22 08:53`, as POSIX has it.
fn time(seconds: i64, zone: &Zone) -> Vec<u8> {
    let date = zone.date(seconds);
    let mut text = Vec::new();
    date.month_day_text(&mut text);
    text.push(b' ');
    date.minute_text(&mut text);
    text
}

/// Adds `hh:mm`, a dot for less than a minute, and `old` for more than a day.
fn idle(seconds: Option<u64>, text: &mut Vec<u8>) {
    match seconds {
        None => text.extend_from_slice(b"  ?  "),
        Some(..60) => text.extend_from_slice(b"  .  "),
        Some(86400..) => text.extend_from_slice(b" old "),
        Some(seconds) => {
            query::text::zero_padded(seconds / 3600, 2, text);
            text.push(b':');
            query::text::zero_padded(seconds / 60 % 60, 2, text);
        }
    }
}
