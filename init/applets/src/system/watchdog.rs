//! `watchdog`: BusyBox's. The machine starts again unless this says in time that it is alive. When it is told to end (TERM, INT, HUP,
//! QUIT) it writes `V`, by which drivers with a magic close stop counting; killed otherwise, they go on.

use core::time::Duration;

use linux::Errno;
use linux::fd::{AsFd, OwnedFd};
use linux::fs::{Mode, OpenFlags, open, write_all};
use linux::signal::{MaskHow, Signal, SignalSet, sigprocmask, sigtimedwait};
use linux::system::{keep_alive, set_watchdog_options, set_watchdog_timeout};

use crate::process::own;
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, span};

pub(crate) const APPLET: Applet = Applet {
    name: "watchdog",
    summary: "Say again and again that the machine is alive",
    usage: "[OPTION]... DEVICE",
    flags: flags![
        Flag::with(b't', "interval", "TIME", "so often (half of -T): 5, 0.5, 500ms"),
        Flag::with(b'T', "timeout", "TIME", "the machine starts again after so long without (60 s)"),
        Flag::new(b'F', "foreground", "stay in the foreground"),
        Flag::new(OPEN, "device-is-input", ""),
    ],
    run: Run::Parsed(run),
};

/// Standard input is the device.
const OPEN: u8 = 128;

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let [path] = parsed.operands.as_slice() else { return Ok(parsed.usage(io)) };
    let mut given = |key, default| match parsed.value(key) {
        None => Ok(default),
        Some(word) => time(word).ok_or_else(|| io.misuse(word, "not a time")),
    };
    let limit = given(b'T', Duration::from_secs(60))?;
    let interval = given(b't', limit / 2)?;
    // Held back before it is open, so that no end goes without its letter.
    let ends = SignalSet::of(&[Signal::TERM, Signal::INT, Signal::HUP, Signal::QUIT]);
    sigprocmask(MaskHow::Block, Some(ends)).map_err(|errno| io.complain(b"", &errno))?;
    let device = if parsed.has(OPEN) {
        linux::fs::dup(linux::fd::STDIN)
    } else {
        open(*path, OpenFlags::WRITE | OpenFlags::CLOSE_ON_EXEC, Mode::empty())
    };
    let device = device.map_err(|errno| io.complain(path, &errno))?;
    if !parsed.has(OPEN) {
        prepare(io, path, &device, limit);
    }
    if !parsed.has(b'F') {
        let words = own::words(parsed, &[], &[b"-F", b"--device-is-input"]);
        return own::daemon(io, parsed, &words, Some(device.as_fd()));
    }
    loop {
        beat(&device).map_err(|errno| io.complain(path, &errno))?;
        match sigtimedwait(ends, Some(interval)) {
            Err(Errno::AGAIN | Errno::INTR) => {}
            _ => return Ok(io.report(path, write_all(&device, b"V"))),
        }
    }
}

/// Reads a time, also with BusyBox's `ms` behind it.
fn time(word: &[u8]) -> Option<Duration> {
    let span = match word.strip_suffix(b"ms") {
        Some(number) => Duration::from_millis(query::text::parse_decimal(number)?),
        None => span::parse(word)?,
    };
    Some(span).filter(|span| !span.is_zero())
}

/// Sets the device going; what is no such device (a file, a test) takes bytes alone.
fn prepare(io: &mut Io<'_>, path: &[u8], device: &OwnedFd, limit: Duration) {
    let seconds = i32::try_from(limit.as_secs().max(1)).unwrap_or(i32::MAX);
    let set = set_watchdog_options(device, true).and_then(|()| set_watchdog_timeout(device, seconds));
    match set {
        Ok(_) | Err(Errno::NOTTY) => {}
        // One that has its own time may still be kept alive.
        Err(errno) => {
            io.complain(path, &errno);
        }
    }
}

fn beat(device: &OwnedFd) -> linux::Result<()> {
    match keep_alive(device) {
        Err(Errno::NOTTY | Errno::OPNOTSUPP | Errno::INVAL) => write_all(device, b"\0"),
        other => other,
    }
}
