//! `clock`: every clock of the kernel, and what reading it costs through the runtime (the vDSO where there is one; a
//! system call takes a hundred nanoseconds or more).

use linux::time::{Clock, clock_getres, clock_gettime, monotonic};
use query::{Rows, Value};

use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "clock",
    summary: "Read all clocks; show their resolution and the cost of a reading",
    usage: "[--json]",
    flags: flags![Flag::rows("clock seconds:n nanoseconds:n resolution_ns:n read_ns:d")],
    run: Run::Parsed(run),
};

/// The clocks, with the kernel's names in lower case.
const CLOCKS: [(&str, Clock); 9] = [
    ("realtime", Clock::REALTIME),
    ("realtime_coarse", Clock::REALTIME_COARSE),
    ("tai", Clock::TAI),
    ("monotonic", Clock::MONOTONIC),
    ("monotonic_coarse", Clock::MONOTONIC_COARSE),
    ("monotonic_raw", Clock::MONOTONIC_RAW),
    ("boottime", Clock::BOOTTIME),
    ("process_cputime", Clock::PROCESS_CPU),
    ("thread_cputime", Clock::THREAD_CPU),
];

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let mut rows = Rows::named(
        "clock=CLOCK seconds=SECONDS nanoseconds=NANOSECONDS resolution_ns=RESOLUTION read_ns=NS/READING",
    );
    let mut status = Status::SUCCESS;
    for (name, clock) in CLOCKS {
        match (clock_gettime(clock), clock_getres(clock)) {
            (Ok(time), Ok(resolution)) => rows.push([
                Value::text(name.as_bytes()),
                Value::Signed(time.seconds),
                Value::Signed(time.nanoseconds),
                Value::Number(u64::try_from(resolution.since_zero().as_nanos()).unwrap_or(u64::MAX)),
                Value::Thousandths(cost(clock)),
            ]),
            (Err(errno), _) | (_, Err(errno)) => status = io.complain(name.as_bytes(), &errno),
        }
    }
    io.show(&rows, parsed);
    Ok(status)
}

/// Measures a reading, in thousandths of a nanosecond: the best of several rounds, since other programs only ever add.
fn cost(clock: Clock) -> u64 {
    const ROUNDS: usize = 8;
    const READINGS: u32 = 500;
    let round = |_| {
        let start = monotonic();
        for _ in 0..READINGS {
            // The answer is not of interest, and the call cannot be left out: it may enter the kernel.
            let _ = core::hint::black_box(clock_gettime(core::hint::black_box(clock)));
        }
        monotonic().saturating_sub(start)
    };
    let best = (0..ROUNDS).map(round).min().unwrap_or_default();
    // Far below the four seconds that these bits hold.
    u64::from(best.subsec_nanos()) * 1000 / u64::from(READINGS)
}
