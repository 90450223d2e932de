//! Limits of a process: prlimit(2).

use super::Pid;
use crate::Result;
use core::mem::MaybeUninit;
use core::ptr;
use linux_raw_sys::general as kernel;

/// What is limited; open, since kernels add some.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Resource(pub u32);

values! {
    Resource: u32 {
        /// RLIMIT_NOFILE: the highest number of a descriptor, and one.
        const OPEN_FILES = kernel::RLIMIT_NOFILE;
        /// RLIMIT_STACK: bytes of the first thread's stack.
        const STACK = kernel::RLIMIT_STACK;
        /// RLIMIT_CORE: bytes of a core file.
        const CORE = kernel::RLIMIT_CORE;
        /// RLIMIT_AS: bytes of address space.
        const ADDRESS_SPACE = kernel::RLIMIT_AS;
        /// RLIMIT_NPROC: processes of this user.
        const PROCESSES = kernel::RLIMIT_NPROC;
        /// RLIMIT_MEMLOCK: bytes kept in memory.
        const LOCKED_MEMORY = kernel::RLIMIT_MEMLOCK;
        /// RLIMIT_CPU: seconds on a processor.
        const CPU = kernel::RLIMIT_CPU;
        /// RLIMIT_DATA: bytes of data.
        const DATA = kernel::RLIMIT_DATA;
        /// RLIMIT_FSIZE: bytes of a file.
        const FILE_SIZE = kernel::RLIMIT_FSIZE;
        /// RLIMIT_RSS: means nothing any more.
        const RESIDENT = kernel::RLIMIT_RSS;
        /// RLIMIT_LOCKS: means nothing any more.
        const LOCKS = kernel::RLIMIT_LOCKS;
        /// RLIMIT_SIGPENDING: signals that wait.
        const WAITING_SIGNALS = kernel::RLIMIT_SIGPENDING;
        /// RLIMIT_MSGQUEUE: bytes in message queues.
        const MESSAGE_QUEUES = kernel::RLIMIT_MSGQUEUE;
        /// RLIMIT_NICE: 20 less the best nice value.
        const NICE = kernel::RLIMIT_NICE;
        /// RLIMIT_RTPRIO: the highest real-time priority.
        const REAL_TIME_PRIORITY = kernel::RLIMIT_RTPRIO;
        /// RLIMIT_RTTIME: microseconds of real-time work without a wait.
        const REAL_TIME = kernel::RLIMIT_RTTIME;
    }
}

/// A limit: what holds now, and up to what the process may raise it. None means without limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// What holds.
    pub soft: Option<u64>,
    /// Up to what it may be raised.
    pub hard: Option<u64>,
}

/// Gives a limit of this process.
///
/// # Errors
/// `INVAL`. See `getrlimit(2)`.
pub fn getrlimit(resource: Resource) -> Result<Limit> {
    prlimit(None, resource, None)
}

/// Gives a limit of a process, this one if none is given, and sets it if a new one is.
///
/// # Errors
/// `INVAL` (soft above hard), `PERM` (hard raised), `SRCH`. See `prlimit(2)`.
#[doc(alias = "prlimit64")]
#[doc(alias = "setrlimit")]
pub fn prlimit(process: Option<Pid>, resource: Resource, new: Option<Limit>) -> Result<Limit> {
    let new = new.map(|limit| kernel::rlimit64 {
        rlim_cur: limit.soft.unwrap_or(u64::MAX),
        rlim_max: limit.hard.unwrap_or(u64::MAX),
    });
    let new = new.as_ref().map_or(ptr::null(), ptr::from_ref);
    let process = process.map_or(0, Pid::get);
    let mut former = MaybeUninit::<kernel::rlimit64>::uninit();
    // SAFETY: the kernel reads the new limit, if one is given, and writes the former one.
    unsafe { syscall!(__NR_prlimit64, process, resource.0, new, former.as_mut_ptr()) }?;
    // SAFETY: the call succeeded, so the structure is filled.
    let former = unsafe { former.assume_init() };
    let limit = |value| (value != u64::MAX).then_some(value);
    Ok(Limit { soft: limit(former.rlim_cur), hard: limit(former.rlim_max) })
}
