//! `lsmod` (kmod's and BusyBox's).

use alloc::vec::Vec;

use formats::proc::modules;
use query::{Rows, Value};

use crate::{Applet, Flag, Io, JSON, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "lsmod",
    summary: "Show the modules that the kernel has loaded",
    usage: "",
    flags: flags![Flag::rows("name bytes:n uses:n used_by:l state")],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if let Some(extra) = parsed.operands.first() {
        return Ok(io.misuse(extra, "no operand is expected"));
    }
    let text = system::modules::loaded()?;
    let mut rows = Rows::named("name bytes uses used_by state");
    if !parsed.has(JSON) {
        io.out.put(b"Module                  Size  Used by\n");
    }
    for module in modules::parse(&text) {
        if parsed.has(JSON) {
            let users: Vec<Value> = module.users().map(Value::text).collect();
            let uses = module.uses.map_or(Value::Unknown, Value::Number);
            let name = Value::text(module.name);
            rows.push([
                name,
                Value::Number(module.bytes),
                uses,
                Value::List(users),
                Value::text(module.state),
            ]);
            continue;
        }
        let mut line = module.name.to_vec();
        let mut size = Vec::new();
        query::text::decimal(module.bytes, &mut size);
        line.resize(line.len().max(19) + 1 + 8_usize.saturating_sub(size.len()), b' ');
        line.extend_from_slice(&size);
        line.extend_from_slice(b"  ");
        match module.uses {
            Some(uses) => query::text::decimal(uses, &mut line),
            None => line.push(b'-'),
        }
        for (index, user) in module.users().enumerate() {
            line.push(if index == 0 { b' ' } else { b',' });
            line.extend_from_slice(user);
        }
        line.push(b'\n');
        io.out.put(&line);
    }
    if parsed.has(JSON) {
        rows.json(&mut io.out);
    }
    Ok(Status::SUCCESS)
}
