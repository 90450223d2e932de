//! Following another process from stop to stop: ptrace(2). Its memory is /proc/PID/mem.

use crate::Result;
use crate::process::Pid;
use crate::signal::Signal;
use core::mem::MaybeUninit;
use linux_raw_sys::ptrace as kernel;

/// How far a stopped process goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// To its next signal (PTRACE_CONT).
    Signal,
    /// To its next system call, or the end of the one it is in (PTRACE_SYSCALL).
    Call,
    /// One instruction (PTRACE_SINGLESTEP).
    Step,
    /// For ever: nobody follows it any more (PTRACE_DETACH).
    End,
}

/// Where a process is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stop {
    /// Its instruction pointer.
    pub instruction: u64,
    /// Its stack pointer.
    pub stack: u64,
    /// What it is about to do, or has done.
    pub call: Call,
}

/// What a process that is stopped at a system call is about to do, or has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// It is about to make this call.
    Entry {
        /// Its number on this processor.
        number: u64,
        /// Its arguments.
        arguments: [u64; 6],
    },
    /// The call gave this word.
    Exit(i64),
    /// It is stopped for another reason.
    None,
}

/// Lets the parent follow this process; it stops with SIGTRAP after its next execve.
///
/// # Errors
/// `PERM`: somebody follows it already. See `ptrace(2)`.
#[doc(alias = "PTRACE_TRACEME")]
pub fn trace_me() -> Result<()> {
    // SAFETY: no memory is touched.
    unsafe { syscall!(__NR_ptrace, kernel::PTRACE_TRACEME, 0_usize, 0_usize, 0_usize) }.map(drop)
}

/// Makes stops at system calls tell themselves from signals: as SIGTRAP with bit 7 set.
///
/// # Errors
/// `SRCH`: not a stopped process that this thread follows. See `ptrace(2)`.
#[doc(alias = "PTRACE_O_TRACESYSGOOD")]
pub fn mark_calls(process: Pid) -> Result<()> {
    let (request, options) = (kernel::PTRACE_SETOPTIONS, kernel::PTRACE_O_TRACESYSGOOD);
    // SAFETY: integers only.
    unsafe { syscall!(__NR_ptrace, request, process.get(), 0_usize, options) }.map(drop)
}

/// Lets a stopped process go on, with a signal if one is given.
///
/// # Errors
/// `SRCH`: not a stopped process that this thread follows. See `ptrace(2)`.
pub fn resume(process: Pid, until: Until, signal: Option<Signal>) -> Result<()> {
    let request = match until {
        Until::Signal => kernel::PTRACE_CONT,
        Until::Call => kernel::PTRACE_SYSCALL,
        Until::Step => kernel::PTRACE_SINGLESTEP,
        Until::End => kernel::PTRACE_DETACH,
    };
    let signal = signal.map_or(0, Signal::number);
    // SAFETY: integers only.
    unsafe { syscall!(__NR_ptrace, request, process.get(), 0_usize, signal) }.map(drop)
}

/// Says where a process is stopped (Linux 5.3).
///
/// # Errors
/// `SRCH`: not a stopped process that this thread follows. See `ptrace(2)`, PTRACE_GET_SYSCALL_INFO.
#[doc(alias = "PTRACE_GET_SYSCALL_INFO")]
pub fn stop(process: Pid) -> Result<Stop> {
    let mut info = MaybeUninit::<kernel::ptrace_syscall_info>::zeroed();
    let (request, room) = (kernel::PTRACE_GET_SYSCALL_INFO, size_of::<kernel::ptrace_syscall_info>());
    // SAFETY: the kernel writes at most one structure.
    unsafe { syscall!(__NR_ptrace, request, process.get(), room, info.as_mut_ptr()) }?;
    // SAFETY: all of it was written, by us or by the kernel; it is plain numbers.
    let info = unsafe { info.assume_init() };
    let call = match u32::from(info.op) {
        kernel::PTRACE_SYSCALL_INFO_ENTRY => {
            // SAFETY: the member of this kind; every bit pattern is a value.
            let entry = unsafe { info.__bindgen_anon_1.entry };
            Call::Entry { number: entry.nr, arguments: entry.args }
        }
        kernel::PTRACE_SYSCALL_INFO_EXIT => {
            // SAFETY: as above.
            Call::Exit(unsafe { info.__bindgen_anon_1.exit }.rval)
        }
        _ => Call::None,
    };
    Ok(Stop { instruction: info.instruction_pointer, stack: info.stack_pointer, call })
}
