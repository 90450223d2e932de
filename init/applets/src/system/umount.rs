//! `umount`, with util-linux's options that BusyBox has, and `-R`.

use alloc::vec::Vec;

use formats::proc::pid::mountinfo::Mount;
use linux::Errno;
use linux::mount::{MountFlags, UnmountFlags, remount, unmount};
use system::mount_options::MountOptions;
use system::mounting::matches;
use system::mounts::{self, Table};

use crate::options::more;
use crate::{Applet, Flag, HAS_MORE, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "umount",
    summary: "Take away what is mounted at a folder, or what a source is mounted as",
    usage: "[OPTION]... FOLDER | SOURCE...\n-a [-t LIST] [OPTION]...",
    flags: flags![
        ..MORE,
        Flag::new(b'a', "all", "all but the kernel's own file systems, last mounted first"),
        Flag::with(b't', "types", "LIST", "with -a: only these kinds; also noKIND"),
        Flag::new(b'l', "lazy", "take it away now, and end it when nobody uses it any more"),
        Flag::new(b'f', "force", "even if a server does not answer"),
        Flag::new(b'n', "no-mtab", ""),
        Flag::new(b'd', "detach-loop", ""),
        Flag::new(b'i', "internal-only", ""),
    ],
    run: Run::Parsed(run),
};

/// What `-a` leaves alone: without them little works.
const KEPT: &[u8] = b"noproc,sysfs,devtmpfs,devpts,cgroup,cgroup2,rootfs,securityfs";

/// What the smallest images do without.
const MORE: &[Flag] = more(&[
    Flag::new(b'R', "recursive", "also all that is mounted below"),
    Flag::new(b'r', "read-only", "if it is in use, make it read-only"),
    Flag::new(b'v', "verbose", "say what is taken away"),
    Flag::new(b'q', "quiet", "say nothing of what is not mounted"),
    Flag::new(FAKE, "fake", "do all but take away"),
]);

const FAKE: u8 = 128;

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if parsed.has(b'a') {
        let kinds = parsed.value(b't').unwrap_or(KEPT);
        let is_wanted =
            |mount: &Mount<'_>| matches(Some(kinds), &mount.kind.plain()) && !mount.target.is(b"/");
        return Ok(each(io, parsed, &targets(&Table::read()?, &is_wanted)));
    }
    if parsed.operands.is_empty() {
        return Ok(parsed.usage(io));
    }
    let mut status = Status::SUCCESS;
    for &name in &parsed.operands {
        status = status.and(if HAS_MORE && parsed.has(b'R') {
            below(io, parsed, name)?
        } else {
            named(io, parsed, name)
        });
    }
    Ok(status)
}

fn each(io: &mut Io<'_>, parsed: &Parsed<'_>, targets: &[Vec<u8>]) -> Status {
    targets.iter().fold(Status::SUCCESS, |status, target| status.and(one(io, parsed, target)))
}

/// Takes away a mount and all below it.
fn below(io: &mut Io<'_>, parsed: &Parsed<'_>, name: &[u8]) -> Outcome {
    let table = Table::read()?;
    let name = &mounts::resolve(name);
    let is_below = |target: &[u8]| match target.strip_prefix(name.as_slice()) {
        Some(rest) => rest.is_empty() || rest.starts_with(b"/") || name == b"/",
        None => false,
    };
    let targets = targets(&table, &|mount| is_below(&mount.target.plain()));
    Ok(if targets.is_empty() { not_mounted(io, parsed, name) } else { each(io, parsed, &targets) })
}

fn not_mounted(io: &mut Io<'_>, parsed: &Parsed<'_>, name: &[u8]) -> Status {
    if HAS_MORE && parsed.has(b'q') { Status::FAILURE } else { io.complain(name, &"not mounted") }
}

/// Gives the mount points of some mounts, the last mounted first.
fn targets(table: &Table, is_wanted: &dyn Fn(&Mount<'_>) -> bool) -> Vec<Vec<u8>> {
    let mut targets = Vec::new();
    for mount in table.mounts().flatten().filter(is_wanted) {
        targets.insert(0, mount.target.plain());
    }
    targets
}

/// Takes away the mount at a folder; if there is none, the last one of a source of this name.
fn named(io: &mut Io<'_>, parsed: &Parsed<'_>, name: &[u8]) -> Status {
    let table = Table::read().ok();
    let by_source = table.as_ref().filter(|table| table.at(&mounts::resolve(name)).is_none());
    let found = by_source.and_then(|table| targets(table, &|mount| mount.source.is(name)).into_iter().next());
    one(io, parsed, found.as_deref().unwrap_or(name))
}

fn one(io: &mut Io<'_>, parsed: &Parsed<'_>, target: &[u8]) -> Status {
    let mut flags = UnmountFlags::empty();
    flags.set(UnmountFlags::DETACH, parsed.has(b'l'));
    flags.set(UnmountFlags::FORCE, parsed.has(b'f'));
    let is_fake = HAS_MORE && parsed.has(FAKE);
    let done = match if is_fake { Ok(()) } else { unmount(target, flags) } {
        Err(Errno::BUSY) if HAS_MORE && parsed.has(b'r') => make_read_only(target),
        done => done,
    };
    match done {
        Ok(()) => {
            if HAS_MORE && parsed.has(b'v') {
                io.out.printable(target);
                io.out.put(b" unmounted\n");
            }
            Status::SUCCESS
        }
        Err(Errno::INVAL) => not_mounted(io, parsed, target),
        refused => io.report(target, refused),
    }
}

fn make_read_only(target: &[u8]) -> linux::Result<()> {
    let mut options = MountOptions::default();
    options.add(b"ro");
    let table = Table::read().ok();
    if let Some(present) = table.as_ref().and_then(|table| table.at(&mounts::resolve(target))) {
        options.keep(present.options);
    }
    remount(target, options.lasting() | MountFlags::READ_ONLY, "")
}
