//! A new process on a stack of its own, in the memory of this one.

use crate::portable::process::define_branch;

pub use crate::portable::process::Branch;

define_branch! {
    "mov r9, rdi",       // the table: the kernel keeps r9
    "mov rax, [r9]",     // number
    "mov rdi, [r9 + 8]", // five arguments
    "mov rsi, [r9 + 16]",
    "mov rdx, [r9 + 24]",
    "mov r10, [r9 + 32]",
    "mov r8, [r9 + 40]",
    "syscall",       // two processes come back
    "test rax, rax", // 0 is the new one
    "jz 2f",
    "ret",
    "2:",
    "xor ebp, ebp",       // no frame pointer: the outermost frame
    "mov rdi, [r9 + 56]", // the argument
    "call [r9 + 48]",     // with a return address, as every function expects
    "ud2",                // not reached: trap
}
