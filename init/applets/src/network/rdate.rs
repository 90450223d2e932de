//! `rdate`: BusyBox's: the time of a host (RFC 868), which counts seconds from 1900 in 32 bits; those before 2036 are told from later
//! ones by the half that they lie in. The time is shown as universal time.

use core::time::Duration;

use linux::time::{Clock, Timespec, clock_settime};
use net::Socket;

use super::reach::Reach;
use crate::zone::Zone;
use crate::{Applet, Flag, Io, Keeps, Outcome, Parsed, Run, Status, sandbox};

pub(crate) const APPLET: Applet = Applet {
    name: "rdate",
    summary: "Set the clock by that of a host, or show that",
    usage: "[OPTION]... HOST",
    flags: flags![Flag::new(b's', "", "only set it"), Flag::new(b'p', "", "only show it"),],
    run: Run::Confined(Keeps::Needed, run),
};

/// Seconds from 1900 to 1970.
const EPOCH: i64 = 2_208_988_800;

/// The port of time.
const PORT: u16 = 37;

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let [host] = parsed.operands.as_slice() else { return Ok(parsed.usage(io)) };
    let mut reach = Reach::new().map_err(|error| io.complain(b"", &error))?;
    let patience = Duration::from_secs(10);
    reach.limit = Some(patience);
    let stream = reach.connect(host, PORT).map_err(|error| io.complain(host, &error))?;
    let zone = Zone::of(io, true);
    sandbox::to_open_files();
    let mut bytes = [0; 4];
    let read =
        stream.set_read_timeout(Some(patience)).and_then(|()| linux::fs::read_full(&stream, &mut bytes));
    match read {
        Ok(4) => {}
        Ok(_) => return Ok(io.complain(host, &"no time came")),
        Err(linux::Errno::AGAIN) => return Ok(io.complain(host, &linux::Errno::TIMEDOUT)),
        Err(errno) => return Ok(io.complain(host, &errno)),
    }
    let count = i64::from(u32::from_be_bytes(bytes));
    let seconds = if count < EPOCH { count + (1 << 32) - EPOCH } else { count - EPOCH };
    let mut status = Status::SUCCESS;
    if !parsed.has(b'p') && seconds != system::machine::now() {
        status =
            io.report(b"set the clock", clock_settime(Clock::REALTIME, Timespec { seconds, nanoseconds: 0 }));
    }
    if !parsed.has(b's') {
        zone.date(seconds).whole_text(&mut io.out);
        io.out.put(b"\n");
    }
    Ok(status)
}
