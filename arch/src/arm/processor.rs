//! Restartable sequences on words of the processor.

use crate::portable::processor::define_sequences;

pub use crate::portable::processor::{Area, ELSEWHERE, STRIDE, Sequence};

/// What stands before the place where a sequence begins anew: an instruction that traps (`udf #0x5de3`).
pub const SIGNATURE: u32 = 0xe7f5_def3;

define_sequences! {
    begin: [
        "push {{r4}}", // the caller's
    ],
    enter: [
        "ldr ip, 8f", // how far the description is
        "7:",
        "add ip, pc, ip",   // pc is two instructions ahead
        "str ip, [r0, #8]", // into the area
        "2:",
        "ldr ip, [r0, #4]", // the processor
        "cmp ip, r2",       // has it a word?
        "bhs 5f",
        "add ip, r1, ip, lsl #7", // its word, 128 bytes each
    ],
    elsewhere: [
        "mov r0, #1",
        "pop {{r4}}",
        "bx lr",
    ],
    again: [
        ".p2align 2",
        "8:",
        ".4byte 9f - (7b + 8)",
        ".4byte 0xe7f5def3", // the signature
        "4:",
        "ldr ip, [r0, #32]", // one restart more
        "add ip, ip, #1",
        "str ip, [r0, #32]",
        "b 6b",
    ],
    add: [
        "ldr r4, [ip]",
        "add r4, r4, r3",
        "str r4, [ip]",
    ],
    push: [
        "ldr r4, [ip]", // the first becomes
        "str r4, [r3]", // the second
        "str r3, [ip]",
    ],
    done: [
        "mov r0, #0",
        "pop {{r4}}",
        "bx lr",
    ],
    pop: [
        "ldr r3, [ip]", // the first
        "cmp r3, #0",   // is there one?
        "beq 3f",
        "ldr r4, [r3]", // the second becomes
        "str r4, [ip]", // the first
    ],
    popped: [
        "mov r0, r3",
        "pop {{r4}}",
        "bx lr",
    ],
}
