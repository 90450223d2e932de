//! The disk or directory that keeps what must outlive the machine: mounted at [`PLACE`] as `spelunk.state` says.
//!
//! It is mounted by the network's worker, its only user so far: a disk that does not answer holds that worker and
//! nobody else.

use linux::Errno;
use linux::fs::{self, FileKind, Mode, OpenFlags};
use linux::mount::{self, MountFlags};

use crate::log::Log;

/// Where it is found.
pub(crate) const PLACE: &str = "/var/lib/spelunk";

/// Mounts it unless that was done before; what fails is named in the log, and what is kept is lost with the machine.
pub(crate) fn mount(source: &str, log: Log) {
    if fs::stat(PLACE).is_ok_and(|place| place.is_mount_root() == Some(true)) {
        return;
    }
    for folder in ["/var", "/var/lib", PLACE] {
        // That one is there, or cannot be made, shows when it is used.
        let _ = fs::mkdir(folder, Mode::octal(0o755));
    }
    let mounted = match fs::stat(source).map(|source| source.kind()) {
        Ok(FileKind::BlockDevice) => disk(source),
        Ok(FileKind::Directory) => mount::bind(source, PLACE, MountFlags::empty()),
        Ok(_) => Err(Errno::NOTBLK),
        Err(cause) => Err(cause),
    };
    match mounted {
        Ok(()) => log.debug(format_args!("mounted {source} on {PLACE}")),
        Err(cause) => log.error(format_args!("mount {source} on {PLACE}: {cause}")),
    }
}

/// Tries the kinds of file systems on disks that the kernel knows, in its order.
fn disk(source: &str) -> linux::Result<()> {
    let mut text = [0; 2048];
    let file = fs::open(c"/proc/filesystems", OpenFlags::READ | OpenFlags::CLOSE_ON_EXEC, Mode::empty())?;
    let count = fs::read_full(&file, &mut text)?;
    // A file that takes another's place is there after a loss of power, also on file systems that keep no journal.
    let flags = MountFlags::NO_SET_USER
        | MountFlags::NO_DEVICES
        | MountFlags::NO_EXECUTE
        | MountFlags::SYNCHRONOUS_DIRECTORIES
        | MountFlags::SILENT;
    let mut last = Err(Errno::NODEV);
    // The kinds without a disk have the word "nodev" before the tab.
    for line in text.get(..count).unwrap_or_default().split(|byte| *byte == b'\n') {
        let Some(kind) = line.strip_prefix(b"\t") else { continue };
        last = mount::mount(source, PLACE, kind, flags, c"");
        match last {
            // Not of this kind.
            Err(Errno::INVAL) => {}
            _ => break,
        }
    }
    last
}
