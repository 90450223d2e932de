//! A new process on a stack of its own, in the memory of this one.

use crate::portable::process::define_branch;

pub use crate::portable::process::Branch;

define_branch! {
    "mv t0, a0",    // the table: the kernel keeps t0
    "ld a7, 0(t0)", // number
    "ld a0, 8(t0)", // five arguments
    "ld a1, 16(t0)",
    "ld a2, 24(t0)",
    "ld a3, 32(t0)",
    "ld a4, 40(t0)",
    "ecall",       // two processes come back
    "beqz a0, 2f", // 0 is the new one
    "ret",
    "2:",
    "li s0, 0",      // no frame pointer: the outermost frame
    "ld a0, 56(t0)", // the argument
    "ld t1, 48(t0)", // the entry
    "jalr t1",
    "unimp", // not reached: trap
}
