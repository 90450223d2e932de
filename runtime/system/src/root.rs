//! The end of an initial file system in memory: another one becomes the root, and what the first took is freed.

use io::{Folder, Step};
use linux::Errno;
use linux::fs::{chdir, chroot, stat};
use linux::mount::move_to;

use crate::mounts::is_in_memory;

/// Why the root stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The folder is none in which something is mounted.
    NoMount,
    /// The root lies on a disk, where it would be removed.
    NotInMemory,
    /// The kernel says why.
    Kernel(Errno),
}

impl From<Errno> for Refused {
    fn from(errno: Errno) -> Self {
        Self::Kernel(errno)
    }
}

/// Has the file system that is mounted at a folder be the root of this process. What is mounted at /dev, /proc, /sys and /run goes
/// along where the new root has such a folder with nothing mounted there; all else of the old root is removed. What could not be
/// removed is told to `complain`.
///
/// # Errors
/// Before anything was done: see [`Refused`].
pub fn switch(root: &[u8], complain: &mut dyn FnMut(&[u8], Errno)) -> Result<(), Refused> {
    chdir(root)?;
    let (new, old) = (stat(".")?, stat("/")?);
    if new.device() == old.device() {
        return Err(Refused::NoMount);
    }
    if !is_in_memory("/") {
        return Err(Refused::NotInMemory);
    }
    for (from, to) in [("/dev", "dev"), ("/proc", "proc"), ("/sys", "sys"), ("/run", "run")] {
        let is_mount = stat(from).is_ok_and(|data| data.device() != old.device());
        let is_free = stat(to).is_ok_and(|data| data.is_directory() && data.device() == new.device());
        if is_mount && is_free {
            // What cannot be moved stays behind, and is out of reach: init mounts its own.
            let _ = move_to(from, to);
        }
    }
    if let Err(errno) = Folder::open("/").and_then(|folder| free(&folder, old.device())) {
        complain(b"/", errno);
    }
    move_to(".", "/")?;
    chroot(".")?;
    chdir("/")?;
    Ok(())
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
