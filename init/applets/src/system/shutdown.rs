//! What `halt`, `poweroff` and `reboot` have in common: a signal to process 1, in BusyBox's meaning of the signals, or
//! with `-f` the kernel's call at once.

use core::time::Duration;

use linux::process::{Pid, kill};
use linux::signal::Signal;
use linux::system::{PowerCommand, reboot};

use crate::{Flag, Flags, Io, Outcome, Parsed, Status};

/// The options of all three.
pub(super) const FLAGS: Flags = flags![
    Flag::new(b'f', "force", "do it at once: stop no service, end no process"),
    Flag::new(b'n', "no-sync", "do not write back what is in memory first"),
    Flag::with(b'd', "delay", "SECONDS", "wait so long before"),
    Flag::new(b'p', "poweroff", ""),
    Flag::new(b'w', "wtmp-only", ""),
    Flag::new(b'i', "", ""),
];

/// Ends the machine's life in one of the three ways.
pub(super) fn run(io: &mut Io<'_>, parsed: &Parsed<'_>, command: PowerCommand) -> Outcome {
    if let Some(extra) = parsed.operands.first() {
        return Ok(io.misuse(extra, "no operand is expected"));
    }
    // No record of logins is kept, so `-w`, which would only write one, has nothing to do.
    if parsed.has(b'w') {
        return Ok(Status::SUCCESS);
    }
    if let Some(text) = parsed.value(b'd') {
        let Some(seconds) = query::text::parse_decimal(text) else {
            return Ok(io.misuse(text, "not a number of seconds"));
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
    Ok(io.report(b"", done))
}
