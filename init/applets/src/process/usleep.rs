//! `usleep` (BusyBox's).

use core::time::Duration;

use crate::{Applet, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "usleep",
    summary: "Wait for so many microseconds",
    usage: "N",
    flags: flags![],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let [word] = parsed.operands.as_slice() else { return Ok(parsed.usage(io)) };
    match query::text::parse_decimal(word) {
        Some(count) => linux::time::sleep(Duration::from_micros(count)),
        None => return Ok(io.misuse(word, "is no number")),
    }
    Ok(Status::SUCCESS)
}
