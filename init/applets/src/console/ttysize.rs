//! `ttysize` (BusyBox's): the size of the terminal, as numbers for scripts.

use linux::terminal::size;

use crate::{Applet, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "ttysize",
    summary: "Print the size of the terminal: columns and lines",
    usage: "[w] [h]",
    flags: flags![],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let found = io.input.descriptor().and_then(|terminal| size(terminal).ok());
    let found = found.or_else(|| io.out.descriptor().and_then(|terminal| size(terminal).ok()));
    // Where nobody knows, what has been usual since the VT100.
    let (columns, rows) = found.map_or((0, 0), |size| (size.columns, size.rows));
    let (columns, rows) = (if columns == 0 { 80 } else { columns }, if rows == 0 { 24 } else { rows });
    let both: [&[u8]; 2] = [b"w", b"h"];
    let wanted = if parsed.operands.is_empty() { both.as_slice() } else { &parsed.operands };
    for (index, &word) in wanted.iter().enumerate() {
        let number = match word {
            b"w" => columns,
            b"h" => rows,
            other => return Ok(io.misuse(other, "w or h is expected")),
        };
        io.out.put(if index > 0 { b" " } else { b"" });
        io.out.number(number.into());
    }
    io.out.put(b"\n");
    Ok(Status::SUCCESS)
}
