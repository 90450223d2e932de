//! `rmmod` (kmod's and BusyBox's).

use linux::Errno;
use linux::system::{ModuleFlags, delete_module};

use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "rmmod",
    summary: "Take modules out of the kernel",
    usage: "[OPTION]... MODULE...",
    flags: flags![
        Flag::new(b'f', "force", "even if it is used"),
        Flag::new(b'w', "wait", "wait until nobody uses it"),
        Flag::new(b'v', "verbose", "say what is taken out"),
        Flag::new(b's', "syslog", ""),
        Flag::new(b'a', "", ""),
    ],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if parsed.operands.is_empty() {
        return Ok(parsed.usage(io));
    }
    let mut status = Status::SUCCESS;
    for word in &parsed.operands {
        // A path is as good as the name.
        let mut name = system::modules::name_of(word).to_vec();
        name.iter_mut().filter(|byte| **byte == b'-').for_each(|byte| *byte = b'_');
        if parsed.has(b'v') {
            io.complain(&name, &"taken out");
        }
        let wait = if parsed.has(b'w') { ModuleFlags::empty() } else { ModuleFlags::NONBLOCK };
        let force = if parsed.has(b'f') { ModuleFlags::FORCE } else { ModuleFlags::empty() };
        let done = match delete_module(name.as_slice(), wait | force) {
            Err(Errno::NOENT) => io.complain(word, &"is not loaded"),
            Err(Errno::AGAIN) => io.complain(word, &"is used"),
            done => io.report(word, done),
        };
        status = status.and(done);
    }
    Ok(status)
}
