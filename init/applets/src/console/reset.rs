//! `reset` (BusyBox's): the terminal as it was when it was turned on, and its settings as for typing lines.

use linux::terminal::{SetWhen, set_settings, settings};

use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "reset",
    summary: "Bring a terminal that shows nonsense back",
    usage: "",
    flags: flags![Flag::new(b'q', "", ""), Flag::new(b'Q', "", "")],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, _: &Parsed<'_>) -> Outcome {
    // All anew (RIS), the plain set of letters, no colours, a visible cursor.
    io.out.put(b"\x1bc\x1b(B\x1b[m\x1b[J\x1b[?25h");
    io.out.flush();
    if let Some(terminal) = io.input.descriptor()
        && let Ok(former) = settings(terminal)
    {
        let done = set_settings(terminal, SetWhen::Drained, &former.sane());
        return Ok(io.report(b"standard input", done));
    }
    Ok(Status::SUCCESS)
}
