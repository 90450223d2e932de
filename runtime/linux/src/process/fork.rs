//! New processes and the end of this one: clone(2) in the shapes of fork, exit_group(2).

use super::Pid;
use crate::fd::{OwnedFd, RawFd};
use crate::{Errno, Result};
use arch::start::trap;
use linux_raw_sys::general as kernel;

/// On which side of a fork one is.
#[derive(Debug)]
pub enum Fork<T = Pid> {
    /// In the new process.
    Child,
    /// In the old one, with the new one's number.
    Parent(T),
}

flags! {
    /// What a new process has apart from its parent (CLONE_NEW*), and whose child it is.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct CloneFlags: u32 {
        /// CLONE_NEWUSER: users.
        const NEW_USER = kernel::CLONE_NEWUSER;
        /// CLONE_NEWNS: mounts.
        const NEW_MOUNT = kernel::CLONE_NEWNS;
        /// CLONE_NEWPID: process numbers.
        const NEW_PID = kernel::CLONE_NEWPID;
        /// CLONE_NEWNET: network.
        const NEW_NETWORK = kernel::CLONE_NEWNET;
        /// CLONE_NEWUTS: host name.
        const NEW_UTS = kernel::CLONE_NEWUTS;
        /// CLONE_NEWIPC: System V IPC and message queues.
        const NEW_IPC = kernel::CLONE_NEWIPC;
        /// CLONE_NEWCGROUP: root of control groups.
        const NEW_CGROUP = kernel::CLONE_NEWCGROUP;
        /// CLONE_PARENT: a child of this process's parent.
        const PARENT = kernel::CLONE_PARENT;
    }
}

/// Makes a child with a copy of this process's memory, of which only this thread goes on.
///
/// # Safety
/// If there are other threads, the child may only do what is safe in a signal handler (locks that they hold stay held),
/// until it calls execve or exits. A libc in the process must not be called by the child, since it is not told.
///
/// # Errors
/// `AGAIN` (limit of processes), `NOMEM`. See `fork(2)`.
pub unsafe fn fork() -> Result<Fork> {
    // SAFETY: passed on to the caller.
    unsafe { clone(CloneFlags::empty()) }
}

/// The same, with new namespaces or another parent.
///
/// # Safety
/// As of [`fork`].
///
/// # Errors
/// `AGAIN`, `NOMEM`, `PERM`, `INVAL`, `NOSPC` (limit of namespaces). See `clone(2)`.
pub unsafe fn clone(flags: CloneFlags) -> Result<Fork> {
    let flags = checked(flags)? | kernel::SIGCHLD;
    // SAFETY: no memory is shared and no new stack given, so the child goes on with copies of both; the caller answers
    // for other threads.
    let word = unsafe { syscall!(__NR_clone, flags, 0_usize, 0_usize, 0_usize, 0_usize) }?;
    side(word, |pid| pid)
}

/// The same, with a descriptor of the child (closed by execve) that is ready to read when the child has ended.
///
/// # Safety
/// As of [`fork`].
///
/// # Errors
/// Those of [`clone`]; `INVAL` before Linux 5.2. See `clone(2)`, CLONE_PIDFD.
#[doc(alias = "CLONE_PIDFD")]
pub unsafe fn fork_with_pidfd(flags: CloneFlags) -> Result<Fork<(Pid, OwnedFd)>> {
    let mut number: RawFd = -1;
    let flags = checked(flags)? | kernel::CLONE_PIDFD | kernel::SIGCHLD;
    // SAFETY: as in `clone`; the kernel writes the descriptor's number into the parent's variable.
    let word = unsafe { syscall!(__NR_clone, flags, 0_usize, &raw mut number, 0_usize, 0_usize) }?;
    side(word, |pid| (pid, OwnedFd::made(number as usize)))
}

/// Other bits would share memory, or give the kernel meaning to arguments that are not there.
fn checked(flags: CloneFlags) -> Result<u32> {
    if CloneFlags::all().contains(flags) { Ok(flags.bits()) } else { Err(Errno::INVAL) }
}

fn side<T>(word: usize, parent: impl FnOnce(Pid) -> T) -> Result<Fork<T>> {
    match word {
        0 => Ok(Fork::Child),
        pid => Ok(Fork::Parent(parent(Pid::new(pid as i32).ok_or(Errno::CHILD)?))),
    }
}

/// Ends this process with all its threads; the parent sees the low 8 bits of the status. No destructor runs.
///
/// A sandbox that refuses even that sees the process end by an illegal instruction.
///
/// See `exit_group(2)`.
#[doc(alias = "_exit")]
pub fn exit_group(status: i32) -> ! {
    // SAFETY: an integer only; the call does not return.
    let _ = unsafe { syscall!(__NR_exit_group, status) };
    trap()
}
