//! Pipes: pipe2(2).

use crate::Result;
use crate::fd::{OwnedFd, RawFd};
use linux_raw_sys::general as kernel;

flags! {
    /// What both ends of a pipe are to be.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct PipeFlags: u32 {
        /// O_CLOEXEC: closed by execve.
        const CLOSE_ON_EXEC = kernel::O_CLOEXEC;
        /// O_NONBLOCK: calls give `AGAIN` instead of waiting.
        const NONBLOCK = kernel::O_NONBLOCK;
        /// O_DIRECT: each write is a packet of its own.
        const PACKETS = kernel::O_DIRECT;
        const _ = !0;
    }
}

/// Makes a pipe; gives the end to read from, then the end to write to.
///
/// # Errors
/// `MFILE`, `NFILE`, `INVAL`. See `pipe(2)`.
#[doc(alias = "pipe2")]
pub fn pipe(flags: PipeFlags) -> Result<(OwnedFd, OwnedFd)> {
    let mut ends: [RawFd; 2] = [-1; 2];
    // SAFETY: the kernel writes two numbers into the array.
    unsafe { syscall!(__NR_pipe2, ends.as_mut_ptr(), flags.bits()) }?;
    let [reader, writer] = ends;
    Ok((OwnedFd::made(reader as usize), OwnedFd::made(writer as usize)))
}
