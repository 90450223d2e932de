//! `printenv` (GNU's; BusyBox has it without `-0`). Variables that are there twice are printed once, the first of them.

use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "printenv",
    summary: "Print the environment, or the values of its variables",
    usage: "[-0] [NAME]...",
    flags: flags![Flag::new(b'0', "null", "end each with a zero byte")],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let end: &[u8] = if parsed.has(b'0') { b"\0" } else { b"\n" };
    if parsed.operands.is_empty() {
        for entry in io.environment {
            io.out.put(entry);
            io.out.put(end);
        }
    }
    let mut has_all = true;
    for name in &parsed.operands {
        let value = io.environment.iter().find_map(|entry| {
            entry.strip_prefix(*name)?.strip_prefix(b"=").filter(|_| !name.contains(&b'='))
        });
        match value {
            Some(value) => {
                io.out.put(value);
                io.out.put(end);
            }
            None => has_all = false,
        }
    }
    Ok(Status::from(has_all))
}
