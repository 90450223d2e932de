//! A filter in front of all system calls of a process: seccomp(2).

use crate::net::{FilterInstruction, FilterProgram};
use crate::{Errno, Result};
use linux_raw_sys::ptrace as kernel;

/// What becomes of a call that a filter refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The process is killed, as by SIGSYS (SECCOMP_RET_KILL_PROCESS).
    Kill,
    /// The thread gets SIGSYS, whose handler may look at the call (SECCOMP_RET_TRAP).
    Trap,
    /// The call gives this error (SECCOMP_RET_ERRNO).
    Error(Errno),
    /// The call is made, and the kernel's log tells of it (SECCOMP_RET_LOG).
    Log,
}

impl Refusal {
    /// Gives the word that a filter returns.
    pub const fn word(self) -> u32 {
        match self {
            Self::Kill => kernel::SECCOMP_RET_KILL_PROCESS,
            Self::Trap => kernel::SECCOMP_RET_TRAP,
            Self::Error(errno) => kernel::SECCOMP_RET_ERRNO | errno.number() as u32,
            Self::Log => kernel::SECCOMP_RET_LOG,
        }
    }
}

/// Leaves this thread read, write, exit (not of the whole process) and the return from handlers of signals: any other call kills it, as
/// by SIGKILL.
///
/// # Errors
/// `INVAL` (it has a filter, or the kernel has no such mode), `NOSYS`. See `seccomp(2)`.
#[doc(alias = "SECCOMP_SET_MODE_STRICT")]
pub fn set_strict() -> Result<()> {
    // SAFETY: integers only.
    unsafe { syscall!(__NR_seccomp, kernel::SECCOMP_SET_MODE_STRICT, 0_u32, 0_usize) }.map(drop)
}

/// Puts a filter in front of all system calls of all threads of this process, and of what they will start. There is no way
/// back; several filters all apply.
///
/// # Errors
/// `ACCES` (privileges could still be gained by execve, see `set_no_new_privileges`), `INVAL` (the program is wrong), `SRCH`
/// (a thread has a filter of its own), `NOMEM`, `NOSYS` (before Linux 3.17). See `seccomp(2)`.
#[doc(alias = "SECCOMP_SET_MODE_FILTER")]
pub fn set_filter(program: &[FilterInstruction]) -> Result<()> {
    let program = FilterProgram::new(program)?;
    let flags = kernel::SECCOMP_FILTER_FLAG_TSYNC | kernel::SECCOMP_FILTER_FLAG_TSYNC_ESRCH;
    // SAFETY: the kernel reads the structure and the instructions behind it.
    let set = |flags: u32| unsafe {
        syscall!(__NR_seccomp, kernel::SECCOMP_SET_MODE_FILTER, flags, &raw const program)
    };
    match set(flags) {
        // Before Linux 5.7 the error is the number of the thread that could not follow.
        Err(Errno::INVAL) => match set(kernel::SECCOMP_FILTER_FLAG_TSYNC)? {
            0 => Ok(()),
            _ => Err(Errno::SRCH),
        },
        set => set.map(drop),
    }
}
