//! Restartable sequences on words of the processor.

use crate::portable::processor::define_sequences;

pub use crate::portable::processor::{Area, ELSEWHERE, STRIDE, Sequence};

/// What stands before the place where a sequence begins anew: the number in an instruction that traps (`ud1`).
pub const SIGNATURE: u32 = 0x5305_3053;

define_sequences! {
    begin: [],
    enter: [
        "call 7f", // where is this?
        "7:",
        "pop eax",
        ".byte 0x05", // add eax, what follows: an operand of two labels is not taken
        ".4byte 9f - 7b",           // the description
        "mov edx, [esp + 4]",       // the area
        "mov [edx + 8], eax",
        "2:",
        "mov eax, [edx + 4]",   // the processor
        "cmp eax, [esp + 12]",  // has it a word?
        "jae 5f",
        "shl eax, 7",           // 128 bytes each
        "add eax, [esp + 8]",   // its word
        "mov ecx, [esp + 16]",  // what is to be done with it
    ],
    elsewhere: [
        "mov eax, 1",
        "ret",
    ],
    again: [
        ".byte 0x0f, 0xb9, 0x3d", // ud1 edi, [signature]
        ".4byte 0x53053053",
        "4:",
        "mov edx, [esp + 4]",
        "inc dword ptr [edx + 32]", // one restart more
        "jmp 6b",
    ],
    add: [
        "add [eax], ecx", // the store
    ],
    push: [
        "mov edx, [eax]", // the first becomes
        "mov [ecx], edx", // the second
        "mov [eax], ecx",
    ],
    done: [
        "xor eax, eax",
        "ret",
    ],
    pop: [
        "mov ecx, eax",
        "mov eax, [ecx]", // the first
        "test eax, eax",  // is there one?
        "jz 3f",
        "mov edx, [eax]", // the second becomes
        "mov [ecx], edx", // the first
    ],
    popped: [
        "ret",
    ],
}
