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

/// Has the kernel keep a structure (`struct rseq`) of this thread: the processor that it runs on, and which sequence of instructions
/// it is to begin anew when another thread or a handler gets between them. Such places begin with the signature.
///
/// # Safety
/// The structure is whole, aligned to 32 bytes, and stays until the kernel is told to forget it, or the thread has ended.
///
/// # Errors
/// `NOSYS` (before Linux 4.18), `INVAL`, `FAULT`, `BUSY` (it keeps this one), `PERM` (another signature). See `kernel/rseq.c`.
pub unsafe fn rseq(area: *const u8, length: usize, signature: u32) -> Result<()> {
    // SAFETY: the caller answers for the structure.
    unsafe { syscall!(__NR_rseq, area, length, 0_u32, signature) }.map(drop)
}

/// Has the kernel forget that structure.
///
/// # Safety
/// Nothing relies on what the kernel keeps in it.
///
/// # Errors
/// `INVAL`, `PERM` (it keeps another one). See `kernel/rseq.c`.
pub unsafe fn forget_rseq(area: *const u8, length: usize, signature: u32) -> Result<()> {
    /// RSEQ_FLAG_UNREGISTER of `uapi/linux/rseq.h`.
    const FORGET: u32 = 1;
    // SAFETY: the kernel takes the address to compare it.
    unsafe { syscall!(__NR_rseq, area, length, FORGET, signature) }.map(drop)
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

flags! {
    /// What [`membarrier`] can do on this kernel, or is asked to do.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Barriers: u32 {
        /// MEMBARRIER_CMD_GLOBAL: all threads of all processes, in time; slow.
        const GLOBAL = 1;
        /// MEMBARRIER_CMD_GLOBAL_EXPEDITED: the threads of all processes that registered for it, at once.
        const GLOBAL_EXPEDITED = 1 << 1;
        /// MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED: registers this process for it.
        const REGISTER_GLOBAL_EXPEDITED = 1 << 2;
        /// MEMBARRIER_CMD_PRIVATE_EXPEDITED: the threads of this process, which has registered for it, at once.
        const PRIVATE_EXPEDITED = 1 << 3;
        /// MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED: registers this process for it.
        const REGISTER_PRIVATE_EXPEDITED = 1 << 4;
        /// MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE: and has them take in changed instructions.
        const SYNC_CORE = 1 << 5;
        /// MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE: registers this process for it.
        const REGISTER_SYNC_CORE = 1 << 6;
        /// MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ: and has their restartable sequences begin anew (Linux 5.10).
        const RESTART = 1 << 7;
        /// MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ: registers this process for it.
        const REGISTER_RESTART = 1 << 8;
        const _ = !0;
    }
}

/// Gives what this kernel can do of it.
///
/// # Errors
/// `NOSYS` (before Linux 4.3, or built without). See `membarrier(2)`.
#[doc(alias = "MEMBARRIER_CMD_QUERY")]
pub fn barriers() -> Result<Barriers> {
    // SAFETY: integers only.
    unsafe { syscall!(__NR_membarrier, 0_u32, 0_u32, 0_u32) }
        .map(|bits| Barriers::from_bits_retain(bits as u32))
}

/// Has other threads that run pass a memory barrier, so that those that run often need none of their own; or registers for it. Takes
/// one of them.
///
/// # Errors
/// `INVAL` (not there, or not one), `PERM` (not registered), `NOSYS`. See `membarrier(2)`.
pub fn membarrier(barrier: Barriers) -> Result<()> {
    // SAFETY: integers only.
    unsafe { syscall!(__NR_membarrier, barrier.bits(), 0_u32, 0_u32) }.map(drop)
}

/// A set of processors by their numbers, up to 1023.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Processors([usize; Self::MOST / Self::WORD]);

abi!(Processors: "the kernel takes words of any number");

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
