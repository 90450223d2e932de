//! `switch_root` (util-linux's and BusyBox's): the end of an initial ramfs. Process 1 calls it in place of itself.
//!
//! What is mounted at /dev, /proc, /sys and /run goes along, as with util-linux, where the new root has such a folder and nothing is
//! mounted there yet. Nothing is removed unless the old root is a file system in memory, and another than the new one.

use io::{Folder, Step};
use linux::fs::{Metadata, Mode, OpenFlags, Standard, chdir, chroot, open, set_standard, stat, statfs};
use linux::mount::move_to;
use linux::process::getpid;

use crate::process::launch;
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "switch_root",
    summary: "Free the initial file system, and go on with the init of another",
    usage: "[-c CONSOLE] NEW_ROOT INIT [WORD]...",
    flags: flags![Flag::with(b'c', "", "CONSOLE", "the terminal of what is started, in the new root")],
    run: Run::Leading(run),
};

/// RAMFS_MAGIC and TMPFS_MAGIC of linux/magic.h.
const IN_MEMORY: [u64; 2] = [0x8584_58f6, 0x0102_1994];

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let [root, words @ ..] = parsed.operands.as_slice() else { return Ok(parsed.usage(io)) };
    if words.is_empty() {
        return Ok(parsed.usage(io));
    }
    let root = *root;
    if getpid().get() != 1 {
        return Ok(io.complain(b"", &"only process 1 can do this"));
    }
    let failed = |io: &mut Io<'_>, errno| io.complain(root, &errno);
    chdir(root).map_err(|errno| failed(io, errno))?;
    let (new, old) = (look(io, b".")?, look(io, b"/")?);
    if new.device() == old.device() {
        return Ok(io.complain(root, &"is not a mount of its own"));
    }
    let kind = statfs("/").map_err(|errno| io.complain(b"/", &errno))?.kind;
    if !IN_MEMORY.contains(&kind) {
        return Ok(io.complain(b"/", &"is no file system in memory; it would be lost"));
    }
    for (from, to) in [("/dev", "dev"), ("/proc", "proc"), ("/sys", "sys"), ("/run", "run")] {
        let is_mount = stat(from).is_ok_and(|data| data.device() != old.device());
        let is_free = stat(to).is_ok_and(|data| data.is_directory() && data.device() == new.device());
        if is_mount && is_free {
            // What cannot be moved stays behind, and is out of reach: init mounts its own.
            let _ = move_to(from, to);
        }
    }
    let freed = Folder::open("/").and_then(|folder| free(&folder, old.device()));
    if let Err(errno) = freed {
        io.complain(b"/", &errno);
    }
    move_to(".", "/")
        .and_then(|()| chroot("."))
        .and_then(|()| chdir("/"))
        .map_err(|errno| failed(io, errno))?;
    if let Some(console) = parsed.value(b'c') {
        take_console(io, console);
    }
    Ok(launch::replace(io, words, io.environment))
}

fn look(io: &mut Io<'_>, path: &[u8]) -> Result<Metadata, Status> {
    stat(path).map_err(|errno| io.complain(path, &errno))
}

/// Removes what is in a folder and on its device.
fn free(folder: &Folder, device: (u32, u32)) -> linux::Result<()> {
    let mut walk = folder.walk()?;
    while let Some(visit) = walk.next() {
        let Ok(visit) = visit else { continue };
        let is_elsewhere = visit.metadata().is_ok_and(|data| data.device() != device);
        match visit.step {
            Step::Enter if is_elsewhere => walk.skip(),
            _ if is_elsewhere => {}
            // A folder in which something is mounted stays.
            _ => drop(visit.remove()),
        }
    }
    Ok(())
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
