//! Following another process from stop to stop: ptrace(2). A [`Tracee`] is one that is followed, from the beginning to the end.

mod registers;
mod tracee;

pub use registers::Registers;
pub use tracee::{Halt, Tracee};

pub mod layout;
pub mod names;

use crate::process::{Ended, Pid, ended_by};
use crate::signal::{Signal, SignalSet};
use crate::{Errno, Result};
use core::mem::MaybeUninit;
use formats::file::calls::{Table, packed, packed_length};
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

/// The calls of this processor, packed.
static CALLS: [u8; packed_length(MACHINE)] = packed(MACHINE);

/// Gives all calls of this processor, with their numbers and what their arguments are.
pub fn calls() -> Table<'static> {
    Table::new(&CALLS)
}

/// What processes that a debugger follows are, by the number in the headers of their programs (`e_machine`, elf(5)).
pub const MACHINE: u16 = arch::abi::ELF_MACHINE;

flags! {
    /// When a process that is followed stops, beside its signals.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Stops: u32 {
        /// PTRACE_O_TRACESYSGOOD: stops at system calls tell themselves from signals.
        const CALLS = kernel::PTRACE_O_TRACESYSGOOD;
        /// PTRACE_O_TRACEFORK, PTRACE_O_TRACEVFORK, PTRACE_O_TRACECLONE: its children and threads are followed too.
        const CHILDREN = kernel::PTRACE_O_TRACEFORK | kernel::PTRACE_O_TRACEVFORK | kernel::PTRACE_O_TRACECLONE;
        /// PTRACE_O_TRACEEXEC: no SIGTRAP after an execve, but a stop of its own.
        const EXECUTE = kernel::PTRACE_O_TRACEEXEC;
        /// PTRACE_O_EXITKILL: it is killed when who follows it ends.
        const KILL_AT_END = kernel::PTRACE_O_EXITKILL;
        const _ = !0;
    }
}

/// Sets when a stopped process stops from now on.
///
/// # Errors
/// `SRCH`: not a stopped process that this thread follows. `INVAL`. See `ptrace(2)`.
#[doc(alias = "PTRACE_SETOPTIONS")]
pub fn set_stops(process: Pid, stops: Stops) -> Result<()> {
    // SAFETY: integers only.
    unsafe { syscall!(__NR_ptrace, kernel::PTRACE_SETOPTIONS, process.get(), 0_usize, stops.bits()) }
        .map(drop)
}

/// Follows a thread that runs already, which goes on until [`interrupt`] or something else stops it.
///
/// # Errors
/// `PERM` (another's, or somebody follows it), `SRCH`. See `ptrace(2)`.
#[doc(alias = "PTRACE_SEIZE")]
pub fn seize(process: Pid, stops: Stops) -> Result<()> {
    // SAFETY: integers only.
    unsafe { syscall!(__NR_ptrace, kernel::PTRACE_SEIZE, process.get(), 0_usize, stops.bits()) }.map(drop)
}

/// Stops a thread that was seized.
///
/// # Errors
/// `SRCH`. See `ptrace(2)`.
#[doc(alias = "PTRACE_INTERRUPT")]
pub fn interrupt(process: Pid) -> Result<()> {
    // SAFETY: integers only.
    unsafe { syscall!(__NR_ptrace, kernel::PTRACE_INTERRUPT, process.get(), 0_usize, 0_usize) }.map(drop)
}

/// What has come about with a process that is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happened {
    /// It is gone.
    Ended(Ended),
    /// It is stopped at the beginning or the end of a call.
    Call,
    /// It is stopped before this signal reaches it.
    Signal(Signal),
    /// It is stopped by an event: a PTRACE_EVENT_… of `linux/ptrace.h`, and the signal that comes with it.
    Event(u32, Signal),
}

/// Waits until something has come about with one of the processes that this thread follows, or a child of its.
///
/// # Errors
/// `CHILD` (there is none), `INTR`. See `wait4(2)`, __WALL and __WNOTHREAD.
pub fn next() -> Result<(Pid, Happened)> {
    wait(-1)
}

/// Waits for one process, or for any (-1).
fn wait(process: i32) -> Result<(Pid, Happened)> {
    let mut status = 0_i32;
    let flags = linux_raw_sys::general::__WALL | linux_raw_sys::general::__WNOTHREAD;
    // SAFETY: the kernel writes one number.
    let word = unsafe { syscall!(__NR_wait4, process, &raw mut status, flags, 0_usize) }?;
    let pid = Pid::new(word as i32).ok_or(Errno::CHILD)?;
    Ok((pid, happened(status).ok_or(Errno::CHILD)?))
}

/// Reads the packed status that wait4 gives.
fn happened(status: i32) -> Option<Happened> {
    /// Added to SIGTRAP at a call: PTRACE_O_TRACESYSGOOD.
    const MARKED: i32 = 0x80;
    Some(match (status & 0xff, (status >> 8) & 0xff, status >> 16) {
        (0x7f, signal, event @ 1..) => Happened::Event(event.cast_unsigned(), Signal::new(signal)?),
        (0x7f, signal, _) if signal == Signal::TRAP.number() | MARKED => Happened::Call,
        (0x7f, signal, _) => Happened::Signal(Signal::new(signal)?),
        _ => Happened::Ended(ended_by(status)?),
    })
}

/// The bytes of what a signal is told with (`siginfo_t`).
pub const SIGNAL_BYTES: usize = size_of::<crate::signal::SignalInfo>();

/// Gives what the signal that a stopped process gets is told with; [`layout::Told`] takes it apart.
///
/// # Errors
/// `SRCH`; `INVAL` (it is stopped by no signal, but with its group). See `ptrace(2)`.
#[doc(alias = "PTRACE_GETSIGINFO")]
pub fn signal_told(process: Pid) -> Result<[u8; SIGNAL_BYTES]> {
    let mut info = [0; SIGNAL_BYTES];
    let request = kernel::PTRACE_GETSIGINFO;
    // SAFETY: the kernel writes one structure.
    unsafe { syscall!(__NR_ptrace, request, process.get(), 0_usize, info.as_mut_ptr()) }?;
    Ok(info)
}

/// Gives the signals that a stopped process blocks (Linux 3.11).
///
/// # Errors
/// `SRCH`: not a stopped process that this thread follows. See `ptrace(2)`.
#[doc(alias = "PTRACE_GETSIGMASK")]
pub fn blocked(process: Pid) -> Result<SignalSet> {
    let mut set = SignalSet::EMPTY;
    let (request, size) = (kernel::PTRACE_GETSIGMASK, size_of::<SignalSet>());
    // SAFETY: the kernel writes one set.
    unsafe { syscall!(__NR_ptrace, request, process.get(), size, &raw mut set) }?;
    Ok(set)
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
