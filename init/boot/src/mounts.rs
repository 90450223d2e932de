//! The kernel's file systems: a table of rows, mounted in its order and unmounted in the opposite one.

use core::ffi::CStr;

use linux::Errno;
use linux::fs::{self, Mode};
use linux::mount::{self, MountFlags};

use crate::log::Log;

/// One file system and its place.
struct Row {
    kind: &'static CStr,
    place: &'static CStr,
    flags: MountFlags,
    options: &'static CStr,
}

const fn row(kind: &'static CStr, place: &'static CStr, flags: MountFlags, options: &'static CStr) -> Row {
    Row { kind, place, flags, options }
}

const PLAIN: MountFlags = MountFlags::NO_SET_USER;
const DATA: MountFlags = PLAIN.union(MountFlags::NO_DEVICES);
const FACTS: MountFlags = DATA.union(MountFlags::NO_EXECUTE);

/// What the start itself needs: the kernel command line, and the folder where workers are found.
const FIRST: &[Row] = &[row(c"proc", c"/proc", FACTS, c""), row(c"tmpfs", c"/run", DATA, c"mode=0755")];

/// What nobody waits for.
const OTHERS: &[Row] = &[
    DEVICES,
    row(c"devpts", c"/dev/pts", PLAIN.union(MountFlags::NO_EXECUTE), c"gid=5,mode=0620,ptmxmode=0666"),
    row(c"tmpfs", c"/dev/shm", DATA, c"mode=1777"),
    row(c"sysfs", c"/sys", FACTS, c""),
    row(c"cgroup2", c"/sys/fs/cgroup", FACTS, c"nsdelegate"),
    row(c"tmpfs", c"/tmp", DATA, c"mode=1777"),
];

const DEVICES: Row = row(c"devtmpfs", c"/dev", PLAIN, c"mode=0755");

/// Mounts what the start itself needs.
pub(crate) fn first(log: Log) {
    all(FIRST, log);
}

/// Mounts the rest.
pub(crate) fn others(log: Log) {
    all(OTHERS, log);
}

/// Mounts the device nodes alone, for an image that brings no console; silent, because nobody could hear.
pub(crate) fn devices() {
    let _ = mount(&DEVICES);
}

/// A row that fails is named in the log and left out; the machine goes on without it.
fn all(rows: &[Row], log: Log) {
    for row in rows.iter().filter(|row| !is_there(row)) {
        match mount(row) {
            // Busy: the kernel (CONFIG_DEVTMPFS_MOUNT) or who started us has mounted the same there.
            Ok(()) | Err(Errno::BUSY) => {}
            Err(cause) => {
                let text = |name: &'static CStr| name.to_str().unwrap_or_default();
                log.error(format_args!("mount {} on {}: {cause}", text(row.kind), text(row.place)));
            }
        }
    }
}

/// Says whether a file system came along from the root before this one: those in memory would be hidden by another of their kind.
#[cfg(feature = "disks")]
fn is_there(row: &Row) -> bool {
    fs::stat(row.place).is_ok_and(|place| place.is_mount_root() == Some(true))
}

#[cfg(not(feature = "disks"))]
const fn is_there(_row: &Row) -> bool {
    false
}

/// Makes the place only when it is missing: an image that brings it saves the call.
fn mount(row: &Row) -> linux::Result<()> {
    let mount = || mount::mount(row.kind, row.place, row.kind, row.flags, row.options);
    match mount() {
        Err(Errno::NOENT) => {
            fs::mkdir(row.place, Mode::octal(0o755))?;
            mount()
        }
        other => other,
    }
}
