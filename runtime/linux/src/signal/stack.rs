//! The stack on which handlers with ON_STACK run: sigaltstack(2).

use crate::Result;
use core::mem::MaybeUninit;
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

/// Says whether this thread has such a stack.
///
/// # Errors
/// None in practice. See `sigaltstack(2)`.
pub fn has_alternate_stack() -> Result<bool> {
    let mut stack = MaybeUninit::<kernel::sigaltstack>::uninit();
    let none = ptr::null::<kernel::sigaltstack>();
    // SAFETY: the kernel writes one structure.
    unsafe { syscall!(__NR_sigaltstack, none, stack.as_mut_ptr()) }?;
    // SAFETY: the call succeeded, so the structure is filled.
    let flags = unsafe { stack.assume_init() }.ss_flags.cast_unsigned();
    Ok(flags & kernel::SS_DISABLE == 0)
}

/// Takes that stack from this thread: handlers run on the usual one from now on.
///
/// # Errors
/// `PERM` (called on such a stack). See `sigaltstack(2)`.
#[doc(alias = "SS_DISABLE")]
pub fn drop_alternate_stack() -> Result<()> {
    let stack = kernel::sigaltstack {
        ss_sp: ptr::null_mut(),
        ss_flags: kernel::SS_DISABLE.cast_signed(),
        ss_size: 0,
    };
    let none = ptr::null_mut::<kernel::sigaltstack>();
    // SAFETY: the kernel reads one structure.
    unsafe { syscall!(__NR_sigaltstack, &raw const stack, none) }.map(drop)
}
