//! Making a ring, and telling the kernel of what is in it: io_uring_setup(2), io_uring_enter(2).

use crate::Result;
use crate::fd::{AsFd, OwnedFd};
use crate::time::Timespec;
use core::ptr;
use core::time::Duration;
use linux_raw_sys::io_uring as kernel;

flags! {
    /// How a ring is to be.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct SetupFlags: u32 {
        /// IORING_SETUP_SQPOLL: a thread of the kernel takes what is submitted, so that submitting makes no call.
        const SUBMIT_THREAD = kernel::IORING_SETUP_SQPOLL;
        /// IORING_SETUP_CQSIZE: `completions` says how many find room.
        const COMPLETIONS = kernel::IORING_SETUP_CQSIZE;
        /// IORING_SETUP_CLAMP: sizes beyond the kernel's limits are cut to them.
        const CLAMP = kernel::IORING_SETUP_CLAMP;
        /// IORING_SETUP_SUBMIT_ALL: goes on behind an entry that is refused (Linux 5.18).
        const SUBMIT_ALL = kernel::IORING_SETUP_SUBMIT_ALL;
        /// IORING_SETUP_COOP_TASKRUN: completions do not interrupt the program (Linux 5.19).
        const COOPERATIVE = kernel::IORING_SETUP_COOP_TASKRUN;
        /// IORING_SETUP_TASKRUN_FLAG: a flag says that completions wait for the next call (Linux 5.19).
        const TELL_WORK = kernel::IORING_SETUP_TASKRUN_FLAG;
        /// IORING_SETUP_SINGLE_ISSUER: one thread alone submits (Linux 6.0).
        const ONE_THREAD = kernel::IORING_SETUP_SINGLE_ISSUER;
        /// IORING_SETUP_DEFER_TASKRUN: completions are made when the program waits (Linux 6.1).
        const DEFER = kernel::IORING_SETUP_DEFER_TASKRUN;
        const _ = !0;
    }
}

flags! {
    /// What the kernel's rings can do.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Features: u32 {
        /// IORING_FEAT_SINGLE_MMAP: both rings are one mapping (Linux 5.4).
        const ONE_MAPPING = kernel::IORING_FEAT_SINGLE_MMAP;
        /// IORING_FEAT_NODROP: completions that find no room are kept (Linux 5.5).
        const NO_DROP = kernel::IORING_FEAT_NODROP;
        /// IORING_FEAT_SUBMIT_STABLE: what an entry's structures say is read when it is submitted (Linux 5.5).
        const STABLE = kernel::IORING_FEAT_SUBMIT_STABLE;
        /// IORING_FEAT_FAST_POLL: sockets and pipes that are not ready take no thread (Linux 5.7).
        const FAST_POLL = kernel::IORING_FEAT_FAST_POLL;
        /// IORING_FEAT_EXT_ARG: waiting has a limit (Linux 5.11).
        const LIMIT = kernel::IORING_FEAT_EXT_ARG;
        const _ = !0;
    }
}

/// What is asked of a new ring.
#[derive(Clone, Copy, Debug)]
pub struct Setup {
    /// How it is to be.
    pub flags: SetupFlags,
    /// With COMPLETIONS: how many find room.
    pub completions: u32,
    /// With SUBMIT_THREAD: after how many milliseconds without work the thread sleeps.
    pub idle_ms: u32,
}

impl Setup {
    /// A ring as it comes.
    pub const PLAIN: Self = Self { flags: SetupFlags::empty(), completions: 0, idle_ms: 0 };
}

/// Makes a ring with room for so many entries; gives its descriptor and what the kernel says of it.
pub(super) fn setup(entries: u32, wanted: &Setup) -> Result<(OwnedFd, kernel::io_uring_params)> {
    // SAFETY: the structure is plain numbers, of which zero is one.
    let mut parameters: kernel::io_uring_params = unsafe { core::mem::zeroed() };
    parameters.flags = wanted.flags.bits();
    parameters.cq_entries = wanted.completions;
    parameters.sq_thread_idle = wanted.idle_ms;
    // SAFETY: the kernel reads and writes one structure.
    let made = unsafe { syscall!(__NR_io_uring_setup, entries, &raw mut parameters) }?;
    Ok((OwnedFd::made(made), parameters))
}

/// Submits entries and waits for so many completions, at most as long as the limit; gives how many entries were taken.
pub(super) fn enter(
    ring: impl AsFd,
    submit: u32,
    wait: u32,
    flags: u32,
    limit: Option<Duration>,
) -> Result<usize> {
    let Some(limit) = limit else {
        let none = ptr::null::<u8>();
        // SAFETY: the kernel reads the rings; no set of signals is given.
        return unsafe { syscall!(__NR_io_uring_enter, ring.as_fd(), submit, wait, flags, none, 0_usize) };
    };
    let limit = Timespec::from(limit);
    let extra = kernel::io_uring_getevents_arg {
        sigmask: 0,
        sigmask_sz: 0,
        min_wait_usec: 0,
        ts: (&raw const limit).expose_provenance() as u64,
    };
    let (flags, size) = (flags | kernel::IORING_ENTER_EXT_ARG, size_of_val(&extra));
    // SAFETY: the kernel reads the rings, the structure, and the time that it leads to.
    unsafe { syscall!(__NR_io_uring_enter, ring.as_fd(), submit, wait, flags, &raw const extra, size) }
}
