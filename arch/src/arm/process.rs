//! A new process on a stack of its own, in the memory of this one.

use crate::portable::process::define_branch;

pub use crate::portable::process::Branch;

define_branch! {
    "push {{r4, r7}}",  // the caller's
    "mov ip, r0",       // the table: the kernel keeps ip
    "ldr r7, [ip]",     // number
    "ldr r0, [ip, #4]", // five arguments
    "ldr r1, [ip, #8]",
    "ldr r2, [ip, #12]",
    "ldr r3, [ip, #16]",
    "ldr r4, [ip, #20]",
    "svc 0",      // two processes come back
    "cmp r0, #0", // 0 is the new one
    "beq 2f",
    "pop {{r4, r7}}", // the caller's again
    "bx lr",
    "2:",
    "mov r11, #0",       // no frame pointer: the outermost frame
    "ldr r0, [ip, #28]", // the argument
    "ldr r1, [ip, #24]", // the entry
    "blx r1",
    "udf #0", // not reached: trap
}
