//! The system call instruction: number in a7, arguments in a0 to a5, result in a0; the kernel keeps all other registers,
//! but of the vector unit (`arch/riscv/kernel/entry.S`, `Documentation/arch/riscv/vector.rst`).
//!
//! The stubs are inlined into each caller, as on x86_64, where an out-of-line stub costs 40 % of a cheap call.

use core::arch::asm;

use crate::portable::syscall::define_system_calls;

macro_rules! enter {
    ($number:ident, $first:ident => $result:ident, $($operand:tt)*) => {
        asm!(
            "ecall", // enter the kernel
            in("a7") $number,
            inlateout("a0") $first => $result,
            $($operand)*
            out("v0") _, out("v1") _, out("v2") _, out("v3") _, out("v4") _, out("v5") _, out("v6") _, out("v7") _,
            out("v8") _, out("v9") _, out("v10") _, out("v11") _, out("v12") _, out("v13") _, out("v14") _, out("v15") _,
            out("v16") _, out("v17") _, out("v18") _, out("v19") _, out("v20") _, out("v21") _, out("v22") _, out("v23") _,
            out("v24") _, out("v25") _, out("v26") _, out("v27") _, out("v28") _, out("v29") _, out("v30") _, out("v31") _,
            options(nostack, preserves_flags)
        )
    };
}

define_system_calls!(enter: "a1", "a2", "a3", "a4", "a5");
