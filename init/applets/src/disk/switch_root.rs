//! `switch_root` (util-linux's and BusyBox's): the end of an initial ramfs. Process 1 calls it in place of itself.
//!
//! What is mounted at /dev, /proc, /sys and /run goes along, as with util-linux, where the new root has such a folder and nothing is
//! mounted there yet. Nothing is removed unless the old root is a file system in memory, and another than the new one.

use linux::fs::{Mode, OpenFlags, Standard, open, set_standard};
use linux::process::getpid;
use system::root::Refused;

use crate::process::launch;
use crate::{Applet, Flag, Io, Outcome, Parsed, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "switch_root",
    summary: "Free the initial file system, and go on with the init of another",
    usage: "[-c CONSOLE] NEW_ROOT INIT [WORD]...",
    flags: flags![Flag::with(b'c', "", "CONSOLE", "the terminal of what is started, in the new root")],
    run: Run::Leading(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let [root, words @ ..] = parsed.operands.as_slice() else { return Ok(parsed.usage(io)) };
    if words.is_empty() {
        return Ok(parsed.usage(io));
    }
    let root = *root;
    if getpid().get() != 1 {
        return Ok(io.complain(b"", &"only process 1 can do this"));
    }
    let changed = system::root::switch(root, &mut |path, errno| {
        io.complain(path, &errno);
    });
    if let Err(refused) = changed {
        return Ok(match refused {
            Refused::NoMount => io.complain(root, &"is not a mount of its own"),
            Refused::NotInMemory => io.complain(b"/", &"is no file system in memory; it would be lost"),
            Refused::Kernel(errno) => io.complain(root, &errno),
        });
    }
    if let Some(console) = parsed.value(b'c') {
        take_console(io, console);
    }
    Ok(launch::replace(io, words, io.environment))
}

/// Has a terminal be the three standard descriptors.
fn take_console(io: &mut Io<'_>, path: &[u8]) {
    let opened = open(path, OpenFlags::READ_WRITE, Mode::empty());
    let done = opened.and_then(|console| {
        for standard in [Standard::Input, Standard::Output, Standard::Error] {
            set_standard(standard, &console)?;
        }
        Ok(())
    });
    io.report(path, done);
}
