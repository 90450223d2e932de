//! What a process says of itself: prctl(2).

use super::Pid;
use crate::Result;
use crate::fd::RawFd;
use crate::signal::Signal;
use core::cmp::Ordering;
use core::ffi::CStr;
use linux_raw_sys::prctl as kernel;

/// Sets the name of this thread, as `ps` shows it; at most 15 bytes are kept.
///
/// # Errors
/// None in practice. See `prctl(2)`, PR_SET_NAME.
#[doc(alias = "PR_SET_NAME")]
pub fn set_name(name: &CStr) -> Result<()> {
    // SAFETY: the kernel reads a terminated string, 16 bytes at most.
    unsafe { prctl(kernel::PR_SET_NAME, name.as_ptr().expose_provenance()) }.map(drop)
}

/// Reads the name of this thread into the buffer; gives the part of it that was filled.
///
/// # Errors
/// None in practice. See `prctl(2)`, PR_GET_NAME.
#[doc(alias = "PR_GET_NAME")]
pub fn name(buffer: &mut [u8; 16]) -> Result<&CStr> {
    // SAFETY: the kernel writes 16 bytes.
    unsafe { prctl(kernel::PR_GET_NAME, buffer.as_mut_ptr().expose_provenance()) }?;
    CStr::from_bytes_until_nul(buffer).map_err(|_| crate::Errno::NAMETOOLONG)
}

/// Sets the signal that this process gets when the thread that made it ends; none for no signal. Execve keeps it.
///
/// A parent that has ended before the call is not noticed: compare `getppid` afterwards.
///
/// # Errors
/// `INVAL`. See `prctl(2)`, PR_SET_PDEATHSIG.
#[doc(alias = "PR_SET_PDEATHSIG")]
pub fn set_parent_death_signal(signal: Option<Signal>) -> Result<()> {
    // SAFETY: an integer only.
    unsafe { prctl(kernel::PR_SET_PDEATHSIG, signal.map_or(0, Signal::number) as usize) }.map(drop)
}

/// Makes this process the one that orphans below it fall to, or no longer.
///
/// # Errors
/// None in practice. See `prctl(2)`, PR_SET_CHILD_SUBREAPER.
#[doc(alias = "PR_SET_CHILD_SUBREAPER")]
pub fn set_child_subreaper(reaps: bool) -> Result<()> {
    // SAFETY: an integer only.
    unsafe { prctl(kernel::PR_SET_CHILD_SUBREAPER, reaps.into()) }.map(drop)
}

/// Gives up for good, with all children to come, getting privileges by execve.
///
/// # Errors
/// None in practice. See `prctl(2)`, PR_SET_NO_NEW_PRIVS.
#[doc(alias = "PR_SET_NO_NEW_PRIVS")]
pub fn set_no_new_privileges() -> Result<()> {
    // SAFETY: an integer only.
    unsafe { prctl(kernel::PR_SET_NO_NEW_PRIVS, 1) }.map(drop)
}

/// Says whether that was given up.
///
/// # Errors
/// None in practice. See `prctl(2)`, PR_GET_NO_NEW_PRIVS.
#[doc(alias = "PR_GET_NO_NEW_PRIVS")]
pub fn has_no_new_privileges() -> Result<bool> {
    // SAFETY: takes nothing.
    unsafe { prctl(kernel::PR_GET_NO_NEW_PRIVS, 0) }.map(|given_up| given_up == 1)
}

/// Gives the signal that [`set_parent_death_signal`] has set.
///
/// # Errors
/// None in practice. See `prctl(2)`, PR_GET_PDEATHSIG.
#[doc(alias = "PR_GET_PDEATHSIG")]
pub fn parent_death_signal() -> Result<Option<Signal>> {
    let mut number: i32 = 0;
    // SAFETY: the kernel writes one `int`.
    unsafe { prctl(kernel::PR_GET_PDEATHSIG, (&raw mut number).expose_provenance()) }?;
    Ok(Signal::new(number))
}

/// Says whether this process may leave a core and be traced by its own user.
///
/// # Errors
/// None in practice. See `prctl(2)`, PR_SET_DUMPABLE.
#[doc(alias = "PR_SET_DUMPABLE")]
pub fn set_dumpable(dumpable: bool) -> Result<()> {
    // SAFETY: an integer only.
    unsafe { prctl(kernel::PR_SET_DUMPABLE, dumpable.into()) }.map(drop)
}

/// The further arguments must be zero for most operations.
///
/// # Safety
/// As the operation says.
pub(super) unsafe fn prctl(operation: u32, argument: usize) -> Result<usize> {
    // SAFETY: the caller answers for the operation.
    unsafe { syscall!(__NR_prctl, operation, argument, 0_usize, 0_usize, 0_usize) }
}

/// Gives the execution domain of this process, and sets it if one is given: a kind, and bits that make the kernel behave as
/// others or older ones (ADDR_NO_RANDOMIZE and the like, `linux/personality.h`).
///
/// # Errors
/// `INVAL`. See `personality(2)`.
pub fn personality(new: Option<u32>) -> Result<u32> {
    // SAFETY: an integer only; what addresses are given out later concerns no pointer of now.
    unsafe { syscall!(__NR_personality, new.unwrap_or(u32::MAX)) }.map(|former| former as u32)
}

/// What two processes may have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shared {
    /// KCMP_FILE: the open file behind two descriptors.
    File(RawFd, RawFd),
    /// KCMP_VM: the memory.
    Memory,
    /// KCMP_FILES: the table of descriptors.
    Files,
    /// KCMP_FS: root, working directory and umask.
    Directories,
    /// KCMP_SIGHAND: what signals do.
    Signals,
}

/// Compares what two processes (or threads) have, in an order of the kernel's own; equal is the same one.
///
/// # Errors
/// `PERM` (needs the right to trace both), `SRCH`, `BADF`; `NOSYS` in a kernel without it. See `kcmp(2)`.
pub fn kcmp(one: Pid, other: Pid, what: Shared) -> Result<Ordering> {
    let (kind, a, b) = match what {
        Shared::File(a, b) => (0_u32, a, b),
        Shared::Memory => (1, 0, 0),
        Shared::Files => (2, 0, 0),
        Shared::Directories => (3, 0, 0),
        Shared::Signals => (4, 0, 0),
    };
    // SAFETY: integers only.
    let order = unsafe { syscall!(__NR_kcmp, one.get(), other.get(), kind, a, b) }?;
    Ok(match order {
        0 => Ordering::Equal,
        1 => Ordering::Less,
        _ => Ordering::Greater,
    })
}
