//! The stack on which handlers with ON_STACK run: sigaltstack(2).

use crate::Result;
use core::ptr;
use linux_raw_sys::general as kernel;

/// Gives this thread a stack for its handlers, so that they can run when the usual one is used up.
///
/// # Safety
/// The memory is used for nothing else as long as the thread lives.
///
/// # Errors
/// `NOMEM` (smaller than the kernel's frame), `PERM` (called on such a stack). See `sigaltstack(2)`.
pub unsafe fn sigaltstack(base: *mut u8, size: usize) -> Result<()> {
    let stack = kernel::sigaltstack { ss_sp: base.cast(), ss_flags: 0, ss_size: size as _ };
    let none = ptr::null_mut::<kernel::sigaltstack>();
    // SAFETY: the kernel reads one structure; the caller answers for the memory.
    unsafe { syscall!(__NR_sigaltstack, &raw const stack, none) }.map(drop)
}
