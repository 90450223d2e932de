//! Restartable sequences on words of the processor.

use crate::portable::processor::define_sequences;

pub use crate::portable::processor::{Area, ELSEWHERE, STRIDE, Sequence};

/// What stands before the place where a sequence begins anew: the number in an instruction that traps (`ud1`).
pub const SIGNATURE: u32 = 0x5305_3053;

define_sequences! {
    begin: [],
    enter: [
        "lea rax, [rip + 9f]", // the description
        "mov [rdi + 8], rax",  // into the area
        "2:",
        "mov eax, [rdi + 4]", // the processor
        "cmp rax, rdx",       // has it a word?
        "jae 5f",
        "shl rax, 7",   // 128 bytes each
        "add rax, rsi", // its word
    ],
    elsewhere: [
        "mov eax, 1",
        "ret",
    ],
    again: [
        ".byte 0x0f, 0xb9, 0x3d", // ud1 edi, [rip + signature]
        ".4byte 0x53053053",
        "4:",
        "inc dword ptr [rdi + 32]", // one restart more
        "jmp 6b",
    ],
    add: [
        "add [rax], rcx", // the store
    ],
    push: [
        "mov r8, [rax]", // the first becomes
        "mov [rcx], r8", // the second
        "mov [rax], rcx",
    ],
    done: [
        "xor eax, eax",
        "ret",
    ],
    pop: [
        "mov rcx, rax",
        "mov rax, [rcx]", // the first
        "test rax, rax",  // is there one?
        "jz 3f",
        "mov r8, [rax]", // the second becomes
        "mov [rcx], r8", // the first
    ],
    popped: [
        "ret",
    ],
}
