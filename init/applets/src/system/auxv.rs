//! `auxv`: the auxiliary vector, which is what the kernel tells a program at its start.

use alloc::vec::Vec;

use formats::proc::pid::auxv::Meaning;
use query::{Rows, Value};

use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "auxv",
    summary: "Show what the kernel told this program at its start (auxiliary vector)",
    usage: "[--json]",
    flags: flags![Flag::rows("kind:n name value:n text:s?")],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let mut rows = Rows::named("kind=KIND name=NAME value=VALUE text=TEXT");
    for entry in system::program::auxiliary_vector()? {
        let (name, meaning) = entry.meaning().unwrap_or(("", Meaning::Bits));
        let name = if name.is_empty() { Value::Unknown } else { Value::text(name.as_bytes()) };
        let value = match meaning {
            Meaning::Number => Value::Number(entry.value),
            Meaning::Bits | Meaning::Address | Meaning::Text => Value::hexadecimal(entry.value),
        };
        let text = match meaning {
            Meaning::Text => system::program::text(entry.value).ok(),
            _ => None,
        };
        let text = text.map_or(Value::Unknown.shown(Vec::new()), Value::Text);
        rows.push([Value::Number(entry.kind), name, value, text]);
    }
    io.show(&rows, parsed);
    Ok(Status::SUCCESS)
}
