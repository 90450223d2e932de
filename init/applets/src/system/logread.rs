//! `logread`: BusyBox's, of the ring that `syslogd -C` keeps.

use core::time::Duration;

use system::ring::{Ring, SYSLOGD};

use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "logread",
    summary: "Show what syslogd keeps in memory",
    usage: "[OPTION]...",
    flags: flags![
        Flag::new(b'f', "follow", "show what comes from now on"),
        Flag::new(b'F', "follow-all", "show what is there, and what comes"),
        Flag::with(RING, "ring", "FILE", "the file of the ring (/run/syslogd.ring)"),
    ],
    run: Run::Parsed(run),
};

const RING: u8 = 128;

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if !parsed.operands.is_empty() {
        return Ok(parsed.usage(io));
    }
    let path = parsed.value(RING).unwrap_or(SYSLOGD);
    let ring = Ring::open(path).map_err(|errno| io.complain(path, &errno))?;
    let last = parsed.last_of(b"fF");
    let mut at = if last == Some(b'f') { ring.end().map_err(|errno| io.complain(path, &errno))? } else { 0 };
    loop {
        let (bytes, end) = ring.read(at).map_err(|errno| io.complain(path, &errno))?;
        at = end;
        io.out.put(&bytes);
        if last.is_none() {
            return Ok(Status::SUCCESS);
        }
        io.out.flush();
        if io.out.is_broken() {
            return Ok(Status::SUCCESS);
        }
        linux::time::sleep(Duration::from_millis(250));
    }
}
