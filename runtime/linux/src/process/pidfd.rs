//! Descriptors of processes: pidfd_open(2), pidfd_send_signal(2), pidfd_getfd(2).

use super::Pid;
use crate::Result;
use crate::fd::{AsFd, OwnedFd, RawFd};
use crate::signal::Signal;
use linux_raw_sys::general as kernel;

flags! {
    /// What a descriptor of a process is to be.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct PidfdFlags: u32 {
        /// PIDFD_NONBLOCK: waiting on it gives `AGAIN` while the process lives (Linux 5.10).
        const NONBLOCK = kernel::O_NONBLOCK;
        const _ = !0;
    }
}

/// Opens a process; the descriptor is closed by execve and ready to read when the process has ended.
///
/// # Errors
/// `SRCH`, `MFILE`, `INVAL`; `NOSYS` before Linux 5.3. See `pidfd_open(2)`.
pub fn pidfd_open(pid: Pid, flags: PidfdFlags) -> Result<OwnedFd> {
    // SAFETY: integers only.
    unsafe { syscall!(__NR_pidfd_open, pid.get(), flags.bits()) }.map(OwnedFd::made)
}

/// Sends a signal to the very process that was opened, even if its number is another's by now.
///
/// # Errors
/// `SRCH` (it has ended), `PERM`, `INVAL`, `BADF`. See `pidfd_send_signal(2)`.
pub fn pidfd_send_signal(process: impl AsFd, signal: Signal) -> Result<()> {
    // SAFETY: integers only; no `siginfo` is given.
    unsafe { syscall!(__NR_pidfd_send_signal, process.as_fd(), signal.number(), 0_usize, 0_u32) }.map(drop)
}

/// Makes a descriptor here for an open file of that process, closed by execve.
///
/// # Errors
/// `PERM` (needs the right to trace it), `BADF`, `MFILE`, `SRCH`; `NOSYS` before Linux 5.6. See `pidfd_getfd(2)`.
pub fn pidfd_getfd(process: impl AsFd, number: RawFd) -> Result<OwnedFd> {
    // SAFETY: integers only.
    unsafe { syscall!(__NR_pidfd_getfd, process.as_fd(), number, 0_u32) }.map(OwnedFd::made)
}
