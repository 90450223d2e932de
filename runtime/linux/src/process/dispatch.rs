//! System calls that this program answers itself, by a handler of SIGSYS: prctl(2), PR_SET_SYSCALL_USER_DISPATCH.

use crate::Result;
use core::sync::atomic::AtomicU8;
use linux_raw_sys::prctl as kernel;

/// What the byte that is looked at says: all calls are made.
pub const DISPATCH_NONE: u8 = kernel::SYSCALL_DISPATCH_FILTER_ALLOW as u8;

/// No call of this thread's is made: each becomes a SIGSYS, whose handler finds the call's registers.
pub const DISPATCH_ALL: u8 = kernel::SYSCALL_DISPATCH_FILTER_BLOCK as u8;

/// Has the kernel look at a byte before each call of this thread: [`DISPATCH_NONE`] or [`DISPATCH_ALL`]; anything else kills. Children
/// do not have it.
///
/// The handler sets the byte to NONE before it makes a call itself, and so before it returns, which is a call as well.
///
/// # Safety
/// While the byte says ALL, nothing but a handler that knows what each call is for may be relied on.
///
/// # Errors
/// `INVAL`: the kernel has none (Linux 5.11, and not on all processors).
#[doc(alias = "PR_SET_SYSCALL_USER_DISPATCH")]
pub unsafe fn dispatch_calls(selector: &'static AtomicU8) -> Result<()> {
    let (option, on) = (kernel::PR_SET_SYSCALL_USER_DISPATCH, kernel::PR_SYS_DISPATCH_ON);
    // SAFETY: no code is left out, and the byte is there for ever.
    unsafe { syscall!(__NR_prctl, option, on, 0_usize, 0_usize, selector.as_ptr().cast_const()) }.map(drop)
}

/// Has the kernel make all calls again.
///
/// # Errors
/// `INVAL`: as of [`dispatch_calls`].
pub fn stop_dispatching() -> Result<()> {
    let (option, off) = (kernel::PR_SET_SYSCALL_USER_DISPATCH, kernel::PR_SYS_DISPATCH_OFF);
    // SAFETY: integers only.
    unsafe { syscall!(__NR_prctl, option, off, 0_usize, 0_usize, 0_usize) }.map(drop)
}
