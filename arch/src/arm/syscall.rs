//! The system call instruction of the EABI: number in r7, arguments in r0 to r5, result in r0; the kernel keeps all
//! other registers (`arch/arm/kernel/entry-common.S`).
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
                    in("r7") number,
                    inlateout("r0") $first => result,
                    $(in($register) $argument,)*
                    options(nostack, preserves_flags)
                );
            }
            result
        }
    };
}

stub!(syscall1, "one": a);
stub!(syscall2, "two": a, b in "r1");
stub!(syscall3, "three": a, b in "r1", c in "r2");
stub!(syscall4, "four": a, b in "r1", c in "r2", d in "r3");
stub!(syscall5, "five": a, b in "r1", c in "r2", d in "r3", e in "r4");
stub!(syscall6, "six": a, b in "r1", c in "r2", d in "r3", e in "r4", f in "r5");

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
