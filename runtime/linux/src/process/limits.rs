//! Limits of a process: prlimit(2).

use super::Pid;
use crate::Result;
use core::mem::MaybeUninit;
use core::ptr;
use linux_raw_sys::general as kernel;

/// What is limited; open, since kernels add some.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Resource(pub u32);

impl Resource {
    /// RLIMIT_NOFILE: the highest number of a descriptor, and one.
    pub const OPEN_FILES: Self = Self(kernel::RLIMIT_NOFILE);
    /// RLIMIT_STACK: bytes of the first thread's stack.
    pub const STACK: Self = Self(kernel::RLIMIT_STACK);
    /// RLIMIT_CORE: bytes of a core file.
    pub const CORE: Self = Self(kernel::RLIMIT_CORE);
    /// RLIMIT_AS: bytes of address space.
    pub const ADDRESS_SPACE: Self = Self(kernel::RLIMIT_AS);
    /// RLIMIT_NPROC: processes of this user.
    pub const PROCESSES: Self = Self(kernel::RLIMIT_NPROC);
    /// RLIMIT_MEMLOCK: bytes kept in memory.
    pub const LOCKED_MEMORY: Self = Self(kernel::RLIMIT_MEMLOCK);
    /// RLIMIT_CPU: seconds on a processor.
    pub const CPU: Self = Self(kernel::RLIMIT_CPU);
    /// RLIMIT_DATA: bytes of data.
    pub const DATA: Self = Self(kernel::RLIMIT_DATA);
    /// RLIMIT_FSIZE: bytes of a file.
    pub const FILE_SIZE: Self = Self(kernel::RLIMIT_FSIZE);
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
