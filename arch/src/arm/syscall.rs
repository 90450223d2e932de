//! The system call instruction of the EABI: number in r7, arguments in r0 to r5, result in r0; the kernel keeps all
//! other registers (`arch/arm/kernel/entry-common.S`).
//!
//! The stubs are inlined into each caller, as on x86_64, where an out-of-line stub costs 40 % of a cheap call.

use core::arch::asm;

use crate::portable::syscall::define_system_calls;

macro_rules! enter {
    ($number:ident, $first:ident => $result:ident, $($operand:tt)*) => {
        asm!(
            "svc 0", // enter the kernel
            in("r7") $number,
            inlateout("r0") $first => $result,
            $($operand)*
            options(nostack, preserves_flags)
        )
    };
}

define_system_calls!(enter: "r1", "r2", "r3", "r4", "r5");
