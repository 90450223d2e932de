//! What a process says of itself: prctl(2).

use crate::Result;
use crate::signal::Signal;
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
