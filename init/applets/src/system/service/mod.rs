//! `service`: shows and changes the services that process 1 looks after, and checks their files before it reads them.
//!
//! It is a command of this project alone: `service NAME ACTION` of System V, which ran a script, is not understood.

mod ask;
mod chart;
mod check;
mod import;
mod notify;

use alloc::vec::Vec;

use query::{Rows, Value};

use super::log::Wanted;
use crate::{Applet, Flag, Io, JSON, Outcome, Parsed, Run, Status};
use ask::Row;

pub(crate) const APPLET: Applet = Applet {
    name: "service",
    summary: "Show, start and stop services, or check their files",
    usage: "list|tree|boot-chart\nlogs NAME...\nstatus|start|stop|restart NAME...\nreload [NAME]\nreexec\nnotify NAME=VALUE...\ncheck [FOLDER|INITTAB]\nimport FILE...\nkeys",
    flags: flags![
        Flag::new(b'f', "follow", "of logs: wait for more at the end"),
        Flag::new(b'n', "no-wait", "do not wait until it has come to that"),
        Flag::with(OUTPUT, "output", "FOLDER", "import: write files into this folder"),
        Flag::with(FD, "fd", "NUMBER", "notify: hand over this descriptor, too"),
        Flag::new(SVG, "svg", "boot-chart: draw it, as a picture in SVG"),
        Flag::rows(
            "start_us:N? ready_us:N? end_us:N? time:S microseconds:N level:S facility:S? origin:S service:S? tag:S? message:S name:S state:S pid:N? restarts:N since_seconds:D ended:N? waits_for:S? needs:L out_of_memory:N unmet:S? step:N after:L critical:B key:S value:S help:S description:S"
        ),
    ],
    run: Run::Parsed(run),
};

/// The status of `status` for one that does not run, as of System V's scripts.
const NOT_RUNNING: Status = Status(3);

/// The folder that gets what is imported.
const OUTPUT: u8 = b'o';

/// A picture.
const SVG: u8 = 129;

/// A descriptor to hand over.
const FD: u8 = 128;

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let Some((verb, names)) = parsed.operands.split_first() else { return Ok(parsed.usage(io)) };
    match (*verb, names) {
        (b"list", []) => {
            let rows = ask::list()?;
            show(io, parsed, &rows);
            Ok(Status::SUCCESS)
        }
        (b"tree", []) => {
            let rows = ask::list()?;
            if parsed.has(JSON) {
                show(io, parsed, &rows);
            } else {
                tree(io, &rows);
            }
            Ok(Status::SUCCESS)
        }
        (b"boot-chart", []) => chart::run(io, parsed),
        (b"status", [_, ..]) => status(io, parsed, names),
        (b"start" | b"stop" | b"restart", [_, ..]) => change(io, parsed, verb, names),
        (b"reload", []) => match check::mistakes(io)? {
            // Process 1 would refuse it, and could tell the log alone.
            Status::SUCCESS => ask::change(io, b"read", b""),
            status => Ok(status),
        },
        (b"reload", names) => {
            let mut status = Status::SUCCESS;
            for name in names {
                status = status.and(ask::change(io, b"reload", name)?);
            }
            Ok(status)
        }
        (b"notify", [_, ..]) => notify::run(io, parsed, names),
        (b"reexec", []) => ask::succeed(io),
        (b"logs", [_, ..]) => logs(io, parsed, names),
        (b"check", []) => check::run(io, parsed, None),
        (b"check", [path]) => check::run(io, parsed, Some(path)),
        (b"import", [_, ..]) => import::run(io, parsed, names),
        (b"import", []) => Ok(io.misuse(verb, "the name of a file is expected")),
        (b"keys", []) => {
            check::keys(io, parsed);
            Ok(Status::SUCCESS)
        }
        (b"status" | b"start" | b"stop" | b"restart" | b"logs", []) => {
            Ok(io.misuse(verb, "the name of a service is expected"))
        }
        (b"list" | b"tree" | b"boot-chart" | b"check" | b"keys" | b"reexec", [.., extra]) => {
            Ok(io.misuse(extra, "no operand is expected"))
        }
        _ => {
            let verbs = [
                "boot-chart",
                "check",
                "import",
                "keys",
                "list",
                "logs",
                "notify",
                "reexec",
                "reload",
                "restart",
                "start",
                "status",
                "stop",
                "tree",
            ];
            let status = io.misuse(verb, "there is no such action");
            crate::suggestion::print(&query::nearest(verb, verbs.into_iter()), "", &mut io.err);
            Ok(status)
        }
    }
}

fn show(io: &mut Io<'_>, parsed: &Parsed<'_>, list: &[Row]) {
    let columns = "name=NAME state=STATE pid=PID restarts=RESTARTS since_seconds=SINCE ended=ENDED waits_for=WAITS-FOR needs= \
                   out_of_memory= unmet=UNMET description=DESCRIPTION";
    let mut rows = Rows::named(columns);
    for row in list {
        let text = |text: &[u8]| if text.is_empty() { Value::Unknown } else { Value::text(text) };
        let needs: Vec<Value> = row.needs().map(Value::text).collect();
        rows.push([
            Value::text(&row.name),
            Value::text(&row.state),
            Value::Number(row.pid),
            Value::Number(row.restarts),
            Value::Span(row.age_ms),
            row.ended.map_or(Value::Unknown, Value::Number),
            text(&row.waits_for),
            // People have the tree for that.
            Value::List(if parsed.has(JSON) { needs } else { Vec::new() }),
            if parsed.has(JSON) { Value::Number(row.out_of_memory) } else { Value::Unknown },
            text(&row.unmet),
            Value::text(&row.description),
        ]);
    }
    io.show(&rows, parsed);
}

fn status(io: &mut Io<'_>, parsed: &Parsed<'_>, names: &[&[u8]]) -> Outcome {
    let mut list = ask::list()?;
    let mut status = Status::SUCCESS;
    for name in names {
        match list.iter().find(|row| row.name == *name) {
            Some(row) if row.is_well() => {}
            Some(_) => status = status.and(NOT_RUNNING),
            None => status = status.and(unknown(io, &list, name)),
        }
    }
    list.retain(|row| names.contains(&row.name.as_slice()));
    show(io, parsed, &list);
    Ok(status)
}

/// Shows what services have said, as `log -u` does.
fn logs(io: &mut Io<'_>, parsed: &Parsed<'_>, names: &[&[u8]]) -> Outcome {
    let list = ask::list()?;
    if let Some(name) = names.iter().find(|name| !list.iter().any(|row| row.name == **name)) {
        return Ok(unknown(io, &list, name));
    }
    let mut wanted = Wanted::all(parsed.has(JSON));
    wanted.services = names.to_vec();
    wanted.follows = parsed.has(b'f');
    wanted.show(io)
}

/// Asks for a change of each, and waits until all have come to it.
fn change(io: &mut Io<'_>, parsed: &Parsed<'_>, verb: &[u8], names: &[&[u8]]) -> Outcome {
    let list = ask::list()?;
    for name in names {
        if !list.iter().any(|row| row.name == *name) {
            return Ok(unknown(io, &list, name));
        }
        let status = ask::change(io, verb, name)?;
        if status != Status::SUCCESS {
            return Ok(status);
        }
    }
    if parsed.has(b'n') {
        return Ok(Status::SUCCESS);
    }
    let mut status = Status::SUCCESS;
    for name in names {
        let Some(row) = ask::settled(name)? else { continue };
        let is_right = if verb == b"stop" { row.pid == 0 } else { row.is_well() };
        if !is_right {
            let waits = if row.waits_for.is_empty() { "" } else { " for " };
            let reason =
                alloc::format!("it is {}{waits}{}", row.state.escape_ascii(), row.waits_for.escape_ascii());
            status = status.and(io.complain(name, &reason));
        }
    }
    Ok(status)
}

fn unknown(io: &mut Io<'_>, list: &[Row], name: &[u8]) -> Status {
    let refusal = check::refusal(name);
    if !refusal.is_empty() {
        return refusal
            .iter()
            .fold(Status::FAILURE, |_, why| io.complain(name, &alloc::format!("refused: {why}")));
    }
    let status = io.complain(name, &"there is no such service");
    let names = list.iter().filter_map(|row| core::str::from_utf8(&row.name).ok());
    crate::suggestion::print(&query::nearest(name, names), "", &mut io.err);
    status
}

/// Shows each that nobody needs, and below it what it needs; there are no circles.
fn tree(io: &mut Io<'_>, list: &[Row]) {
    let is_needed = |name: &[u8]| list.iter().any(|row| row.needs().any(|need| need == name));
    let roots = list.iter().filter(|row| !is_needed(&row.name));
    let mut waiting: Vec<(usize, &Row)> = roots.map(|row| (0, row)).collect();
    waiting.reverse();
    while let Some((depth, row)) = waiting.pop() {
        for _ in 0..depth {
            io.out.put(b"  ");
        }
        io.out.printable(&row.name);
        io.out.put(b" ");
        io.out.printable(&row.state);
        io.out.put(b"\n");
        let needs = row.needs().filter_map(|need| list.iter().find(|row| row.name == need));
        let first = waiting.len();
        waiting.extend(needs.map(|row| (depth + 1, row)));
        if let Some(new) = waiting.get_mut(first..) {
            new.reverse();
        }
    }
}
