//! The classic BPF instructions that filters of calls are made of, and with which each begins.

use crate::net::FilterInstruction;

/// Codes of instructions (`linux/bpf_common.h`).
pub(super) mod code {
    /// Load a word of the call's description: BPF_LD, BPF_W, BPF_ABS.
    pub(in crate::security) const LOAD: u16 = 0x20;
    /// Jump if it is equal: BPF_JMP, BPF_JEQ, BPF_K.
    pub(in crate::security) const IF_EQUAL: u16 = 0x15;
    /// Jump if it is that or more: BPF_JMP, BPF_JGE, BPF_K.
    pub(in crate::security) const IF_AT_LEAST: u16 = 0x35;
    /// End with a word: BPF_RET, BPF_K. It is the kind of all that end a program, too.
    pub(in crate::security) const RETURN: u16 = 0x06;
    /// The bits of a code that are the kind of the instruction: BPF_CLASS.
    pub(in crate::security) const KIND: u16 = 0x07;
}

/// Offsets within the description of a call (`struct seccomp_data`).
pub(super) mod offset {
    /// The call's number.
    pub(in crate::security) const NUMBER: u32 = 0;
    /// Of which processor the number is.
    pub(in crate::security) const PROCESSOR: u32 = 4;
}

/// What the kernel calls this processor in a call's description (AUDIT_ARCH_X86_64 and so on): its number in ELF files, a
/// bit for 64-bit words and one for little-endian order.
pub(super) const PROCESSOR: u32 = {
    let width = if cfg!(target_pointer_width = "64") { 1 << 31 } else { 0 };
    let order = if cfg!(target_endian = "little") { 1 << 30 } else { 0 };
    arch::abi::ELF_MACHINE as u32 | width | order
};

/// Makes an instruction that jumps nowhere.
pub(super) const fn instruction(code: u16, k: u32) -> FilterInstruction {
    FilterInstruction { code, jump_true: 0, jump_false: 0, k }
}

/// Gives the beginning of a filter: calls with another processor's numbers (x86's on x86_64) end with a word, the number of others is
/// loaded.
pub(super) const fn head(foreign: u32) -> [FilterInstruction; 4] {
    [
        instruction(code::LOAD, offset::PROCESSOR),
        FilterInstruction { jump_true: 1, ..instruction(code::IF_EQUAL, PROCESSOR) },
        instruction(code::RETURN, foreign),
        instruction(code::LOAD, offset::NUMBER),
    ]
}
