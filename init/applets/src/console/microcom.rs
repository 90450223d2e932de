//! `microcom` (BusyBox's): what is typed goes to a line, and what comes from it is shown. The line is kept from others of its kind by a
//! lock on the device, not by a file in /var/lock. Control-X ends it.

use core::time::Duration;

use linux::fd::{AsFd, BorrowedFd, OwnedFd};
use linux::fs::{Lock, Mode, OpenFlags, flock, open, read, write_all};
use linux::poll::{PollFd, PollFlags, poll};
use linux::signal::Signal;
use linux::terminal::{SetWhen, Termios, set_settings, settings};
use query::text::parse_decimal;

use crate::{Applet, Flag, Io, Outcome, Parsed, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "microcom",
    summary: "Talk to a device at a serial line",
    usage: "[OPTION]... DEVICE",
    flags: flags![
        Flag::with(b's', "", "SPEED", "bits a second"),
        Flag::with(b'd', "", "MS", "wait so long behind each key"),
        Flag::with(b't', "", "MS", "end when nothing has come for so long"),
        Flag::new(b'X', "", "control-X is a key as others"),
    ],
    run: Run::Parsed(run),
};

const END: u8 = 0x18;

/// A terminal and the settings that it gets back.
struct Kept<'t>(BorrowedFd<'t>, Termios);

impl<'t> Kept<'t> {
    fn new(terminal: BorrowedFd<'t>) -> Option<Self> {
        settings(terminal).ok().map(|former| Self(terminal, former))
    }
}

impl Drop for Kept<'_> {
    fn drop(&mut self) {
        let _ = set_settings(self.0, SetWhen::Flushed, &self.1);
    }
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let &[path] = parsed.operands.as_slice() else { return Ok(parsed.usage(io)) };
    let mut number = |key| match parsed.value(key) {
        None => Ok(None),
        Some(word) => parse_decimal(word).map(Some).ok_or_else(|| io.misuse(word, "is no number")),
    };
    let (speed, delay, limit) = (number(b's')?, number(b'd')?, number(b't')?);
    let flags = OpenFlags::READ_WRITE
        | OpenFlags::NO_CONTROLLING_TERMINAL
        | OpenFlags::NONBLOCK
        | OpenFlags::CLOSE_ON_EXEC;
    let line = open(path, flags, Mode::empty()).map_err(|errno| io.complain(path, &errno))?;
    flock(&line, Lock::Exclusive, false).map_err(|errno| io.complain(path, &errno))?;
    let Some(kept) = Kept::new(line.as_fd()) else { return Ok(io.complain(path, &"no terminal")) };
    let mut wanted = kept.1.raw();
    if let Some(speed) = speed {
        let is_one = u32::try_from(speed).is_ok_and(|speed| wanted.set_speeds(speed, speed));
        if !is_one {
            return Ok(io.misuse(parsed.value(b's').unwrap_or_default(), "no such speed"));
        }
    }
    set_settings(&line, SetWhen::Flushed, &wanted).map_err(|errno| io.complain(path, &errno))?;
    for signal in [Signal::TERM, Signal::HUP, Signal::INT] {
        let _ = linux::signal::note(signal);
    }
    let keys = io.input.descriptor();
    let typed = keys.and_then(Kept::new);
    if let Some(typed) = &typed {
        let _ = set_settings(typed.0, SetWhen::Flushed, &typed.1.raw());
    }
    let delay = delay.map(Duration::from_millis);
    let done = relay(io, keys, &line, parsed.has(b'X'), delay, limit.map(Duration::from_millis));
    drop((typed, kept));
    Ok(io.report(path, done))
}

fn relay(
    io: &mut Io<'_>,
    mut keys: Option<BorrowedFd<'_>>,
    line: &OwnedFd,
    passes_end: bool,
    delay: Option<Duration>,
    limit: Option<Duration>,
) -> linux::Result<()> {
    let mut buffer = [0; 1024];
    while !linux::signal::has_noted() {
        let mut places = [PollFd::new(line, PollFlags::IN), PollFd::nothing()];
        if let Some(keys) = keys {
            places[1] = PollFd::borrowed(keys, PollFlags::IN);
        }
        match poll(&mut places, limit) {
            Ok(0) => break,
            Err(linux::Errno::INTR) => continue,
            other => other?,
        };
        if places[0].is_ready() {
            let count = linux::retry(|| read(line, &mut buffer))?;
            if count == 0 {
                break;
            }
            io.out.put(buffer.get(..count).unwrap_or_default());
            io.out.flush();
            if io.out.is_broken() {
                break;
            }
        }
        if let Some(from) = keys.filter(|_| places[1].is_ready()) {
            let count = linux::retry(|| read(from, &mut buffer))?;
            let typed = buffer.get(..count).unwrap_or_default();
            let end = typed.iter().position(|byte| *byte == END && !passes_end);
            send(line, typed.get(..end.unwrap_or(count)).unwrap_or_default(), delay)?;
            if end.is_some() {
                break;
            }
            if count == 0 {
                // Nothing is typed any more; what comes is shown until the limit, if there is one.
                keys = None;
                if limit.is_none() {
                    break;
                }
            }
        }
    }
    Ok(())
}

/// Writes to the line, key by key where it is slow.
fn send(line: &OwnedFd, bytes: &[u8], delay: Option<Duration>) -> linux::Result<()> {
    let Some(delay) = delay else { return write_all(line, bytes) };
    for byte in bytes {
        write_all(line, &[*byte])?;
        linux::time::sleep(delay);
    }
    Ok(())
}
