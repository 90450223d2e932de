//! `sleep`: POSIX has whole seconds only; fractions, units, sums and `infinity` are GNU's.

use core::time::Duration;

use crate::span;
use crate::{Applet, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "sleep",
    summary: "Wait for a time: a number with an optional fraction and unit (s m h d), or infinity; several add up",
    usage: "TIME...",
    flags: flags![],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if parsed.operands.is_empty() {
        return Ok(parsed.usage(io));
    }
    let mut sum = Duration::ZERO;
    for word in &parsed.operands {
        match span::parse(word) {
            Some(time) => sum = sum.saturating_add(time),
            None => return Ok(io.misuse(word, "not a time")),
        }
    }
    linux::time::sleep(sum);
    Ok(Status::SUCCESS)
}
