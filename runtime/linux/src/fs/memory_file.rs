//! Files without a name, in memory, and the seals on them: memfd_create(2), memfd_secret(2), F_ADD_SEALS.

use crate::Result;
use crate::fd::{AsFd, OwnedFd};
use crate::path::PathArg;
use linux_raw_sys::general as kernel;

flags! {
    /// What a file in memory is to be.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct MemoryFileFlags: u32 {
        /// MFD_CLOEXEC: closed by execve.
        const CLOSE_ON_EXEC = kernel::MFD_CLOEXEC;
        /// MFD_ALLOW_SEALING: seals can be added.
        const ALLOW_SEALING = kernel::MFD_ALLOW_SEALING;
        /// MFD_NOEXEC_SEAL: never executable (Linux 6.3).
        const NO_EXECUTE = kernel::MFD_NOEXEC_SEAL;
        /// MFD_EXEC: executable (Linux 6.3, which wants one of the two said).
        const EXECUTE = kernel::MFD_EXEC;
        /// MFD_HUGETLB: of huge pages.
        const HUGE_PAGES = kernel::MFD_HUGETLB;
        const _ = !0;
    }
}

flags! {
    /// What can never again be done to a file in memory.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Seals: u32 {
        /// F_SEAL_SEAL: adding seals.
        const SEAL = kernel::F_SEAL_SEAL;
        /// F_SEAL_SHRINK: making it shorter, so that a mapping can be touched without a fault.
        const SHRINK = kernel::F_SEAL_SHRINK;
        /// F_SEAL_GROW: making it longer.
        const GROW = kernel::F_SEAL_GROW;
        /// F_SEAL_WRITE: changing what is in it.
        const WRITE = kernel::F_SEAL_WRITE;
        /// F_SEAL_FUTURE_WRITE: changing it except through mappings that exist.
        const FUTURE_WRITE = kernel::F_SEAL_FUTURE_WRITE;
        /// F_SEAL_EXEC: changing whether it is executable.
        const EXECUTE = kernel::F_SEAL_EXEC;
        const _ = !0;
    }
}

/// Makes an empty file in memory; the name is seen under /proc only, at most 249 bytes.
///
/// # Errors
/// `INVAL` (a flag that the kernel does not know), `MFILE`, `NFILE`, `NOMEM`. See `memfd_create(2)`.
pub fn memfd_create<P: PathArg>(name: P, flags: MemoryFileFlags) -> Result<OwnedFd> {
    name.with(&mut |name| {
        // SAFETY: the name is a terminated string that lives through the call.
        unsafe { syscall!(__NR_memfd_create, name.as_ptr(), flags.bits()) }
    })
    .map(OwnedFd::made)
}

/// Makes an empty file in memory that only its mappings show, which must be shared ones: the kernel takes the pages out of its own view
/// of all memory, and so neither a debugger nor a fault of the kernel reads them (Linux 5.14). It is closed by execve. Only on 64
/// bits: arm's table of calls does not have it.
///
/// # Errors
/// `NOSYS` (not there, or not switched on), `MFILE`, `NFILE`, `NOMEM`. See `memfd_secret(2)`.
#[cfg(target_pointer_width = "64")]
pub fn memfd_secret() -> Result<OwnedFd> {
    // SAFETY: an integer only.
    unsafe { syscall!(__NR_memfd_secret, kernel::O_CLOEXEC) }.map(OwnedFd::made)
}

/// Adds seals.
///
/// # Errors
/// `PERM` (sealed against it, or not writable), `INVAL` (not such a file), `BUSY` (mapped for writing). See `fcntl(2)`.
#[doc(alias = "F_ADD_SEALS")]
pub fn add_seals(file: impl AsFd, seals: Seals) -> Result<()> {
    // SAFETY: integers only.
    unsafe { syscall!(__NR_fcntl | __NR_fcntl64, file.as_fd(), kernel::F_ADD_SEALS, seals.bits()) }.map(drop)
}

/// Gives the seals.
///
/// # Errors
/// `INVAL` (not such a file), `BADF`. See `fcntl(2)`.
#[doc(alias = "F_GET_SEALS")]
pub fn seals(file: impl AsFd) -> Result<Seals> {
    // SAFETY: integers only.
    unsafe { syscall!(__NR_fcntl | __NR_fcntl64, file.as_fd(), kernel::F_GET_SEALS) }
        .map(|bits| Seals::from_bits_retain(bits as u32))
}
