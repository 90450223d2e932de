//! `pwdx` (procps's and BusyBox's).

use linux::Errno;
use query::{Rows, Value};

use super::number;
use crate::{Applet, Flag, Io, JSON, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "pwdx",
    summary: "Print the folders that processes work in",
    usage: "PID...",
    flags: flags![Flag::rows("pid:n folder")],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if parsed.operands.is_empty() {
        return Ok(parsed.usage(io));
    }
    let mut rows = Rows::named("pid folder");
    let mut status = Status::SUCCESS;
    for word in &parsed.operands {
        let Some(process) = number::process(word.strip_prefix(b"/proc/").unwrap_or(word)) else {
            return Ok(io.misuse(word, "not a process number"));
        };
        let pid = process.get().unsigned_abs();
        let mut room = [0; linux::path::PATH_BYTES];
        match linux::fs::readlink(system::processes::path(pid, b"cwd").as_slice(), &mut room) {
            Ok(folder) if parsed.has(JSON) => rows.push([Value::Number(pid.into()), Value::text(folder)]),
            Ok(folder) => {
                io.out.put(word);
                io.out.put(b": ");
                io.out.printable(folder);
                io.out.put(b"\n");
            }
            Err(Errno::NOENT) => status = io.complain(word, &Errno::SRCH),
            Err(errno) => status = io.complain(word, &errno),
        }
    }
    if parsed.has(JSON) {
        rows.json(&mut io.out);
    }
    Ok(status)
}
