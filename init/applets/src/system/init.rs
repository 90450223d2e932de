//! `init`, when it is not process 1: `init 0` and `init 6` ask process 1 for the end, as System V's `telinit` does; there
//! are no other run levels. Started by the kernel, the same name is process 1, and never comes here.

use linux::process::{Pid, kill};
use linux::signal::Signal;

use crate::{Applet, Arguments, Io, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "init",
    summary: "Process 1, when the kernel starts it; else ask process 1 to power off (0) or reboot (6)",
    usage: "0|6",
    flags: &[],
    run,
};

fn run(io: &mut Io<'_>, arguments: Arguments<'_>) -> Status {
    let parsed = match arguments.parse(io) {
        Ok(parsed) => parsed,
        Err(status) => return status,
    };
    let signal = match parsed.operands.as_slice() {
        [b"0"] => Signal::USR2,
        [b"6"] => Signal::TERM,
        [] => {
            io.complain(b"", &"this is not process 1, which the kernel starts; 0 powers off, 6 reboots");
            return Status::USAGE;
        }
        [other, ..] => {
            io.complain(other, &"there is no such run level; 0 powers off, 6 reboots");
            return Status::USAGE;
        }
    };
    match kill(Pid::INIT, Some(signal)) {
        Ok(()) => Status::SUCCESS,
        Err(errno) => io.complain(b"", &errno),
    }
}
