//! Who gets the processor and the disks first: setpriority(2), sched_setattr(2), ioprio_set(2).

use super::Pid;
use crate::Result;
use crate::time::Timespec;
use core::time::Duration;
use linux_raw_sys::general as kernel;

/// Whose priority is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// A process's, or one thread's; this one's if none is given.
    Process(Option<Pid>),
    /// Those of a group of processes; this process's group if none is given.
    Group(Option<Pid>),
    /// Those of a user's processes.
    User(u32),
}

impl Whose {
    /// Gives the kind, counted from 0, and the number.
    fn words(self) -> (u32, i32) {
        let number = |process: Option<Pid>| process.map_or(0, Pid::get);
        match self {
            Self::Process(process) => (kernel::PRIO_PROCESS, number(process)),
            Self::Group(group) => (kernel::PRIO_PGRP, number(group)),
            Self::User(user) => (kernel::PRIO_USER, user.cast_signed()),
        }
    }
}

/// Gives a nice value, from -20 (first) to 19 (last); of several processes the least.
///
/// # Errors
/// `SRCH`. See `getpriority(2)`.
pub fn getpriority(whose: Whose) -> Result<i32> {
    let (kind, number) = whose.words();
    // SAFETY: integers only.
    let word = unsafe { syscall!(__NR_getpriority, kind, number) }?;
    // The kernel gives 40 to 1, none of which is an error's number.
    Ok(20 - word as i32)
}

/// Sets a nice value, from -20 (first) to 19 (last).
///
/// # Errors
/// `ACCES` (raised without the privilege), `PERM`, `SRCH`. See `setpriority(2)`.
#[doc(alias = "nice")]
pub fn setpriority(whose: Whose, nice: i32) -> Result<()> {
    let (kind, number) = whose.words();
    // SAFETY: integers only.
    unsafe { syscall!(__NR_setpriority, kind, number, nice) }.map(drop)
}

/// Gives the class (from bit 13 on) and the level (0 to 7) of what is asked of disks.
///
/// # Errors
/// `SRCH`, `PERM`, `NOSYS` (a kernel without disks). See `ioprio_get(2)`.
pub fn ioprio_get(whose: Whose) -> Result<u32> {
    let (kind, number) = whose.words();
    // SAFETY: integers only; the kernel counts these kinds from 1.
    unsafe { syscall!(__NR_ioprio_get, kind + 1, number) }.map(|word| word as u32)
}

/// Sets the class and the level of what is asked of disks.
///
/// # Errors
/// `SRCH`, `PERM`, `INVAL`, `NOSYS`. See `ioprio_set(2)`.
pub fn ioprio_set(whose: Whose, priority: u32) -> Result<()> {
    let (kind, number) = whose.words();
    // SAFETY: integers only.
    unsafe { syscall!(__NR_ioprio_set, kind + 1, number, priority) }.map(drop)
}

/// By which rules a thread gets the processor; open, since kernels add some.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub struct Policy(pub u32);

values! {
    Policy: u32 {
        /// SCHED_NORMAL: shares by nice values.
        #[doc(alias = "SCHED_OTHER")]
        const OTHER = kernel::SCHED_NORMAL;
        /// SCHED_FIFO: before all others until it waits.
        const FIFO = kernel::SCHED_FIFO;
        /// SCHED_RR: before all others, in turn with those of its priority.
        const ROUND_ROBIN = kernel::SCHED_RR;
        /// SCHED_BATCH: as OTHER, for what nobody waits for.
        const BATCH = kernel::SCHED_BATCH;
        /// SCHED_IDLE: when nobody else wants to.
        const IDLE = kernel::SCHED_IDLE;
        /// SCHED_DEADLINE: so much time in each period.
        const DEADLINE = kernel::SCHED_DEADLINE;
    }
}

/// How a thread gets the processor (`struct sched_attr`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Scheduling {
    size: u32,
    /// The rules.
    pub policy: Policy,
    /// Bits of the kernel's; see [`Self::RESET_ON_FORK`].
    pub flags: u64,
    /// The nice value, for OTHER and BATCH.
    pub nice: i32,
    /// The priority, 1 to 99, for FIFO and ROUND_ROBIN.
    pub priority: u32,
    /// For DEADLINE: nanoseconds of processor time in each period.
    pub runtime: u64,
    /// For DEADLINE: within how many nanoseconds from the begin of a period.
    pub deadline: u64,
    /// For DEADLINE: nanoseconds of a period.
    pub period: u64,
}

// Kernels from 5.3 on have two fields more, and take the shorter one for what its first field says.
abi!(Scheduling starts "struct sched_attr" {
    size: "size", policy: "sched_policy", flags: "sched_flags", nice: "sched_nice", priority: "sched_priority",
    runtime: "sched_runtime", deadline: "sched_deadline", period: "sched_period",
});

impl Scheduling {
    /// SCHED_FLAG_RESET_ON_FORK: children begin with the rules of all.
    pub const RESET_ON_FORK: u64 = kernel::SCHED_FLAG_RESET_ON_FORK as u64;

    /// Makes one of a policy, all else zero.
    pub const fn new(policy: Policy) -> Self {
        let size = size_of::<Self>() as u32;
        Self { size, policy, flags: 0, nice: 0, priority: 0, runtime: 0, deadline: 0, period: 0 }
    }
}

/// Gives how a thread gets the processor; this one if none is given.
///
/// # Errors
/// `SRCH`, `NOSYS` (before Linux 3.14). See `sched_getattr(2)`.
#[doc(alias = "sched_getscheduler")]
pub fn sched_getattr(thread: Option<Pid>) -> Result<Scheduling> {
    let mut answer = Scheduling::new(Policy::OTHER);
    let (thread, size) = (thread.map_or(0, Pid::get), answer.size);
    // SAFETY: the kernel writes at most so many bytes of one structure, which is numbers.
    unsafe { syscall!(__NR_sched_getattr, thread, &raw mut answer, size, 0_usize) }?;
    Ok(answer)
}

/// Sets how a thread gets the processor; this one if none is given.
///
/// # Errors
/// `PERM`, `INVAL`, `SRCH`, `BUSY` (more deadlines than there is time), `NOSYS` (before Linux 3.14). See
/// `sched_setattr(2)`.
#[doc(alias = "sched_setscheduler")]
pub fn sched_setattr(thread: Option<Pid>, scheduling: &Scheduling) -> Result<()> {
    let thread = thread.map_or(0, Pid::get);
    // SAFETY: the kernel reads one structure, which says its size.
    unsafe { syscall!(__NR_sched_setattr, thread, &raw const *scheduling, 0_usize) }.map(drop)
}

/// Gives the least and the greatest priority of a policy.
///
/// # Errors
/// `INVAL`. See `sched_get_priority_min(2)`.
#[doc(alias = "sched_get_priority_min")]
#[doc(alias = "sched_get_priority_max")]
pub fn sched_priorities(policy: Policy) -> Result<(u32, u32)> {
    // SAFETY: integers only.
    let least = unsafe { syscall!(__NR_sched_get_priority_min, policy.0) }?;
    // SAFETY: integers only.
    let greatest = unsafe { syscall!(__NR_sched_get_priority_max, policy.0) }?;
    Ok((least as u32, greatest as u32))
}

/// Gives how long a thread keeps the processor when others want it too; this one if none is given (32 bits: Linux 5.1).
///
/// # Errors
/// `SRCH`, `INVAL`. See `sched_rr_get_interval(2)`.
pub fn sched_rr_get_interval(thread: Option<Pid>) -> Result<Duration> {
    let mut time = Timespec::default();
    let thread = thread.map_or(0, Pid::get);
    // SAFETY: the kernel writes one structure.
    unsafe {
        syscall!(__NR_sched_rr_get_interval | __NR_sched_rr_get_interval_time64, thread, &raw mut time)
    }?;
    Ok(time.since_zero())
}
