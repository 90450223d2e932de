//! Pages that stay in memory, reach their file, or never change: mlock(2), msync(2), mseal(2).

use crate::Result;
use linux_raw_sys::general as kernel;

/// Keeps pages in memory, all of them from now on; with `on_touch` each from its first use on (Linux 4.4).
///
/// # Errors
/// `NOMEM` (the limit `RLIMIT_MEMLOCK`, or nothing is mapped there), `PERM`, `AGAIN`. See `mlock(2)`.
#[doc(alias = "mlock2")]
pub fn mlock(address: *const u8, length: usize, on_touch: bool) -> Result<()> {
    if on_touch {
        // SAFETY: nothing is changed; the kernel takes the address for a name.
        unsafe { syscall!(__NR_mlock2, address, length, kernel::MLOCK_ONFAULT) }.map(drop)
    } else {
        // SAFETY: as above.
        unsafe { syscall!(__NR_mlock, address, length) }.map(drop)
    }
}

/// Ends that.
///
/// # Errors
/// `NOMEM`, `PERM`. See `munlock(2)`.
pub fn munlock(address: *const u8, length: usize) -> Result<()> {
    // SAFETY: nothing is changed; the kernel takes the address for a name.
    unsafe { syscall!(__NR_munlock, address, length) }.map(drop)
}

flags! {
    /// Which pages of a process stay in memory.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct KeepFlags: u32 {
        /// MCL_CURRENT: those that are mapped now.
        const CURRENT = kernel::MCL_CURRENT;
        /// MCL_FUTURE: those that will be mapped.
        const FUTURE = kernel::MCL_FUTURE;
        /// MCL_ONFAULT: only from their first use on, of the others named (Linux 4.4).
        const ON_TOUCH = kernel::MCL_ONFAULT;
        const _ = !0;
    }
}

/// Keeps a process's pages in memory.
///
/// # Errors
/// `NOMEM`, `PERM`, `AGAIN`, `INVAL` (neither CURRENT nor FUTURE). See `mlockall(2)`.
pub fn mlockall(which: KeepFlags) -> Result<()> {
    // SAFETY: an integer only.
    unsafe { syscall!(__NR_mlockall, which.bits()) }.map(drop)
}

/// Ends that for all pages.
///
/// # Errors
/// None in practice. See `munlockall(2)`.
pub fn munlockall() -> Result<()> {
    // SAFETY: no arguments.
    unsafe { syscall!(__NR_munlockall) }.map(drop)
}

/// How changed pages reach their file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// MS_SYNC: now; the call waits.
    Now,
    /// MS_ASYNC: in time, as they do anyway.
    InTime,
}

/// Has the pages of a mapping that others share reach their file; the address is a page's.
///
/// # Errors
/// `NOMEM` (nothing is mapped there), `IO`, `INVAL` (no page's address). See `msync(2)`.
pub fn msync(address: *const u8, length: usize, how: Reach) -> Result<()> {
    let flags = match how {
        Reach::Now => kernel::MS_SYNC,
        Reach::InTime => kernel::MS_ASYNC,
    };
    // SAFETY: the pages stay as they are.
    unsafe { syscall!(__NR_msync, address, length, flags) }.map(drop)
}

/// Has a mapping stay as it is for good: it cannot be unmapped, moved, replaced, or get another protection (64 bits, Linux 6.10).
///
/// # Errors
/// `NOSYS`, `PERM` (32 bits), `NOMEM` (nothing is mapped there), `INVAL`. See `mseal(2)`.
pub fn mseal(address: *const u8, length: usize) -> Result<()> {
    // SAFETY: the pages stay as they are; who would unmap them gets an error.
    unsafe { syscall!(__NR_mseal, address, length, 0_usize) }.map(drop)
}
