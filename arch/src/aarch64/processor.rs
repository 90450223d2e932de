//! Restartable sequences on words of the processor.

use crate::portable::processor::define_sequences;

pub use crate::portable::processor::{Area, ELSEWHERE, STRIDE, Sequence};

/// What stands before the place where a sequence begins anew: an instruction that traps (`brk #0x45e0`).
pub const SIGNATURE: u32 = 0xd428_bc00;

define_sequences! {
    begin: [],
    enter: [
        "adrp x9, 9f", // the description
        "add x9, x9, :lo12:9f",
        "str x9, [x0, #8]", // into the area
        "2:",
        "ldr w10, [x0, #4]", // the processor
        "cmp x10, x2",       // has it a word?
        "b.hs 5f",
        "add x10, x1, x10, lsl #7", // its word, 128 bytes each
    ],
    elsewhere: [
        "mov x0, #1",
        "ret",
    ],
    again: [
        "brk #0x45e0", // the signature
        "4:",
        "ldr w9, [x0, #32]", // one restart more
        "add w9, w9, #1",
        "str w9, [x0, #32]",
        "b 6b",
    ],
    add: [
        "ldr x11, [x10]",
        "add x11, x11, x3",
        "str x11, [x10]",
    ],
    push: [
        "ldr x11, [x10]", // the first becomes
        "str x11, [x3]",  // the second
        "str x3, [x10]",
    ],
    done: [
        "mov x0, #0",
        "ret",
    ],
    pop: [
        "ldr x11, [x10]", // the first
        "cbz x11, 3f",    // is there one?
        "ldr x12, [x11]", // the second becomes
        "str x12, [x10]", // the first
    ],
    popped: [
        "mov x0, x11",
        "ret",
    ],
}
