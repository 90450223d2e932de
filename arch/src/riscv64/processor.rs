//! Restartable sequences on words of the processor.

use crate::portable::processor::define_sequences;

pub use crate::portable::processor::{Area, ELSEWHERE, STRIDE, Sequence};

/// What stands before the place where a sequence begins anew: an instruction that traps (`csrw mhartid, x0`).
pub const SIGNATURE: u32 = 0xf140_1073;

define_sequences! {
    begin: [],
    enter: [
        "lla t0, 9f",   // the description
        "sd t0, 8(a0)", // into the area
        "2:",
        "lwu t1, 4(a0)",   // the processor
        "bgeu t1, a2, 5f", // has it a word?
        "slli t1, t1, 7",  // 128 bytes each
        "add t1, t1, a1",  // its word
    ],
    elsewhere: [
        "li a0, 1",
        "ret",
    ],
    again: [
        ".4byte 0xf1401073", // the signature
        "4:",
        "lw t0, 32(a0)", // one restart more
        "addi t0, t0, 1",
        "sw t0, 32(a0)",
        "j 6b",
    ],
    add: [
        "ld t2, 0(t1)",
        "add t2, t2, a3",
        "sd t2, 0(t1)",
    ],
    push: [
        "ld t2, 0(t1)", // the first becomes
        "sd t2, 0(a3)", // the second
        "sd a3, 0(t1)",
    ],
    done: [
        "li a0, 0",
        "ret",
    ],
    pop: [
        "ld t2, 0(t1)", // the first
        "beqz t2, 3f",  // is there one?
        "ld t0, 0(t2)", // the second becomes
        "sd t0, 0(t1)", // the first
    ],
    popped: [
        "mv a0, t2",
        "ret",
    ],
}
