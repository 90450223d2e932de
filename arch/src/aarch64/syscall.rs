//! The system call instruction: number in x8, arguments in x0 to x5, result in x0; the kernel keeps all other registers
//! (`arch/arm64/kernel/entry.S`).
//!
//! The stubs are inlined into each caller, as on x86_64, where an out-of-line stub costs 40 % of a cheap call.

use core::arch::asm;

use crate::portable::syscall::define_system_calls;

macro_rules! enter {
    ($number:ident, $first:ident => $result:ident, $($operand:tt)*) => {
        asm!(
            "svc 0", // enter the kernel
            in("x8") $number,
            inlateout("x0") $first => $result,
            $($operand)*
            options(nostack, preserves_flags)
        )
    };
}

define_system_calls!(enter: "x1", "x2", "x3", "x4", "x5");
