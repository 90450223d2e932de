//! The system call instruction: number in x8, arguments in x0 to x5, result in x0; the kernel keeps all other registers
//! (`arch/arm64/kernel/entry.S`).
//!
//! The stubs are inlined into each caller, as on x86_64, where an out-of-line stub costs 40 % of a cheap call.

use core::arch::asm;

macro_rules! stub {
    ($name:ident, $count:literal: $first:tt $(, $argument:ident in $register:tt)*) => {
        #[doc = concat!("Makes a system call of ", $count, " arguments; gives the kernel's word: a result, or minus an error number.")]
        ///
        /// # Safety
        /// The call must be sound with these arguments: whatever memory the kernel reads or writes must be valid for it.
        #[inline(always)]
        pub unsafe fn $name(number: u32, $first: usize $(, $argument: usize)*) -> isize {
            let result: isize;
            // SAFETY: the caller answers for the effect of the call; the clobbers are all that the kernel changes.
            unsafe {
                asm!(
                    "svc 0", // enter the kernel
                    in("x8") number,
                    inlateout("x0") $first => result,
                    $(in($register) $argument,)*
                    options(nostack, preserves_flags)
                );
            }
            result
        }
    };
}

stub!(syscall1, "one": a);
stub!(syscall2, "two": a, b in "x1");
stub!(syscall3, "three": a, b in "x1", c in "x2");
stub!(syscall4, "four": a, b in "x1", c in "x2", d in "x3");
stub!(syscall5, "five": a, b in "x1", c in "x2", d in "x3", e in "x4");
stub!(syscall6, "six": a, b in "x1", c in "x2", d in "x3", e in "x4", f in "x5");

/// Makes a system call of no arguments; gives the kernel's word: a result, or minus an error number.
///
/// # Safety
/// The call must be sound.
#[inline(always)]
pub unsafe fn syscall0(number: u32) -> isize {
    // SAFETY: the caller's; the kernel does not look at the argument.
    unsafe { syscall1(number, 0) }
}

pub use self::syscall6 as early_syscall6;
