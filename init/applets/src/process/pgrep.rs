//! `pgrep` (procps's; BusyBox has fewer options).

use query::{Rows, Value};

use super::select;
use crate::{Applet, Flag, Io, JSON, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "pgrep",
    summary: "Print the numbers of processes that fit",
    usage: "[OPTION]... PATTERN",
    flags: flags![
        ..select::FLAGS,
        Flag::new(b'l', "list-name", "the names, too"),
        Flag::new(b'a', "list-full", "the command lines, too"),
        Flag::with(b'd', "delimiter", "TEXT", "put TEXT between them"),
        Flag::new(b'q', "quiet", "only the status"),
        Flag::rows("pid:n comm args"),
    ],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let found = select::find(io, parsed)?;
    if parsed.has(b'c') {
        return select::count(io, found.len());
    }
    let status = Status::from(!found.is_empty());
    if parsed.has(JSON) {
        let mut rows = Rows::named("pid comm args");
        for process in &found {
            let pid = Value::Number(process.pid.into());
            rows.push([pid, Value::text(&process.name), Value::text(&process.arguments)]);
        }
        rows.json(&mut io.out);
        return Ok(status);
    }
    if parsed.has(b'q') {
        return Ok(status);
    }
    let delimiter = parsed.value(b'd').unwrap_or(b"\n");
    for (index, process) in found.iter().enumerate() {
        io.out.put(if index > 0 { delimiter } else { b"" });
        io.out.number(process.pid.into());
        if parsed.has_any(b"la") {
            io.out.put(b" ");
            let is_full = parsed.has(b'a') && !process.arguments.is_empty();
            io.out.printable(if is_full { &process.arguments } else { &process.name });
        }
    }
    io.out.put(if found.is_empty() { b"" } else { b"\n" });
    Ok(status)
}
