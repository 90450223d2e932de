//! What `halt`, `poweroff` and `reboot` have in common: a signal to process 1, in BusyBox's meaning of the signals, or
//! with `-f` the kernel's call at once.

use core::time::Duration;

use linux::process::{Pid, kill};
use linux::signal::Signal;
use linux::system::{PowerCommand, reboot};

use crate::{Arguments, Flag, Io, Status};

/// The options of all three.
pub(super) const FLAGS: &[Flag] = &[
    Flag::new(b'f', "force", "do it at once: stop no service, end no process"),
    Flag::new(b'n', "no-sync", "do not write back what is in memory first"),
    Flag::with(b'd', "delay", "SECONDS", "wait so long before"),
    Flag::new(b'p', "poweroff", ""),
    Flag::new(b'w', "wtmp-only", ""),
    Flag::new(b'i', "", ""),
];

/// Ends the machine's life in one of the three ways.
pub(super) fn run(io: &mut Io<'_>, arguments: Arguments<'_>, command: PowerCommand) -> Status {
    let parsed = match arguments.parse(io) {
        Ok(parsed) => parsed,
        Err(status) => return status,
    };
    if let Some(extra) = parsed.operands.first() {
        io.complain(extra, &"no operand is expected");
        return Status::USAGE;
    }
    // No record of logins is kept, so `-w`, which would only write one, has nothing to do.
    if parsed.has(b'w') {
        return Status::SUCCESS;
    }
    if let Some(text) = parsed.value(b'd') {
        let Some(seconds) = query::text::parse_decimal(text) else {
            io.complain(text, &"not a number of seconds");
            return Status::USAGE;
        };
        linux::time::sleep(Duration::from_secs(seconds));
    }
    if !parsed.has(b'n') {
        linux::fs::sync();
    }
    let command = if parsed.has(b'p') { PowerCommand::PowerOff } else { command };
    let done = if parsed.has(b'f') {
        reboot(command)
    } else {
        let signal = match command {
            PowerCommand::Restart => Signal::TERM,
            PowerCommand::PowerOff => Signal::USR2,
            _ => Signal::USR1,
        };
        kill(Pid::INIT, Some(signal))
    };
    match done {
        Ok(()) => Status::SUCCESS,
        Err(errno) => io.complain(b"", &errno),
    }
}
