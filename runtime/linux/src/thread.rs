//! Threads: who this one is, and calls that concern one thread only.

use crate::Result;
use crate::process::Pid;
use crate::signal::Signal;
use core::sync::atomic::AtomicU32;

/// Gives the number of this thread, within its process's namespace.
///
/// See `gettid(2)`.
pub fn gettid() -> Pid {
    // SAFETY: no arguments; the call fails before a filter alone.
    Pid::told(unsafe { syscall!(__NR_gettid) })
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

/// Sets the word that the kernel zeroes when this thread ends, and on which it then wakes one waiter; null for none. Gives
/// the number of this thread.
///
/// # Safety
/// The word, if there is one, stays until the thread has ended.
///
/// See `set_tid_address(2)`.
pub unsafe fn set_tid_address(word: *const AtomicU32) -> Pid {
    // SAFETY: the caller answers for the word; the call fails before a filter alone.
    Pid::told(unsafe { syscall!(__NR_set_tid_address, word) })
}

/// Ends this thread; the process goes on as long as it has another. No destructor runs.
///
/// # Safety
/// Nobody counts on what lies on this thread's stack, nor waits for a result of its.
///
/// See `_exit(2)`, "C library/kernel differences".
pub unsafe fn exit() -> ! {
    loop {
        // SAFETY: an integer only; the call does not return.
        let _ = unsafe { syscall!(__NR_exit, 0_usize) };
    }
}

/// A set of processors by their numbers, up to 1023.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Processors([usize; Self::MOST / Self::WORD]);

impl Processors {
    /// How many a set can tell apart.
    pub const MOST: usize = 1024;
    const WORD: usize = usize::BITS as usize;

    /// No processor.
    pub const EMPTY: Self = Self([0; _]);

    /// Gives the set with a processor added; those past the last number are left out.
    #[must_use]
    pub fn with(mut self, processor: usize) -> Self {
        if let Some(word) = self.0.get_mut(processor / Self::WORD) {
            *word |= 1 << (processor % Self::WORD);
        }
        self
    }

    /// Says whether a processor is in the set.
    pub fn contains(&self, processor: usize) -> bool {
        self.0.get(processor / Self::WORD).is_some_and(|word| word >> (processor % Self::WORD) & 1 == 1)
    }

    /// Gives how many are in the set.
    pub fn count(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }
}

/// Gives the processors that a thread may run on, this one if none is given.
///
/// # Errors
/// `SRCH`, `INVAL` (a machine of more processors than the set holds). See `sched_getaffinity(2)`.
pub fn sched_getaffinity(thread: Option<Pid>) -> Result<Processors> {
    let mut set = Processors::EMPTY;
    let thread = thread.map_or(0, Pid::get);
    // SAFETY: the kernel writes at most the size of the set.
    unsafe { syscall!(__NR_sched_getaffinity, thread, size_of::<Processors>(), &raw mut set) }?;
    Ok(set)
}

/// Sets the processors that a thread may run on, this one if none is given.
///
/// # Errors
/// `INVAL` (none of them is there), `SRCH`, `PERM`. See `sched_setaffinity(2)`.
pub fn sched_setaffinity(thread: Option<Pid>, set: &Processors) -> Result<()> {
    let thread = thread.map_or(0, Pid::get);
    // SAFETY: the kernel reads the set.
    unsafe { syscall!(__NR_sched_setaffinity, thread, size_of::<Processors>(), &raw const *set) }.map(drop)
}
