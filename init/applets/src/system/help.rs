//! `help`: the commands by group, or the usage text of some.

use alloc::vec::Vec;

use query::{Rows, Value};

use crate::{Applet, Flag, GROUPS, HAS_MORE, Io, JSON, Outcome, Parsed, Run, Status, options, suggestion};

pub(crate) const APPLET: Applet = Applet {
    name: "help",
    summary: "List all commands, or show how to use some",
    usage: "[--json]\nCOMMAND...",
    flags: flags![Flag::rows(if HAS_MORE {
        "name group summary usage options:l"
    } else {
        "name group summary"
    })],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let mut status = Status::SUCCESS;
    if !parsed.operands.is_empty() {
        for (index, &name) in parsed.operands.iter().enumerate() {
            if let Some(applet) = crate::find(name) {
                io.out.put(if index > 0 { b"\n" } else { b"" });
                options::print_help(applet, &mut io.out);
            } else {
                status = io.complain(name, &"no such command");
                suggestion::print(&crate::nearest(name), "", &mut io.err);
            }
        }
    } else if parsed.has(JSON) {
        list_json(io);
    } else {
        list(io);
    }
    Ok(status)
}

fn list(io: &mut Io<'_>) {
    for (index, group) in GROUPS.iter().enumerate() {
        io.out.put(if index > 0 { b"\n" } else { b"" });
        io.out.put(group.name.as_bytes());
        io.out.put(b": ");
        io.out.put(group.summary.as_bytes());
        io.out.put(b"\n");
        for applet in group.commands {
            let name = applet.name().as_bytes();
            io.out.put(b"  ");
            io.out.put(name);
            io.out.put(b"            ".get(name.len()..).unwrap_or(b" "));
            io.out.put(applet.summary().as_bytes());
            io.out.put(b"\n");
        }
    }
}

/// Lists options too, for completion, which the smallest images do without.
fn list_json(io: &mut Io<'_>) {
    let mut rows =
        Rows::named(if HAS_MORE { "name group summary usage options" } else { "name group summary" });
    for group in GROUPS {
        for applet in group.commands {
            let text = |text: &str| Value::text(text.as_bytes());
            let facts = [text(applet.name()), text(group.name), text(applet.summary())];
            if !HAS_MORE {
                rows.push(facts);
                continue;
            }
            let short =
                applet.flags().iter().filter_map(|flag| flag.short()).map(|key| Value::text(&[b'-', key]));
            let long = applet.flags().iter().map(|flag| flag.long()).filter(|long| !long.is_empty());
            let long = long.map(|long| Value::Text([b"--", long.as_bytes()].concat()));
            let options = Value::List(short.chain(long).collect());
            rows.push(facts.into_iter().chain([text(applet.usage()), options]).collect::<Vec<_>>());
        }
    }
    rows.json(&mut io.out);
}
