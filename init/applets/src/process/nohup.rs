//! `nohup` (POSIX).

use linux::fd::{AsFd, OwnedFd, STDERR, STDIN, STDOUT};
use linux::fs::{Mode, OpenFlags, Standard, open, set_standard};
use linux::signal::Signal;
use linux::terminal::is_terminal;

use super::launch;
use crate::{Applet, Io, Outcome, Parsed, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "nohup",
    summary: "Run a command that goes on when its terminal is gone; its output goes to nohup.out then",
    usage: "COMMAND [WORD]...",
    flags: flags![],
    run: Run::Leading(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if parsed.operands.is_empty() {
        return Ok(parsed.usage(io));
    }
    let failed = |io: &mut Io<'_>, object: &[u8], errno| {
        io.complain(object, &errno);
        launch::NOT_STARTED
    };
    if is_terminal(STDIN) {
        // Opened for writing, so that a read is a mistake that shows.
        let null = open("/dev/null", OpenFlags::WRITE, Mode::empty());
        let set = null.and_then(|null| set_standard(Standard::Input, &null));
        set.map_err(|errno| failed(io, b"/dev/null", errno))?;
    }
    if is_terminal(STDOUT) {
        let file = output(io).map_err(|errno| failed(io, b"nohup.out", errno))?;
        set_standard(Standard::Output, file.as_fd()).map_err(|errno| failed(io, b"nohup.out", errno))?;
    }
    if is_terminal(STDERR) {
        set_standard(Standard::Error, STDOUT).map_err(|errno| failed(io, b"standard error", errno))?;
    }
    linux::signal::ignore(Signal::HUP).map_err(|errno| failed(io, b"SIGHUP", errno))?;
    Ok(launch::replace(io, &parsed.operands, io.environment))
}

/// Opens nohup.out here, else in the home folder, and says so.
fn output(io: &mut Io<'_>) -> linux::Result<OwnedFd> {
    let flags = OpenFlags::WRITE | OpenFlags::CREATE | OpenFlags::APPEND;
    let mode = Mode::octal(0o600);
    let mut name = b"nohup.out".to_vec();
    let mut file = open(name.as_slice(), flags, mode);
    if file.is_err()
        && let Some(home) = io.variable("HOME")
    {
        name = [home, b"/nohup.out"].concat();
        file = open(name.as_slice(), flags, mode);
    }
    if file.is_ok() {
        io.complain(&name, &"output is appended to it");
    }
    file
}
