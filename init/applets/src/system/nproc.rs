//! `nproc` (GNU's and BusyBox's).

use linux::thread::{Processors, sched_getaffinity};
use query::text::parse_decimal;

use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "nproc",
    summary: "Print how many processors this process may use",
    usage: "[OPTION]...",
    flags: flags![
        Flag::new(ALL, "all", "how many the machine has"),
        Flag::with(IGNORE, "ignore", "N", "N less, but one at least"),
    ],
    run: Run::Parsed(run),
};

keys! { 128; ALL IGNORE }

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if let Some(extra) = parsed.operands.first() {
        return Ok(io.misuse(extra, "no operand is expected"));
    }
    let word = parsed.value(IGNORE).unwrap_or(b"0");
    let Some(ignored) = parse_decimal(word.trim_ascii()) else { return Ok(io.misuse(word, "is no number")) };
    let count = if parsed.has(ALL) { system::machine::processors() } else { usable(io) };
    io.out.number(count.saturating_sub(ignored).max(1));
    io.out.put(b"\n");
    Ok(Status::SUCCESS)
}

/// Counts those of this process, or as many as OpenMP's variables say.
fn usable(io: &Io<'_>) -> u64 {
    let variable = |name| {
        let value = io.variable(name)?;
        let first = value.split(|&byte| byte == b',').next()?;
        parse_decimal(first.trim_ascii()).filter(|count| *count > 0)
    };
    let count = variable("OMP_NUM_THREADS").unwrap_or_else(|| {
        sched_getaffinity(None)
            .as_ref()
            .map_or_else(|_| system::machine::processors(), |set: &Processors| set.count() as u64)
    });
    variable("OMP_THREAD_LIMIT").map_or(count, |limit| count.min(limit))
}
