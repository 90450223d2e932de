//! `w` (procps's and BusyBox's): who is logged in, and what runs in front of each terminal. A machine that keeps no record of
//! logins has nobody to name.

use alloc::vec::Vec;

use query::{Column, Rows, Value};
use system::processes::{self, Process};
use system::sessions::{Session, Sessions};

use super::who::terminal_of;
use crate::process::ps::terminal;
use crate::system::uptime;
use crate::zone::Zone;
use crate::{Applet, Flag, Io, JSON, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "w",
    summary: "Show who is logged in, and what they do",
    usage: "[OPTION]... [USER]",
    flags: flags![
        Flag::new(b'h', "no-header", "no lines above"),
        Flag::new(b's', "short", "without login time"),
        Flag::new(b'f', "from", "without where they come from"),
        Flag::new(b'u', "no-current", ""),
        Flag::new(b'i', "ip-addr", ""),
        Flag::new(b'o', "old-style", ""),
        Flag::rows("user line host since:n idle:d? args:s?"),
    ],
    run: Run::Parsed(run),
};

/// The columns, and the option that takes each away.
const COLUMNS: [(&str, &str, u8); 6] = [
    ("user", "USER", 0),
    ("line", "TTY", 0),
    ("host", "FROM", b'f'),
    ("since", "LOGIN@", b's'),
    ("idle", "IDLE", 0),
    ("args", "WHAT", 0),
];

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let user = match parsed.operands.as_slice() {
        [] => None,
        [user] => Some(*user),
        [_, extra, ..] => return Ok(io.misuse(extra, "one user is expected")),
    };
    let is_wanted = |key: u8| parsed.has(JSON) || key == 0 || !parsed.has(key);
    let title = |title| if parsed.has(b'h') { "" } else { title };
    let shown = COLUMNS.iter().filter(|column| is_wanted(column.2));
    let heads: Vec<Column<'_>> =
        shown.map(|column| Column { name: column.0, title: title(column.1) }).collect();
    let mut rows = Rows::new(&heads);
    let (all, zone) = (processes::all()?, Zone::of(io, true));
    for login in Sessions::now().logins.iter().filter(|login| user.is_none_or(|user| user == login.user)) {
        let values = row(login, &all, &zone).into_iter().zip(COLUMNS);
        rows.push(
            values.filter(|(_, column)| is_wanted(column.2)).map(|(value, _)| value).collect::<Vec<_>>(),
        );
    }
    if !parsed.has(JSON) && !parsed.has(b'h') {
        let now = uptime::now(io);
        uptime::print_line(&now, system::machine::uptime(), system::machine::load()?.averages, &mut io.out);
    }
    io.show(&rows, parsed);
    Ok(Status::SUCCESS)
}

fn row(login: &Session, all: &[Process], zone: &Zone) -> [Value; 6] {
    let mut since = Vec::new();
    zone.date(login.since).minute_text(&mut since);
    let idle = terminal_of(login).map(|found| found.1);
    // Of those in front, the one that started last is what he sees.
    let in_front = all.iter().filter(|process| process.is_foreground && terminal(process) == login.line);
    let newest = in_front.max_by_key(|process| (process.started, process.pid));
    [
        Value::text(&login.user),
        Value::text(&login.line),
        Value::text(&login.host),
        Value::Signed(login.since).shown(since),
        idle.map_or(Value::Unknown, |seconds| Value::Span(seconds.saturating_mul(1000))),
        newest.map_or(Value::Unknown, |process| Value::text(&process.arguments)),
    ]
}
