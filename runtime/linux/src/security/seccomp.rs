//! A filter in front of all system calls of a process: seccomp(2).
//!
//! A filter can also answer a call in the kernel's place, and safe code takes such an answer for the kernel's: a `read` that says it
//! has filled a buffer, a `mmap` whose memory is another's. So what is safe to set is a [`Filter`] whose every end lets a call through or
//! refuses it.

use super::instruction::code;
use crate::net::{FilterInstruction, FilterProgram};
use crate::{Errno, Result};
use linux_raw_sys::ptrace as kernel;

/// What becomes of a call that a filter refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The process is killed, as by SIGSYS (SECCOMP_RET_KILL_PROCESS).
    Kill,
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

/// A program of classic BPF for [`set_filter`] that answers no call in the kernel's place: each of its ends lets the call through
/// ([`ALLOW`]), or is the word of a [`Refusal`].
#[derive(Clone, Copy, Debug)]
pub struct Filter<'a>(&'a [FilterInstruction]);

/// The word of a filter that lets a call through (SECCOMP_RET_ALLOW).
pub const ALLOW: u32 = kernel::SECCOMP_RET_ALLOW;

impl<'a> Filter<'a> {
    /// Takes a program. Whether it is sound otherwise the kernel says when it is set.
    ///
    /// # Errors
    /// `INVAL`: some end gives a word that it computes, a success (SECCOMP_RET_ERRNO with 0), hands the call to a tracer or a listener, has
    /// a handler of SIGSYS answer (SECCOMP_RET_TRAP: one that only returns gives the number of the call for its result), or ends one
    /// thread alone, which leaves the others with its locks and its unfinished results.
    pub fn new(program: &'a [FilterInstruction]) -> Result<Self> {
        let is_fair = |step: &FilterInstruction| match step.code & code::KIND {
            code::RETURN => step.code == code::RETURN && lets_or_refuses(step.k),
            _ => true,
        };
        if program.iter().all(is_fair) { Ok(Self(program)) } else { Err(Errno::INVAL) }
    }

    /// Takes a program of this module's own making.
    pub(super) const fn fair(program: &'a [FilterInstruction]) -> Self {
        Self(program)
    }
}

/// Says whether this word lets a call through, or refuses it with an error or for good.
const fn lets_or_refuses(word: u32) -> bool {
    match word & kernel::SECCOMP_RET_ACTION_FULL {
        kernel::SECCOMP_RET_ERRNO => word & kernel::SECCOMP_RET_DATA != 0,
        ALLOW | kernel::SECCOMP_RET_LOG | kernel::SECCOMP_RET_KILL_PROCESS => true,
        _ => false,
    }
}

/// Puts a filter in front of all system calls of all threads of this process, and of what they will start. There is no way
/// back; several filters all apply.
///
/// # Errors
/// `ACCES` (privileges could still be gained by execve, see `set_no_new_privileges`), `INVAL` (the program is wrong), `SRCH`
/// (a thread has a filter of its own), `NOMEM`, `NOSYS` (before Linux 3.17). See `seccomp(2)`.
#[doc(alias = "SECCOMP_SET_MODE_FILTER")]
pub fn set_filter(filter: Filter<'_>) -> Result<()> {
    let program = FilterProgram::new(filter.0)?;
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

#[cfg(test)]
mod tests {
    use super::super::instruction::instruction;
    use super::*;

    fn end(code: u16, k: u32) -> [FilterInstruction; 2] {
        [instruction(code::LOAD, 0), instruction(code, k)]
    }

    #[test]
    fn what_refuses_is_taken_and_what_answers_is_not() {
        for refusal in [Refusal::Kill, Refusal::Error(Errno::PERM), Refusal::Log] {
            assert!(Filter::new(&end(code::RETURN, refusal.word())).is_ok(), "{refusal:?}");
        }
        assert!(Filter::new(&end(code::RETURN, ALLOW)).is_ok());
        for answer in [
            kernel::SECCOMP_RET_ERRNO,
            kernel::SECCOMP_RET_TRAP,
            kernel::SECCOMP_RET_TRACE | 7,
            kernel::SECCOMP_RET_USER_NOTIF,
            kernel::SECCOMP_RET_KILL_THREAD,
            0x1234_0000,
        ] {
            assert_eq!(Filter::new(&end(code::RETURN, answer)).err(), Some(Errno::INVAL), "{answer:x}");
        }
        // BPF_RET with BPF_A: the word that is computed.
        assert_eq!(Filter::new(&end(0x16, ALLOW)).err(), Some(Errno::INVAL));
    }
}
