//! The system call instruction: number in a7, arguments in a0 to a5, result in a0; the kernel keeps all other registers,
//! but of the vector unit (`arch/riscv/kernel/entry.S`, `Documentation/arch/riscv/vector.rst`).
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
                    "ecall", // enter the kernel
                    in("a7") number,
                    inlateout("a0") $first => result,
                    $(in($register) $argument,)*
                    out("v0") _, out("v1") _, out("v2") _, out("v3") _, out("v4") _, out("v5") _, out("v6") _, out("v7") _,
                    out("v8") _, out("v9") _, out("v10") _, out("v11") _, out("v12") _, out("v13") _, out("v14") _, out("v15") _,
                    out("v16") _, out("v17") _, out("v18") _, out("v19") _, out("v20") _, out("v21") _, out("v22") _, out("v23") _,
                    out("v24") _, out("v25") _, out("v26") _, out("v27") _, out("v28") _, out("v29") _, out("v30") _, out("v31") _,
                    options(nostack, preserves_flags)
                );
            }
            result
        }
    };
}

stub!(syscall1, "one": a);
stub!(syscall2, "two": a, b in "a1");
stub!(syscall3, "three": a, b in "a1", c in "a2");
stub!(syscall4, "four": a, b in "a1", c in "a2", d in "a3");
stub!(syscall5, "five": a, b in "a1", c in "a2", d in "a3", e in "a4");
stub!(syscall6, "six": a, b in "a1", c in "a2", d in "a3", e in "a4", f in "a5");

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
