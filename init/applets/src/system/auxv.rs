//! `auxv`: the auxiliary vector, which is what the kernel tells a program at its start.

use alloc::vec::Vec;

use formats::proc::pid::auxv::{Entry, Meaning};
use query::text::{decimal, radix};
use query::{Rows, Value};

use crate::{Applet, Arguments, Io, JSON_FLAG, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "auxv",
    summary: "Show what the kernel told this program at its start (auxiliary vector)",
    usage: "[--json]",
    flags: &[JSON_FLAG],
    run,
};

fn run(io: &mut Io<'_>, arguments: Arguments<'_>) -> Status {
    let parsed = match arguments.parse(io) {
        Ok(parsed) => parsed,
        Err(status) => return status,
    };
    let entries = match system::program::auxiliary_vector() {
        Ok(entries) => entries,
        Err(error) => return io.complain(b"", &error),
    };
    let mut rows = Rows::titled(&[("kind", "KIND"), ("name", "NAME"), ("value", "VALUE"), ("text", "TEXT")]);
    for entry in entries {
        let (name, meaning) = entry.meaning().unwrap_or(("", Meaning::Bits));
        let text = match meaning {
            Meaning::Text => system::program::text(entry.value).map_or(Value::Unknown, Value::Text),
            _ => Value::Unknown,
        };
        let is_text = text != Value::Unknown;
        let text = if is_text { text } else { text.shown(|_| ()) };
        let name = if name.is_empty() { Value::Unknown } else { Value::text(name.as_bytes()) };
        rows.push([Value::Number(entry.kind), name, value(entry, meaning), text]);
    }
    io.show(&rows, &parsed);
    Status::SUCCESS
}

/// Numbers are shown in base ten, everything else in base sixteen.
fn value(entry: Entry, meaning: Meaning) -> Value {
    Value::Number(entry.value).shown(|text: &mut Vec<u8>| match meaning {
        Meaning::Number => decimal(entry.value, text),
        Meaning::Bits | Meaning::Address | Meaning::Text => {
            text.extend_from_slice(b"0x");
            radix(entry.value, 16, text);
        }
    })
}
