//! Threads: who this one is, and calls that concern one thread only.

use crate::Result;
use crate::process::Pid;
use crate::signal::Signal;

/// Gives the number of this thread, within its process's namespace.
///
/// See `gettid(2)`.
pub fn gettid() -> Pid {
    // SAFETY: no arguments; the call always succeeds.
    let number = unsafe { syscall!(__NR_gettid) };
    Pid::new(number.unwrap_or_default() as i32).unwrap_or(Pid::INIT)
}

/// Gives the numbers of the processor and of the memory node that this thread runs on, right now.
///
/// # Errors
/// `NOSYS`. See `getcpu(2)`.
pub fn getcpu() -> Result<(u32, u32)> {
    let (mut processor, mut node) = (0_u32, 0_u32);
    // SAFETY: the kernel writes two numbers; the third argument is not used any more.
    unsafe { syscall!(__NR_getcpu, &raw mut processor, &raw mut node, 0_usize) }?;
    Ok((processor, node))
}

/// Sends a signal to one thread of a process.
///
/// # Errors
/// `SRCH`, `PERM`, `INVAL`, `AGAIN`. See `tgkill(2)`.
pub fn tgkill(process: Pid, thread: Pid, signal: Signal) -> Result<()> {
    // SAFETY: integers only.
    unsafe { syscall!(__NR_tgkill, process.get(), thread.get(), signal.number()) }.map(drop)
}

/// Gives the processor to another thread that is ready.
///
/// See `sched_yield(2)`.
pub fn sched_yield() {
    // SAFETY: no arguments; the call always succeeds.
    let _ = unsafe { syscall!(__NR_sched_yield) };
}
