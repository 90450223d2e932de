//! `loadkmap` (BusyBox's), of what its `dumpkmap` writes. All of it is read before any key gets another meaning.

use alloc::vec::Vec;

use formats::file::key_map::parse;
use linux::console::set_key_meaning;

use super::virtual_terminal;
use crate::{Applet, Io, Outcome, Parsed, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "loadkmap",
    summary: "Give the console's keys the meanings that dumpkmap has written",
    usage: "< FILE",
    flags: flags![],
    run: Run::Parsed(run),
};

/// More than the longest map.
const MOST: usize = 128 << 10;

fn run(io: &mut Io<'_>, _: &Parsed<'_>) -> Outcome {
    let mut bytes = Vec::new();
    io.input.read_some(&mut bytes, MOST).map_err(|errno| io.complain(b"standard input", &errno))?;
    let tables = parse(&bytes).map_err(|error| io.complain(b"standard input", &error))?;
    let done = virtual_terminal::any().and_then(|console| {
        for (table, keys) in &tables {
            for (key, value) in (0..).zip(keys) {
                set_key_meaning(&console, *table, key, *value)?;
            }
        }
        Ok(())
    });
    Ok(io.report(b"console", done))
}
