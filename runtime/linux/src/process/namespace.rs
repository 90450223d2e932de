//! Leaving and entering namespaces: unshare(2), setns(2).

use crate::fd::AsFd;
use crate::{Errno, Result};
use linux_raw_sys::general as kernel;

flags! {
    /// Kinds of namespaces.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Namespaces: u32 {
        /// CLONE_NEWUSER: users.
        const USER = kernel::CLONE_NEWUSER;
        /// CLONE_NEWNS: mounts.
        const MOUNT = kernel::CLONE_NEWNS;
        /// CLONE_NEWPID: process numbers, of children to come.
        const PID = kernel::CLONE_NEWPID;
        /// CLONE_NEWNET: network.
        const NETWORK = kernel::CLONE_NEWNET;
        /// CLONE_NEWUTS: host name.
        const UTS = kernel::CLONE_NEWUTS;
        /// CLONE_NEWIPC: System V IPC and message queues.
        const IPC = kernel::CLONE_NEWIPC;
        /// CLONE_NEWCGROUP: root of control groups.
        const CGROUP = kernel::CLONE_NEWCGROUP;
        /// CLONE_NEWTIME: offsets of clocks, of children to come (Linux 5.6).
        const TIME = kernel::CLONE_NEWTIME;
    }
}

/// Moves this thread into new namespaces.
///
/// # Errors
/// `PERM`, `INVAL` (users: in a process with threads; a bit that is no kind here), `NOSPC` (limit of namespaces), `NOMEM`. See `unshare(2)`.
pub fn unshare(kinds: Namespaces) -> Result<()> {
    // Other bits would part this thread's memory or descriptors from those of the others, who may have borrowed them.
    if !Namespaces::all().contains(kinds) {
        return Err(Errno::INVAL);
    }
    // SAFETY: an integer only; none of these kinds takes memory or descriptors away.
    unsafe { syscall!(__NR_unshare, kinds.bits()) }.map(drop)
}

/// Moves this thread into the namespace behind a descriptor (of /proc/PID/ns); no kind takes any.
///
/// # Errors
/// `INVAL` (another kind), `PERM`, `BADF`. See `setns(2)`.
pub fn setns(namespace: impl AsFd, kinds: Namespaces) -> Result<()> {
    // SAFETY: integers only.
    unsafe { syscall!(__NR_setns, namespace.as_fd(), kinds.bits()) }.map(drop)
}
