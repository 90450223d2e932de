//! `dumpkmap` (BusyBox's): the tables without keys, and with shift, AltGr, control, alt and those of them that are used together.

use alloc::vec::Vec;

use formats::file::key_map::{KEYS, Table, emit};
use linux::console::key_meaning;

use super::virtual_terminal;
use crate::{Applet, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "dumpkmap",
    summary: "Write what the console's keys mean, for loadkmap",
    usage: "> FILE",
    flags: flags![],
    run: Run::Parsed(run),
};

/// The tables that maps of keys have.
const TABLES: [u8; 7] = [0, 1, 2, 4, 5, 8, 12];

fn run(io: &mut Io<'_>, _: &Parsed<'_>) -> Outcome {
    let done = virtual_terminal::any().and_then(|console| {
        let mut tables: Vec<Table> = Vec::new();
        for table in TABLES {
            let keys =
                (0..KEYS).map(|key| key_meaning(&console, table, key)).collect::<linux::Result<_>>()?;
            tables.push((table, keys));
        }
        Ok(emit(&tables))
    });
    match done {
        Ok(bytes) => {
            io.out.put(&bytes);
            Ok(Status::SUCCESS)
        }
        Err(errno) => Ok(io.complain(b"console", &errno)),
    }
}
