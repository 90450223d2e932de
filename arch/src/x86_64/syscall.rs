//! The system call instruction: number in rax, arguments in rdi, rsi, rdx, r10, r8, r9; the kernel destroys rcx
//! and r11 (`arch/x86/entry/entry_64.S`).
//!
//! The stubs are inlined into each caller: the first `ret` after a system call mispredicts, so an out-of-line stub
//! costs about 40 % of a cheap call.

use core::arch::asm;

macro_rules! stub {
    ($name:ident, $count:literal: $($argument:ident in $register:tt),*) => {
        #[doc = concat!("Makes a system call of ", $count, " arguments; gives the kernel's word: a result, or minus an error number.")]
        ///
        /// # Safety
        /// The call must be sound with these arguments: whatever memory the kernel reads or writes must be valid for it.
        #[inline(always)]
        pub unsafe fn $name(number: u32 $(, $argument: usize)*) -> isize {
            let result: isize;
            // SAFETY: the caller answers for the effect of the call; the clobbers are all that the kernel changes.
            unsafe {
                asm!(
                    "syscall", // enter the kernel
                    inlateout("rax") number as isize => result,
                    $(in($register) $argument,)*
                    lateout("rcx") _,
                    lateout("r11") _,
                    options(nostack, preserves_flags)
                );
            }
            result
        }
    };
}

stub!(syscall0, "no":);
stub!(syscall1, "one": a in "rdi");
stub!(syscall2, "two": a in "rdi", b in "rsi");
stub!(syscall3, "three": a in "rdi", b in "rsi", c in "rdx");
stub!(syscall4, "four": a in "rdi", b in "rsi", c in "rdx", d in "r10");
stub!(syscall5, "five": a in "rdi", b in "rsi", c in "rdx", d in "r10", e in "r8");
stub!(syscall6, "six": a in "rdi", b in "rsi", c in "rdx", d in "r10", e in "r8", f in "r9");

pub use self::syscall6 as early_syscall6;
