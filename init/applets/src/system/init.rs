//! `init`, when it is not process 1: `init 0` and `init 6` ask process 1 for the end, as System V's `telinit` does; there
//! are no other run levels. Started by the kernel, the same name is process 1, and never comes here.

use linux::process::{Pid, kill};
use linux::signal::Signal;

use crate::{Applet, Io, Outcome, Parsed, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "init",
    summary: "Process 1, when the kernel starts it; else ask process 1 to power off (0) or reboot (6)",
    usage: "0|6",
    flags: flags![],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let signal = match parsed.operands.as_slice() {
        [b"0"] => Signal::USR2,
        [b"6"] => Signal::TERM,
        [] => {
            let reason = "this is not process 1, which the kernel starts; 0 powers off, 6 reboots";
            return Ok(io.misuse(b"", reason));
        }
        [other, ..] => {
            return Ok(io.misuse(other, "there is no such run level; 0 powers off, 6 reboots"));
        }
    };
    Ok(io.report(b"", kill(Pid::INIT, Some(signal))))
}
