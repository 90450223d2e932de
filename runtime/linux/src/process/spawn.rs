//! A child that runs a function of this program: fork as something that cannot go wrong.

use super::{CloneFlags, Fork, Pid, clone, exit_group};
use crate::fs::stat;
use crate::{Errno, Result};
use linux_raw_sys::general as kernel;

/// Makes a child that calls `body` on a copy of this process's memory and exits with its result; gives its number.
///
/// Signals that are blocked here are blocked there, and it has all open descriptors.
///
/// # Errors
/// `INVAL` (this process has other threads, whose half-done work the copy would hold), `AGAIN` (limit of processes),
/// `NOMEM`. See `fork(2)`.
#[doc(alias = "fork")]
pub fn spawn(body: impl FnOnce() -> i32) -> Result<Pid> {
    spawn_in(CloneFlags::empty(), body)
}

/// The same, with new namespaces or another parent.
///
/// # Errors
/// Those of [`spawn`]; `PERM`, `INVAL`, `NOSPC` (limit of namespaces). See `clone(2)`.
pub fn spawn_in(flags: CloneFlags, body: impl FnOnce() -> i32) -> Result<Pid> {
    alone()?;
    // SAFETY: this is the only thread, so the copy is the memory of a process that stands still.
    match unsafe { clone(flags) }? {
        Fork::Child => exit_group(body()),
        Fork::Parent(child) => Ok(child),
    }
}

/// Asks the kernel to part this thread from the others of its process: nothing to do for one that is alone, refused to
/// any other. The cheapest question with that answer.
///
/// Sandboxes refuse the whole call, Docker's and man-db's among them; there the folder of this process's threads tells.
fn alone() -> Result<()> {
    // SAFETY: an integer only; a thread that is alone shares nothing that could be parted.
    match unsafe { syscall!(__NR_unshare, kernel::CLONE_THREAD) } {
        // A folder has a link for itself, one in its parent, and one in each folder within.
        Err(Errno::PERM | Errno::NOSYS) => match stat(c"/proc/self/task")?.links() {
            3 => Ok(()),
            _ => Err(Errno::INVAL),
        },
        answer => answer.map(drop),
    }
}
